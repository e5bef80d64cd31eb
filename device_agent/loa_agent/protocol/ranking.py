"""Who goes before whom: every occurrence that may matter, ready to be put in order.

Emergency before live before priority before ordinary; of priority broadcasts first those the area
decided about, in its order; then the higher area, the earlier start, the id.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from loa_agent.protocol.documents import (
    PRECEDENCE,
    Broadcast,
    BroadcastClass,
    LatePolicy,
    Manifest,
)
from loa_agent.protocol.ids import OccurrenceId
from loa_agent.protocol.instants import MILLISECOND, ceil_ms
from loa_agent.protocol.occurrences import occurrence_name, starts_between

UNDECIDED = 10**6
"""Place of what no area put in order: after all that is (MAX_ORDER of ten levels)."""
EMERGENCY = PRECEDENCE[BroadcastClass.EMERGENCY]
_PRIORITY = PRECEDENCE[BroadcastClass.PRIORITY]
_SLIPPING = frozenset({LatePolicy.SLIP, LatePolicy.RESUME})


class Source(NamedTuple):
    """A broadcast as one manifest brings it; its rank but for the start."""

    broadcast: Broadcast
    precedence: int
    place: int
    level: int
    duration: int
    length: timedelta
    slip: int
    policy: LatePolicy
    exempted: tuple[tuple[int, int], ...]


class Candidate(NamedTuple):
    """An occurrence in milliseconds; the first six in this order are its rank.

    `local` is its start in local time, as in `instants`. Whatever becomes of it, it sounds inside
    [start, limit). `free` is bound by neither hours nor caps.
    """

    precedence: int
    place: int
    level: int
    start: int
    broadcast: str
    local: int
    end: int
    limit: int
    free: bool
    source: Source

    @property
    def name(self) -> OccurrenceId:
        """The id of the occurrence."""
        return occurrence_name(self.broadcast, self.local)


def sources(manifests: Sequence[Manifest]) -> list[Source]:
    """All broadcasts, of each occurrence that comes twice the one that counts first."""
    places = _places(manifests)
    # In a fixed order, so that of two manifests with one level the same one always counts.
    ordered = sorted(manifests, key=lambda m: (m.level, m.audience, -m.version))
    return [_source(each, m.level, places) for m in ordered for each in m.broadcasts]


def _places(manifests: Sequence[Manifest]) -> dict[str, int]:
    """Place of each broadcast an area decided about: the deepest area speaks first."""
    ordered = sorted(manifests, key=lambda m: (-m.level, m.audience, -m.version))
    names = dict.fromkeys(name for manifest in ordered for name in manifest.order)
    return {name: place for place, name in enumerate(names)}


def _source(broadcast: Broadcast, level: int, places: dict[str, int]) -> Source:
    precedence = PRECEDENCE[broadcast.class_]
    late = broadcast.late
    duration = broadcast.duration_ms
    return Source(
        broadcast=broadcast,
        precedence=precedence,
        place=places.get(broadcast.id, UNDECIDED) if precedence == _PRIORITY else UNDECIDED,
        level=level,
        duration=duration,
        length=duration * MILLISECOND,
        slip=late.slip_ms if late.policy in _SLIPPING else 0,
        policy=late.policy,
        exempted=tuple((ceil_ms(e.begin_at), ceil_ms(e.end_at)) for e in broadcast.exemptions),
    )


def candidates(found: Sequence[Source], begin: int, end: int) -> list[Candidate]:
    """Each occurrence that starts in [begin, end) once, in no order."""
    names = Counter(source.broadcast.id for source in found)
    listed: list[Candidate] = []
    seen: set[tuple[str, int]] = set()
    for source in found:
        some = _of_source(source, begin, end)
        if names[source.broadcast.id] > 1:
            some = [each for each in some if (each.broadcast, each.local) not in seen]
            seen.update((each.broadcast, each.local) for each in some)
        listed += some
    return listed


def _of_source(source: Source, since: int, until: int) -> list[Candidate]:
    broadcast, precedence, place, level, duration, _, slip, _, exempted = source
    name, free = broadcast.id, precedence == EMERGENCY
    return [
        Candidate(
            precedence,
            place,
            level,
            start,
            name,
            local,
            start + duration,
            start + duration + slip,
            free or (bool(exempted) and _within(exempted, start)),
            source,
        )
        for local, start in starts_between(broadcast, since, until)
    ]


def _within(exempted: tuple[tuple[int, int], ...], start: int) -> bool:
    return any(begin <= start < end for begin, end in exempted)
