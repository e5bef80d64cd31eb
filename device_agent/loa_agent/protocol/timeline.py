"""The one meaning of a timetable: documents and settings in, exactly what sounds when out.

Stations play by it; the server previews, warns and judges reports by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from loa_agent.protocol.documents import PRECEDENCE, BroadcastClass, Config, LatePolicy, Manifest
from loa_agent.protocol.hours import Span, overlap, permitted_spans, without
from loa_agent.protocol.occurrences import Occurrence, occurrences

_REACH = timedelta(days=1)


class Outcome(StrEnum):
    """How much of an occurrence will sound."""

    WHOLE = "whole"
    CUT = "cut"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Planned:
    """One occurrence and the stretches of it that sound.

    A stretch that begins after `occurrence.starts_at` enters in the middle at that offset.
    `reason` is `outside_hours` or `overlap` where not all sounds; `winner` names who wins.
    """

    occurrence: Occurrence
    level: int
    sounds: tuple[Span, ...]
    outcome: Outcome
    reason: str | None = None
    winner: str | None = None


def timeline(
    manifests: Sequence[Manifest], config: Config, begin: datetime, end: datetime
) -> list[Planned]:
    """All occurrences touching [begin, end), in order of start.

    Emergency wins over priority over ordinary; inside a class the higher area wins, then the
    earlier start, then the id, so that every reader gets the same answer.
    """
    permitted = permitted_spans(config.hours, config.zone, begin - _REACH, end + _REACH)
    taken: list[tuple[Span, str]] = []
    planned = []
    for level, occurrence in sorted(
        _candidates(manifests, begin - _REACH, end + _REACH), key=_rank
    ):
        one = _judge(occurrence, level, permitted, taken)
        taken += [(span, occurrence.id) for span in one.sounds]
        planned.append(one)
    inside = [p for p in planned if p.occurrence.starts_at < end and p.occurrence.ends_at > begin]
    return sorted(inside, key=lambda p: (p.occurrence.starts_at, p.occurrence.id))


def _candidates(
    manifests: Sequence[Manifest], begin: datetime, end: datetime
) -> list[tuple[int, Occurrence]]:
    """Each occurrence once: one broadcast may reach a station through several audiences.

    Looks back and ahead by `_REACH`, since what lies outside the window may win inside it.
    """
    found: dict[str, tuple[int, Occurrence]] = {}
    for manifest in manifests:
        for broadcast in manifest.broadcasts:
            for each in occurrences(broadcast, begin, end):
                known = found.get(each.id)
                if known is None or manifest.level < known[0]:
                    found[each.id] = (manifest.level, each)
    return list(found.values())


def _rank(candidate: tuple[int, Occurrence]) -> tuple[int, int, datetime, str]:
    level, each = candidate
    return (PRECEDENCE[each.broadcast.class_], level, each.starts_at, each.id)


def _judge(
    each: Occurrence, level: int, permitted: Sequence[Span], taken: Sequence[tuple[Span, str]]
) -> Planned:
    whole = Span(each.starts_at, each.ends_at)
    emergency = each.broadcast.class_ is BroadcastClass.EMERGENCY
    allowed = [whole] if emergency else overlap(whole, permitted)
    free = [part for span in allowed for part in without(span, [t for t, _ in taken])]
    if each.broadcast.late.policy is not LatePolicy.JOIN:
        free = [span for span in free if span.begin == each.starts_at]
    if free == [whole]:
        return Planned(each, level, (whole,), Outcome.WHOLE)
    outcome = Outcome.CUT if free else Outcome.SILENT
    winner = next((name for span, name in taken if overlap(whole, [span])), None)
    reason = "outside_hours" if allowed != [whole] else "overlap"
    return Planned(each, level, tuple(free), outcome, reason, winner)
