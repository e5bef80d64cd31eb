"""The one meaning of a timetable: documents and settings in, exactly what sounds when out.

Stations play by it; the server previews, warns and judges reports by it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from loa_agent.protocol.documents import PRECEDENCE, BroadcastClass, Config, LatePolicy, Manifest
from loa_agent.protocol.hours import Span, overlap, permitted_spans, without
from loa_agent.protocol.occurrences import Occurrence, occurrences

MILLISECOND = timedelta(milliseconds=1)
LONGEST = timedelta(days=1)
"""No occurrence lasts longer (DAY_MS)."""
MAX_REACH = timedelta(days=8)
"""How far back occurrences that may not be joined are followed when each blocks the next."""


class Outcome(StrEnum):
    """How much of an occurrence will sound; `later` is all of it, late or interrupted."""

    WHOLE = "whole"
    LATER = "later"
    CUT = "cut"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Sound:
    """A stretch that sounds, [begin, end) aware UTC, from `offset_ms` of the programme on."""

    begin: datetime
    end: datetime
    offset_ms: int


@dataclass(frozen=True, slots=True)
class Planned:
    """One occurrence and the stretches of it that sound.

    `reason` is `overlap` where another took some of it (`winner` names who), else `outside_hours`
    where not all sounds.
    """

    occurrence: Occurrence
    level: int
    sounds: tuple[Sound, ...]
    outcome: Outcome
    reason: str | None = None
    winner: str | None = None


Candidate = tuple[int, Occurrence]


def timeline(
    manifests: Sequence[Manifest], config: Config, begin: datetime, end: datetime
) -> list[Planned]:
    """All occurrences touching [begin, end), in order of start.

    Emergency wins over priority over ordinary; inside a class the higher area wins, then the
    earlier start, then the id, so that every reader gets the same answer.
    """
    since = _independent_since(manifests, begin)
    permitted = permitted_spans(config.hours, config.zone, since - LONGEST, end + LONGEST)
    taken: list[tuple[Span, str]] = []
    planned = []
    for level, occurrence in sorted(_candidates(manifests, since, end + LONGEST), key=_rank):
        one = _judge(occurrence, level, permitted, taken)
        taken += [(Span(sound.begin, sound.end), occurrence.id) for sound in one.sounds]
        planned.append(one)
    inside = [p for p in planned if p.occurrence.starts_at < end and p.occurrence.ends_at > begin]
    return sorted(inside, key=lambda p: (p.occurrence.starts_at, p.occurrence.id))


def _independent_since(manifests: Sequence[Manifest], begin: datetime) -> datetime:
    """From when on occurrences have to be looked at so that the window asked for does not matter.

    What touches the window counts from its start. What may not be joined sounds or not by what
    happens at its own start, which may lie before that, and so on backwards.
    """
    known_since = begin - LONGEST
    while True:
        around = [each for _, each in _candidates(manifests, known_since, begin)]
        since = min([begin, *(o.starts_at for o in around if o.ends_at > begin)])
        whole_or_not = (o for o in around if o.broadcast.late.policy is not LatePolicy.JOIN)
        since = _chained(since, whole_or_not)
        if since >= known_since or begin - known_since >= MAX_REACH:
            return since
        known_since -= LONGEST


def _chained(since: datetime, links: Iterable[Occurrence]) -> datetime:
    for link in sorted(links, key=lambda each: each.starts_at, reverse=True):
        if link.starts_at < since < link.ends_at:
            since = link.starts_at
    return since


def _candidates(manifests: Sequence[Manifest], begin: datetime, end: datetime) -> list[Candidate]:
    """Each occurrence once: one broadcast may reach a station through several audiences."""
    found: dict[str, Candidate] = {}
    # In a fixed order, so that of two manifests with one level the same one always counts.
    for manifest in sorted(manifests, key=lambda m: (m.level, m.audience, -m.version)):
        for broadcast in manifest.broadcasts:
            for each in occurrences(broadcast, begin, end):
                found.setdefault(each.id, (manifest.level, each))
    return list(found.values())


def _rank(candidate: Candidate) -> tuple[int, int, datetime, str]:
    level, each = candidate
    return (PRECEDENCE[each.broadcast.class_], level, each.starts_at, each.id)


def _judge(
    each: Occurrence, level: int, permitted: Sequence[Span], taken: Sequence[tuple[Span, str]]
) -> Planned:
    whole = Span(each.starts_at, each.ends_at)
    emergency = each.broadcast.class_ is BroadcastClass.EMERGENCY
    allowed = _enterable(each, [whole] if emergency else overlap(whole, permitted))
    free = [part for span in allowed for part in without(span, [t for t, _ in taken])]
    free = _enterable(each, free)
    if free == [whole]:
        return Planned(each, level, _sounds(each, free), Outcome.WHOLE)
    outcome = Outcome.CUT if free else Outcome.SILENT
    if free == allowed:
        return Planned(each, level, _sounds(each, free), outcome, "outside_hours")
    winner = next(name for span, name in taken if overlap(span, allowed))
    return Planned(each, level, _sounds(each, free), outcome, "overlap", winner)


def _enterable(each: Occurrence, spans: list[Span]) -> list[Span]:
    """What may not be joined in the middle sounds from its start or not at all."""
    if each.broadcast.late.policy is LatePolicy.JOIN:
        return spans
    return [span for span in spans if span.begin == each.starts_at]


def _sounds(each: Occurrence, spans: Sequence[Span]) -> tuple[Sound, ...]:
    start = each.starts_at
    return tuple(Sound(s.begin, s.end, (s.begin - start) // MILLISECOND) for s in spans)
