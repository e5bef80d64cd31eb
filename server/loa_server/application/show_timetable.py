"""The timetable of a stretch of days: stations or areas down, days across."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from loa_agent.protocol.timeline import Outcome

from loa_server.application.list_coming import Titles
from loa_server.application.resolve_air import Fate, Kind, resolve_air
from loa_server.application.timeline_queries import (
    Air,
    CalendarDay,
    Timetable,
    TimetableEvent,
    TimetableRow,
)
from loa_server.domain.approval import commands
from loa_server.domain.broadcasts import Broadcast
from loa_server.domain.holidays import Calendar
from loa_server.domain.lunar import to_lunar
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.rights import Deed

MAX_ROWS = 6000
"""More than the stations of a province."""
MAX_EVENTS = 20_000
"""A week of a province, or a month of a thousand stations; a person reads far less."""
_WORST_FIRST = (Outcome.SILENT, Outcome.CUT, Outcome.LATER, Outcome.WHOLE)


class RowKind(StrEnum):
    """What stands in the first column."""

    STATIONS = "stations"
    AREAS = "areas"


def window_of(first: date, days: int, zone: str) -> tuple[datetime, datetime]:
    """From the midnight before the first day to the one after the last."""
    tz = ZoneInfo(zone)
    return (
        datetime.combine(first, time(), tz),
        datetime.combine(first + timedelta(days=days), time(), tz),
    )


def show_timetable(
    air: Air, actor: Account, *, first: date, days: int, zone: str, rows: RowKind
) -> Timetable:
    """Everything due on these local days; raises Problem `too_wide` for more than can be shown.

    Rows that sound alike share a line. An area shows all that its stations play; where one
    occurrence fares differently among them, the worst is shown.
    """
    begin, end = window_of(first, days, zone)
    if len(air.sites) > MAX_ROWS:
        raise Problem("too_wide", {"field": "area", "most": MAX_ROWS})
    events = _Events(air, actor)
    kinds, lines = [], []
    for kind in resolve_air(air, begin, end):
        kinds.append(kind)
        lines.append(tuple(events.index(fate) for fate in kind.fates))
        if len(events.all) > MAX_EVENTS:
            raise Problem("too_wide", {"field": "days", "most": MAX_EVENTS})
    if rows is RowKind.STATIONS:
        shown, drawn = _stations(air, kinds), lines
    else:
        shown, drawn = _areas(air, kinds, lines, events)
    calendar = tuple(calendar_days(air.calendar, first, days))
    return Timetable(zone, calendar, tuple(shown), tuple(drawn), tuple(events.all))


def calendar_days(calendar: Calendar, first: date, days: int) -> Iterable[CalendarDay]:
    """Days with their lunar dates and holidays."""
    for number in range(days):
        day = first + timedelta(days=number)
        names = calendar.names(day)
        holiday = calendar.own.get(day) or (names[0].value if names else None)
        yield CalendarDay(day, to_lunar(day), holiday)


class _Events:
    """Each occurrence with each of its fates, once."""

    def __init__(self, air: Air, actor: Account) -> None:
        self.all: list[TimetableEvent] = []
        self._tree = air.tree
        self._actor = actor
        self._known = {each.broadcast.id: each.broadcast for each in air.ordered}
        self._titles = Titles(air)
        self._changeable: dict[str, bool] = {}
        self._homes = {f"s-{site.id}": site.area for site in air.sites}
        self._places: dict[object, int] = {}

    def index(self, fate: Fate) -> int:
        one = fate.planned
        key = (one.occurrence.id, one.sounds, one.outcome, one.reason, one.winner, fate.waiting)
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = len(self.all)
            self.all.append(self._event(fate))
        return place

    def worse(self, one: int, other: int) -> int:
        ranks = [_WORST_FIRST.index(self.all[each].outcome) for each in (one, other)]
        return one if ranks[0] <= ranks[1] else other

    def _event(self, fate: Fate) -> TimetableEvent:
        one = fate.planned
        broadcast = self._known[one.occurrence.broadcast.id]
        return TimetableEvent(
            occurrence=one.occurrence.id,
            broadcast=broadcast,
            starts_at=one.sounds[0].begin if one.sounds else one.occurrence.starts_at,
            ends_at=one.sounds[-1].end if one.sounds else one.occurrence.ends_at,
            outcome=one.outcome,
            reason=one.reason,
            winner_title=self._titles.of(one.winner),
            waiting=fate.waiting,
            may_change=self._may_change(broadcast),
        )

    def _may_change(self, broadcast: Broadcast) -> bool:
        """What was ordered above is seen here and changed there."""
        if broadcast.stopped_at is not None:
            return False
        known = self._changeable.get(broadcast.id)
        if known is None:
            # A station out of reach has no home here: only the author commands what it hears.
            areas = [
                each[2:] if each[:2] == "a-" else self._homes.get(each, "")
                for each in broadcast.audiences
            ]
            hidden = "" in areas and self._actor.id != broadcast.author
            known = not hidden and commands(self._actor, self._tree, broadcast, Deed.WRITE, areas)
            self._changeable[broadcast.id] = known
        return known


def _stations(air: Air, kinds: Sequence[Kind]) -> list[TimetableRow]:
    line_of = {site.id: line for line, kind in enumerate(kinds) for site in kind.sites}
    return [
        TimetableRow(site.id, site.name, air.tree.name(site.area), line_of[site.id])
        for site in air.sites
    ]


def _areas(
    air: Air, kinds: Sequence[Kind], lines: Sequence[Sequence[int]], events: _Events
) -> tuple[list[TimetableRow], list[tuple[int, ...]]]:
    """A row for every area under which a station stands; areas that sound alike share a line."""
    heard: dict[str, set[int]] = defaultdict(set)
    for line, kind in enumerate(kinds):
        for home in {site.area for site in kind.sites}:
            for area in air.tree.path(home):
                heard[area.id].add(line)
    merged: dict[frozenset[int], int] = {}
    drawn: list[tuple[int, ...]] = []
    rows = []
    for area in air.tree.all():
        if area.id in air.shown and area.id in heard:
            which = frozenset(heard[area.id])
            if which not in merged:
                merged[which] = len(drawn)
                drawn.append(_merged([lines[each] for each in sorted(which)], events))
            parent = area.parent
            name = air.tree.name(parent) if parent is not None and parent in air.shown else ""
            rows.append(TimetableRow(area.id, area.name, name, merged[which]))
    return rows, drawn


def _merged(lines: Iterable[Sequence[int]], events: _Events) -> tuple[int, ...]:
    found: dict[tuple[str, bool], int] = {}
    for line in lines:
        for place in line:
            event = events.all[place]
            key = (event.occurrence, event.waiting)
            found[key] = events.worse(found.get(key, place), place)
    return tuple(sorted(found.values(), key=lambda place: events.all[place].starts_at))
