"""What becomes of broadcasts that meet, and at how many stations, judged by the one timeline."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from loa_agent.protocol import documents as wire
from loa_agent.protocol.timeline import Outcome, Planned, timeline

from loa_server.domain.areas import AreaTree
from loa_server.domain.broadcasts import Broadcast
from loa_server.domain.listening import Listeners, config, level_of, manifest
from loa_server.domain.permission import CODES, Span, problem
from loa_server.domain.problems import Problem

MAX_CONFLICTS = 200
"""As many are told in full; the rest are counted."""
COMMUNE_LEVEL = 2
_MS = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Side:
    """One of two broadcasts that meet."""

    broadcast: str
    title: str
    area: str
    class_: wire.BroadcastClass


@dataclass(frozen=True, slots=True)
class Conflict:
    """What becomes of an occurrence of `loser`, planned for `starts_at`, because of `winner`.

    `new_start_at` is when it begins instead; `areas` are those of the stations concerned.
    """

    starts_at: datetime
    winner: Side
    loser: Side
    outcome: Outcome
    reason: str
    new_start_at: datetime | None
    lost_ms: int
    station_count: int
    areas: frozenset[str]


@dataclass(frozen=True, slots=True)
class Timetable:
    """All that is in force, by audience, as stations hear it, with what people know of each.

    `orders` are what areas decided about their priority broadcasts, by area.
    """

    carried: Mapping[str, tuple[wire.Broadcast, ...]]
    known: Mapping[str, Broadcast]
    orders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the other broadcasts do to a new one and it to them, soonest first."""

    problems: tuple[Problem, ...]
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """Where and when to judge: stations by what they hear, the tree, stretches of time."""

    found: Sequence[Listeners]
    tree: AreaTree
    spans: Sequence[Span]
    now: datetime


def judge(new: wire.Broadcast, meant: Broadcast, timetable: Timetable, scene: Scene) -> Verdict:
    """Meet all others at every kind of station that hears the new broadcast.

    Args:
        new: The broadcast as it would travel.
        meant: The same as it is kept.
        timetable: All else in force, of which `new` is no part.
        scene: Stations that do not hear the new broadcast are passed over.
    """
    tree, now = scene.tree, scene.now
    audiences = set(meant.audiences)
    without = _manifests(timetable, tree, now, {})
    with_new = _manifests(timetable, tree, now, dict.fromkeys(audiences, new))
    problems: dict[str, Problem] = {}
    met: dict[_Meeting, _Where] = defaultdict(_Where)
    for each in scene.found:
        if audiences.isdisjoint(each.audiences):
            continue
        settings = config(each.limits, now)
        after = [with_new[audience] for audience in each.audiences if audience in with_new]
        before = [without[audience] for audience in each.audiences if audience in without]
        for begin, end in scene.spans:
            planned = timeline(after, settings, begin, end)
            troubled = [one for one in planned if one.outcome is not Outcome.WHOLE]
            if not troubled:
                continue
            for one in troubled:
                if one.occurrence.broadcast.id == new.id and one.reason in CODES:
                    problems.setdefault(CODES[one.reason], problem(one, each, tree))
            for meeting in _meetings(troubled, new.id, before, settings, (begin, end)):
                met[meeting].add(each)
    known = {**timetable.known, new.id: meant}
    conflicts = [_conflict(meeting, where, known) for meeting, where in met.items()]
    conflicts.sort(key=lambda one: (one.starts_at, one.loser.broadcast, one.lost_ms))
    return Verdict(tuple(problems.values()), tuple(conflicts))


def deciding_area(conflict: Conflict, tree: AreaTree) -> str | None:
    """The area whose order of priority broadcasts (TT 39) settles a conflict, if one does.

    The commune of all stations concerned, or the area above that they have in common.
    """
    priority = wire.BroadcastClass.PRIORITY
    if (conflict.winner.class_, conflict.loser.class_) != (priority, priority):
        return None
    paths = [[area.id for area in tree.path(each)] for each in sorted(conflict.areas)]
    common = [each for each in paths[0] if all(each in path for path in paths)]
    decides = [each for each in common if tree.get(each).level <= COMMUNE_LEVEL]
    return next(iter(decides or common), None)


@dataclass(frozen=True, slots=True)
class _Meeting:
    """The same at many stations."""

    loser: str
    broadcast: str
    starts_at: datetime
    winner: str
    outcome: Outcome
    reason: str
    new_start_at: datetime | None
    lost_ms: int


@dataclass(slots=True)
class _Where:
    station_count: int = 0
    areas: frozenset[str] = frozenset()

    def add(self, found: Listeners) -> None:
        self.station_count += found.station_count
        self.areas |= found.areas


def _manifests(
    timetable: Timetable, tree: AreaTree, now: datetime, new: Mapping[str, wire.Broadcast]
) -> dict[str, wire.Manifest]:
    orders = {f"a-{area}": order for area, order in timetable.orders.items()}
    made = {}
    for audience in {*timetable.carried, *orders, *new}:
        if audience.startswith("a-") and not tree.has(audience[2:]):
            continue
        carried = timetable.carried.get(audience, ())
        if audience in new:
            carried = (*carried, new[audience])
        order = orders.get(audience, ())
        made[audience] = manifest(audience, level_of(audience, tree), carried, now, order)
    return made


def _meetings(
    troubled: Sequence[Planned],
    new: str,
    before: Sequence[wire.Manifest],
    settings: wire.Config,
    span: Span,
) -> Iterable[_Meeting]:
    """Losses of the new broadcast to others, and of others that they did not have without it."""
    others = [one for one in troubled if one.occurrence.broadcast.id != new]
    earlier: dict[str, Planned] = {}
    if others:
        earlier = {one.occurrence.id: one for one in timeline(before, settings, *span)}
    for one in troubled:
        if one.occurrence.broadcast.id == new:
            if one.winner is not None:
                yield _meeting(one, one.winner.partition("@")[0])
        elif (was := earlier.get(one.occurrence.id)) is None or was.sounds != one.sounds:
            winner = new if one.winner is None else one.winner.partition("@")[0]
            yield _meeting(one, winner)


def _meeting(planned: Planned, winner: str) -> _Meeting:
    occurrence = planned.occurrence
    sounding = sum((each.end - each.begin for each in planned.sounds), timedelta())
    first = planned.sounds[0].begin if planned.sounds else None
    moved = first is not None and first != occurrence.starts_at
    return _Meeting(
        loser=occurrence.id,
        broadcast=occurrence.broadcast.id,
        starts_at=occurrence.starts_at,
        winner=winner,
        outcome=planned.outcome,
        reason=planned.reason or "overlap",
        new_start_at=first if moved else None,
        lost_ms=(occurrence.ends_at - occurrence.starts_at - sounding) // _MS,
    )


def _conflict(meeting: _Meeting, where: _Where, known: Mapping[str, Broadcast]) -> Conflict:
    return Conflict(
        starts_at=meeting.starts_at,
        winner=_side(known[meeting.winner]),
        loser=_side(known[meeting.broadcast]),
        outcome=meeting.outcome,
        reason=meeting.reason,
        new_start_at=meeting.new_start_at,
        lost_ms=meeting.lost_ms,
        station_count=where.station_count,
        areas=where.areas,
    )


def _side(broadcast: Broadcast) -> Side:
    return Side(broadcast.id, broadcast.title, broadcast.area, broadcast.class_)
