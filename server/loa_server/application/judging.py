"""What a new broadcast meets: the rows that are asked, and the domain that judges them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from loa_agent.protocol import documents as wire

from loa_server.application.ports import Calendars, Transaction
from loa_server.domain.approval import areas_of
from loa_server.domain.areas import AreaTree, station_audiences
from loa_server.domain.broadcasts import COMPILED_AHEAD, COMPILED_BACK, Broadcast, on_air
from loa_server.domain.bulletins import Bulletin
from loa_server.domain.conflicts import Conflict, Scene, Timetable, judge
from loa_server.domain.holidays import Calendar
from loa_server.domain.listening import MAX_ORDERED_BYTES, Listeners, listeners, weight
from loa_server.domain.permission import LOOK_AHEAD, Span, not_permitted, spans_to_judge
from loa_server.domain.problems import Problem
from loa_server.domain.schedule import HolidayPolicy, starts
from loa_server.domain.standing import FAR
from loa_server.domain.stations import Station

JUDGED_AHEAD = timedelta(days=366)
"""How far ahead every start is asked whether it may sound."""


@dataclass(frozen=True, slots=True)
class Places:
    """Areas, stations and calendars, read once for one judgement."""

    tree: AreaTree
    stations: Sequence[Station]
    calendars: Calendars
    zone: str

    @property
    def homes(self) -> Mapping[str, str]:
        """The area of each station in use."""
        return {each.id: each.area for each in self.stations}

    def reached(self, audiences: Iterable[str]) -> list[Station]:
        """Stations in use that listen to any of these audiences."""
        wanted = set(audiences)
        by_area = {
            area: not wanted.isdisjoint(f"a-{each.id}" for each in self.tree.path(area))
            for area in {station.area for station in self.stations}
        }
        return [s for s in self.stations if by_area[s.area] or f"s-{s.id}" in wanted]

    def areas(self, broadcast: Broadcast) -> frozenset[str]:
        """The areas a broadcast is meant for; those of retired stations are passed over."""
        known = [a for a in broadcast.audiences if a[:2] != "s-" or a[2:] in self.homes]
        return areas_of(known, self.homes)


@dataclass(frozen=True, slots=True)
class Judged:
    """A broadcast as it would travel, what keeps it from it, and what it meets."""

    travelling: wire.Broadcast
    spans: Sequence[Span]
    station_count: int
    problems: Sequence[Problem]
    conflicts: Sequence[Conflict]


def read_places(rows: Transaction, zone: str) -> Places:
    """Places as they are now; stations out of use or of areas no longer in force left out."""
    tree = rows.places.tree()
    stations = [s for s in rows.places.stations() if s.retired_at is None and tree.has(s.area)]
    return Places(tree, stations, rows.places.calendars(), zone)


def judged(
    rows: Transaction,
    places: Places,
    meant: Broadcast,
    now: datetime,
    instead: Broadcast | None = None,
) -> Judged:
    """Meet hours, caps and all other broadcasts.

    Args:
        rows: Where the others are read.
        places: Read in the same transaction.
        meant: The broadcast as it would be kept; its approval counts as given.
        now: The instant of judging.
        instead: A broadcast in force as it will be once `meant` has taken over from it.

    Raises:
        Problem: `no_audience`, `start_in_past`, `bulletin_not_ready`, `too_many_broadcasts`.
    """
    reached = places.reached(meant.audiences)
    if not reached:
        raise Problem("no_audience", {"field": "audiences", "audiences": list(meant.audiences)})
    calendar = places.calendars.of(meant.area)
    now = _when_told(meant, calendar, now)
    pieces = rows.broadcasts.pieces(meant.bulletins)
    bulletins = tuple(pieces[each] for each in meant.bulletins)
    travelling = on_air(meant, bulletins, calendar, now)
    spans = spans_to_judge(travelling, now)
    if not spans:
        raise Problem("start_in_past", {"field": "when", "start": meant.rule.start})
    others = _others(rows, places, reached, meant, instead, now)
    _require_light(travelling, meant, others)
    heard = {*others.carried, *meant.audiences, *(f"a-{area}" for area in others.orders)}
    found = listeners(reached, places.tree, places.zone, heard)
    alone = not_permitted(travelling, found, places.tree, spans, now)
    verdict = judge(travelling, meant, others, Scene(found, places.tree, spans, now))
    far = _far_problems(meant, bulletins, calendar, found, places.tree, now)
    problems = {each.code: each for each in (*far, *verdict.problems, *alone)}
    return Judged(travelling, spans, len(reached), list(problems.values()), verdict.conflicts)


def _far_problems(
    meant: Broadcast,
    bulletins: tuple[Bulletin, ...],
    calendar: Calendar,
    found: Sequence[Listeners],
    tree: AreaTree,
    now: datetime,
) -> list[Problem]:
    """What of a year to come would fall silent by hours and caps, beyond what travels today.

    Only of what may fall on other times or weekdays than in the first week: starts added singly,
    other times on holidays, days of months.
    """
    rule = meant.rule
    changing = rule.dates or meant.schedule.holidays.policy is HolidayPolicy.OTHER_TIMES
    if rule.rrule is None or not (changing or rule.rrule.startswith("FREQ=MONTHLY")):
        return []
    problems: list[Problem] = []
    at = now + COMPILED_AHEAD
    until = now + JUDGED_AHEAD if meant.ends_at is None else min(meant.ends_at, now + JUDGED_AHEAD)
    while at < until and not problems:
        travelling = on_air(meant, bulletins, calendar, at)
        problems = not_permitted(travelling, found, tree, spans_to_judge(travelling, at), at)
        at += COMPILED_AHEAD
    return problems


def _require_light(travelling: wire.Broadcast, meant: Broadcast, others: Timetable) -> None:
    """Whether every manifest has room for it; stations of a fuller one would hear no change."""
    own = weight(travelling)
    weights: dict[str, int] = {}
    for audience in meant.audiences:
        carried = others.carried.get(audience, ())
        for each in carried:
            if each.id not in weights:
                weights[each.id] = weight(each)
        if own + sum(weights[each.id] for each in carried) > MAX_ORDERED_BYTES:
            raise Problem("too_many_broadcasts", {"most": len(carried), "audience": audience})


def _when_told(meant: Broadcast, calendar: Calendar, now: datetime) -> datetime:
    """The instant to judge as of: `now`, or when stations will be told of a first start far off.

    A series only on Tết, ordered in autumn, has nothing yet in what would travel today.
    """
    zone = ZoneInfo(meant.rule.zone)
    begin = now.astimezone(zone).replace(tzinfo=None)
    first = next(starts(meant.schedule, calendar, begin, begin + FAR), None)
    if first is None or first - begin <= COMPILED_AHEAD - LOOK_AHEAD:
        return now
    return first.replace(tzinfo=zone).astimezone(UTC) - COMPILED_BACK


def manifests_heard(
    rows: Transaction, tree: AreaTree, stations: Iterable[Station], now: datetime
) -> frozenset[str]:
    """The manifests that say anything at these stations.

    Due when hours or caps there change: what becomes wholly silent is left out of them, what does
    not any more is told again.
    """
    used = [each for each in stations if each.retired_at is None and tree.has(each.area)]
    audiences = {a for each in used for a in station_audiences(tree, each.id, each.area)}
    found = rows.broadcasts.in_force(audiences, now) if audiences else ()
    return frozenset(
        f"manifest/{a}" for one in found for a in audiences.intersection(one.audiences)
    )


def _others(
    rows: Transaction,
    places: Places,
    reached: Sequence[Station],
    meant: Broadcast,
    instead: Broadcast | None,
    now: datetime,
) -> Timetable:
    """All else in force at the stations reached."""
    tree = places.tree
    areas = {station.area for station in reached}
    paths = {each.id for area in areas for each in tree.path(area)}
    audiences = {f"a-{area}" for area in paths} | {f"s-{each.id}" for each in reached}
    known = {each.id: each for each in rows.broadcasts.in_force(audiences, now)}
    known.pop(meant.id, None)
    if instead is not None and instead.id in known:
        known[instead.id] = instead
    carried = _carried(rows, places, known, audiences, now)
    return Timetable(carried, known, rows.broadcasts.orders(paths))


def _carried(
    rows: Transaction,
    places: Places,
    known: Mapping[str, Broadcast],
    audiences: set[str],
    now: datetime,
) -> Mapping[str, tuple[wire.Broadcast, ...]]:
    pieces = rows.broadcasts.pieces({each for one in known.values() for each in one.bulletins})
    carried: dict[str, list[wire.Broadcast]] = {}
    for one in known.values():
        bulletins = tuple(pieces[each] for each in one.bulletins)
        travelling = on_air(one, bulletins, places.calendars.of(one.area), now)
        for audience in audiences.intersection(one.audiences):
            carried.setdefault(audience, []).append(travelling)
    return {audience: tuple(found) for audience, found in carried.items()}
