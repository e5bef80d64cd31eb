"""What will sound where: read models of the coming hours and of the timetable.

Everything here is the one `timeline` of the protocol, asked once for every kind of station that
differs in what it hears or in its limits, whatever the number of stations of that kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from loa_agent.protocol import documents as wire
from loa_agent.protocol.timeline import Outcome, Sound

from loa_server.domain.areas import AreaTree
from loa_server.domain.broadcasts import Broadcast
from loa_server.domain.holidays import Calendar
from loa_server.domain.listening import Limits
from loa_server.domain.lunar import LunarDate


@dataclass(frozen=True, slots=True)
class Site:
    """A station in use with the limits in force there and what it listens to."""

    id: str
    name: str
    area: str
    limits: Limits
    audiences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ordered:
    """A broadcast as people know it and as stations are told."""

    broadcast: Broadcast
    travelling: wire.Broadcast


@dataclass(frozen=True, slots=True)
class Air:
    """All that decides what sounds at the sites of a reach in a window of time."""

    tree: AreaTree
    shown: frozenset[str]
    sites: tuple[Site, ...]
    ordered: tuple[Ordered, ...]
    orders: Mapping[str, tuple[str, ...]]
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class Coming:
    """One occurrence with one fate, and where that is so; `where` are the fewest names."""

    occurrence: str
    broadcast: Broadcast
    area_name: str
    starts_at: datetime
    ends_at: datetime
    sounds: tuple[Sound, ...]
    outcome: Outcome
    reason: str | None
    winner: str | None
    winner_title: str | None
    early: bool
    sites: tuple[Site, ...]
    where: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day with its lunar date; `holiday` is a name of the law's or an area's own words."""

    date: date
    lunar: LunarDate
    holiday: str | None


@dataclass(frozen=True, slots=True)
class TimetableRow:
    """A station or an area; `line` tells which line it shows."""

    id: str
    name: str
    area_name: str
    line: int


@dataclass(frozen=True, slots=True)
class TimetableEvent:
    """One occurrence with one fate; begin and end are those of its sound when it sounds."""

    occurrence: str
    broadcast: Broadcast
    starts_at: datetime
    ends_at: datetime
    outcome: Outcome
    reason: str | None
    winner_title: str | None
    waiting: bool
    may_change: bool


@dataclass(frozen=True, slots=True)
class Timetable:
    """Days across, rows down; each line lists its events by index, in order of time."""

    zone: str
    days: tuple[CalendarDay, ...]
    rows: tuple[TimetableRow, ...]
    lines: tuple[tuple[int, ...], ...]
    events: tuple[TimetableEvent, ...]
