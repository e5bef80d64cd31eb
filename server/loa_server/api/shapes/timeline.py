"""The coming hours and the timetable, and what is asked of them."""

from datetime import UTC, date, datetime, time
from typing import Annotated

from loa_agent.protocol.documents import BroadcastClass
from loa_agent.protocol.timeline import Outcome
from pydantic import AwareDatetime, Field

from loa_server.api.shapes.base import FIRST_DAY, Instant, LunarDay, Shape, Wish, Word
from loa_server.application.show_timetable import RowKind

MAX_DAYS = 31
LAST_LUNAR_DAY = date(2199, 12, 31)
"""The last day whose lunar date is promised."""
NearDay = Annotated[date, Field(ge=FIRST_DAY, le=LAST_LUNAR_DAY)]
NearInstant = Annotated[
    AwareDatetime,
    Field(
        ge=datetime.combine(FIRST_DAY, time(), UTC),
        le=datetime.combine(LAST_LUNAR_DAY, time(), UTC),
    ),
]
"""Beyond these days arithmetic with time zones overflows."""


class Sound(Shape):
    """A stretch that sounds; `offset_ms` is which part of the programme it begins with."""

    begin: Instant
    end: Instant
    offset_ms: int


class HeardAt(Shape):
    """A station."""

    id: str
    name: str


class Coming(Shape):
    """One occurrence with one fate; `where` are the fewest names, `stations` the first of all."""

    occurrence: str
    broadcast: str
    title: str
    class_: BroadcastClass = Field(alias="class")
    area_name: str
    starts_at: Instant
    ends_at: Instant
    sounds: list[Sound]
    outcome: Outcome
    reason: str | None
    winner: str | None
    winner_title: str | None
    early: bool
    station_count: int
    stations: list[HeardAt]
    where: list[str]


class CalendarDay(Shape):
    """A day; `holiday` is one of the law's names or an area's own words."""

    date: date
    lunar: LunarDay
    holiday: str | None


class TimetableRow(Shape):
    """A station or an area; `line` is an index into the lines."""

    id: str
    name: str
    area_name: str
    line: int


class TimetableEvent(Shape):
    """One occurrence with one fate; begin and end are those of its sound when it sounds.

    What is `waiting` for approval does not sound; it stands there as it would.
    """

    occurrence: str
    broadcast: str
    title: str
    class_: BroadcastClass = Field(alias="class")
    starts_at: Instant
    ends_at: Instant
    slot_ms: int | None
    outcome: Outcome
    reason: str | None
    winner_title: str | None
    waiting: bool
    may_change: bool


class Timetable(Shape):
    """Days across, rows down; rows that sound alike share a line of indexes into the events."""

    zone: str
    days: list[CalendarDay]
    rows: list[TimetableRow]
    lines: list[list[int]]
    events: list[TimetableEvent]


class HoursAsked(Wish):
    """A window, by default the next 24 hours; one area or one station of the reach."""

    begin: NearInstant | None = None
    end: NearInstant | None = None
    area: Word | None = None
    station: Word | None = None


class TimetableAsked(Wish):
    """Local days, and what stands in the rows."""

    from_: NearDay = Field(alias="from")
    days: int = Field(default=7, ge=1, le=MAX_DAYS)
    rows: RowKind = RowKind.STATIONS
    area: Word | None = None


class DaysAsked(Wish):
    """Days from one to another, both inclusive."""

    from_: NearDay = Field(alias="from")
    to: NearDay
    area: Word | None = None
