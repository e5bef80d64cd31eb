"""The one meaning of a timetable: documents and settings in, exactly what sounds when out.

Stations play by it; the server previews, warns and judges reports by it.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from loa_agent.protocol.blocks import MAX_REACH, Question, block
from loa_agent.protocol.caps import SESSION_GAP
from loa_agent.protocol.documents import Config, Manifest
from loa_agent.protocol.instants import EPOCH, MILLISECOND, ceil_ms, floor_ms, instant_of
from loa_agent.protocol.judging import Verdict, verdicts
from loa_agent.protocol.occurrences import Occurrence, occurrence_name
from loa_agent.protocol.ranking import candidates, sources

__all__ = ["MAX_REACH", "SESSION_GAP", "Outcome", "Planned", "Sound", "planned_of", "timeline"]


class Outcome(StrEnum):
    """How much of an occurrence will sound; `later` is all of it, late or interrupted."""

    WHOLE = "whole"
    LATER = "later"
    CUT = "cut"
    SILENT = "silent"


_WHOLE = Outcome.WHOLE


class Sound(NamedTuple):
    """A stretch that sounds, [begin, end) aware UTC, from `offset_ms` of the programme on."""

    begin: datetime
    end: datetime
    offset_ms: int


class Planned(NamedTuple):
    """One occurrence and the stretches of it that sound.

    Unless whole it says why: `overlap` where another took time it would have had (`winner` names
    the strongest), `outside_hours`, or the cap it would have broken: `over_sessions`,
    `over_session_length`, `over_day_length`.
    """

    occurrence: Occurrence
    level: int
    sounds: tuple[Sound, ...]
    outcome: Outcome
    reason: str | None = None
    winner: str | None = None


def timeline(
    manifests: Sequence[Manifest], config: Config, begin: datetime, end: datetime
) -> list[Planned]:
    """All occurrences that touch [begin, end) by plan or by sound, in order of start.

    Judged one after another by rank (`ranking`), each takes the time its late policy (`placing`)
    finds permitted and free, unless that would break a cap (`caps`).
    """
    found = sources(manifests)
    question = Question(
        begin=floor_ms(begin),
        end=ceil_ms(end),
        zone=config.zone,
        longest=max((each.duration + each.slip for each in found), default=0),
        capped=bool(config.caps),
    )
    judged = verdicts(block(question, lambda since, until: candidates(found, since, until)), config)
    inside = [each for each in judged if _touches(each, question)]
    return [planned_of(each) for each in sorted(inside, key=_start)]


def _touches(verdict: Verdict, question: Question) -> bool:
    each, pieces = verdict.candidate, verdict.pieces
    last = max(each.end, pieces[-1][1]) if pieces else each.end
    return each.start < question.end and last > question.begin


def _start(verdict: Verdict) -> tuple[int, str]:
    return verdict.candidate.start, verdict.candidate.broadcast


def planned_of(verdict: Verdict) -> Planned:
    """What was found out about one occurrence, as objects."""
    each, pieces, reason, winner = verdict
    source = each.source
    starts_at = EPOCH + each.start * MILLISECOND
    ends_at = starts_at + source.length
    name = occurrence_name(each.broadcast, each.local)
    occurrence = Occurrence(name, source.broadcast, starts_at, ends_at)
    if reason is None:
        return Planned(occurrence, each.level, (Sound(starts_at, ends_at, 0),), _WHOLE)
    sounds: list[Sound] = []
    sounding = 0
    for begin, end, offset in pieces:
        sounds.append(Sound(instant_of(begin), instant_of(end), offset))
        sounding += end - begin
    outcome = Outcome.LATER if sounding == source.duration else Outcome.CUT
    if not sounds:
        outcome = Outcome.SILENT
    return Planned(occurrence, each.level, tuple(sounds), outcome, reason, winner)
