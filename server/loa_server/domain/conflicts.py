"""What becomes of broadcasts that meet, and at how many stations, judged by the one timeline."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from loa_agent.protocol import documents as wire
from loa_agent.protocol.instants import ceil_ms, floor_ms
from loa_agent.protocol.judging import Verdict as Judgement
from loa_agent.protocol.placing import Stretches
from loa_agent.protocol.ranking import Candidate
from loa_agent.protocol.timeline import Outcome, Planned, planned_of

from loa_server.domain.areas import AreaKind, AreaTree
from loa_server.domain.broadcasts import Broadcast
from loa_server.domain.clusters import Pool, clusters_with, judged_alone, permitted_around
from loa_server.domain.listening import Limits, Listeners, config, level_of, manifest
from loa_server.domain.permission import CODES, Span, problem
from loa_server.domain.problems import Problem

MAX_CONFLICTS = 200
"""As many are told in full; the rest are counted."""
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
    manifests = _manifests(timetable, scene.tree, scene.now, dict.fromkeys(meant.audiences, new))
    concerned = [each for each in scene.found if set(meant.audiences) & set(each.audiences)]
    problems: dict[str, Problem] = {}
    met: dict[_Meeting, dict[int, Listeners]] = defaultdict(dict)
    for span in scene.spans:
        pool, court = Pool(manifests, *span), _Court(new, span, scene.now)
        for number, each in enumerate(concerned):
            for judged in court.judge(pool.heard(each.audiences), each.limits):
                for planned in judged.silenced:
                    code = CODES[planned.reason or ""]
                    problems.setdefault(code, problem(planned, each, scene.tree))
                for meeting in judged.meetings:
                    met[meeting][number] = each
    known = {**timetable.known, new.id: meant}
    conflicts = [_conflict(meeting, met[meeting].values(), known) for meeting in met]
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
    decides = [each for each in common if tree.get(each).called.rank <= AreaKind.COMMUNE.rank]
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


class _Judged(NamedTuple):
    """Of one cluster: what the new broadcast may not, and who loses what to whom."""

    silenced: tuple[Planned, ...]
    meetings: tuple[_Meeting, ...]


class _Court:
    """Judges what a new broadcast meets in a stretch of time, the same cluster but once."""

    def __init__(self, new: wire.Broadcast, span: Span, now: datetime) -> None:
        self._new = new
        self._stretch = floor_ms(span[0]), ceil_ms(span[1])
        self._now = now
        self._settings: dict[Limits, tuple[wire.Config, Stretches]] = {}
        self._known: dict[tuple[int, ...], _Judged] = {}

    def judge(self, found: Sequence[Candidate], limits: Limits) -> Iterator[_Judged]:
        """Each cluster of which the new broadcast is part."""
        if limits not in self._settings:
            made = config(limits, self._now)
            self._settings[limits] = made, permitted_around(self._stretch, made)
        settings, permitted = self._settings[limits]
        capped = bool(limits.caps)
        for cluster in clusters_with(self._new, self._stretch, found, limits.zone, capped=capped):
            # Settings and candidates live as long as this does, so that their ids are theirs.
            key = (id(settings), *map(id, cluster))
            if key not in self._known:
                self._known[key] = self._judge(cluster, settings, permitted)
            yield self._known[key]

    def _judge(
        self, cluster: Sequence[Candidate], settings: wire.Config, permitted: Stretches
    ) -> _Judged:
        judged = judged_alone(cluster, settings, permitted)
        after = [each for each in judged if each.reason is not None]
        mine = [planned_of(each) for each in after if self._is_new(each.candidate)]
        others = [planned_of(each) for each in after if not self._is_new(each.candidate)]
        silenced = tuple(each for each in mine if each.reason in CODES)
        meetings = [_meeting(e, e.winner.partition("@")[0]) for e in mine if e.winner is not None]
        if others:
            without = [each for each in cluster if not self._is_new(each)]
            meetings += self._losses(others, judged_alone(without, settings, permitted))
        return _Judged(silenced, tuple(meetings))

    def _is_new(self, each: Candidate) -> bool:
        return each.source.broadcast is self._new

    def _losses(
        self, others: Sequence[Planned], without: Sequence[Judgement]
    ) -> Iterator[_Meeting]:
        """What others lose that they did not lose without the new broadcast."""
        before = {each.candidate.name: each for each in without}
        for each in others:
            was = planned_of(before[each.occurrence.id])
            if was.sounds != each.sounds and _sounding(was) >= _sounding(each):
                winner = self._new.id if each.winner is None else each.winner.partition("@")[0]
                yield _meeting(each, winner)


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


def _meeting(planned: Planned, winner: str) -> _Meeting:
    occurrence = planned.occurrence
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
        lost_ms=(occurrence.ends_at - occurrence.starts_at - _sounding(planned)) // _MS,
    )


def _sounding(planned: Planned) -> timedelta:
    return sum((each.end - each.begin for each in planned.sounds), timedelta())


def _conflict(
    meeting: _Meeting, where: Iterable[Listeners], known: Mapping[str, Broadcast]
) -> Conflict:
    kinds = list(where)
    return Conflict(
        starts_at=meeting.starts_at,
        winner=_side(known[meeting.winner]),
        loser=_side(known[meeting.broadcast]),
        outcome=meeting.outcome,
        reason=meeting.reason,
        new_start_at=meeting.new_start_at,
        lost_ms=meeting.lost_ms,
        station_count=sum(each.station_count for each in kinds),
        areas=frozenset().union(*(each.areas for each in kinds)),
    )


def _side(broadcast: Broadcast) -> Side:
    return Side(broadcast.id, broadcast.title, broadcast.area, broadcast.class_)
