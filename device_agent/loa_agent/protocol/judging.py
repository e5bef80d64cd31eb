"""The sweep: each occurrence in its turn takes what is permitted, free and within the caps."""

from collections.abc import Sequence
from typing import NamedTuple

from loa_agent.protocol.blocks import Block
from loa_agent.protocol.caps import CountedDays
from loa_agent.protocol.documents import Config
from loa_agent.protocol.hours import open_stretches
from loa_agent.protocol.placing import Piece, Stretch, Stretches, Taken, place
from loa_agent.protocol.ranking import Candidate


class Verdict(NamedTuple):
    """What becomes of a candidate; `pieces` in order."""

    candidate: Candidate
    pieces: Sequence[Piece]
    reason: str | None = None
    winner: str | None = None

    @property
    def whole(self) -> bool:
        """All of it at its own time."""
        return self.reason is None


def verdicts(found: Block, config: Config) -> list[Verdict]:
    """Judge every candidate of a block, strongest first."""
    ordered = sorted(found.candidates)
    permitted = _permitted(ordered, config)
    taken = Taken()
    counted: CountedDays | None = None
    judged: list[Verdict] = []
    for turn, each in enumerate(ordered):
        verdict = _placed(each, permitted, taken, ordered)
        if config.caps and not each.source.emergency:
            counted = counted or CountedDays(config.caps, found.midnights, _pairs(taken))
            verdict = _capped(verdict, counted)
        for begin, end, _ in verdict.pieces:
            taken.take(begin, end, turn)
        judged.append(verdict)
    return judged


def _permitted(ordered: Sequence[Candidate], config: Config) -> Stretches:
    if not ordered:
        return Stretches()
    begin = min(each.start for each in ordered)
    end = max(each.limit for each in ordered)
    return Stretches(open_stretches(config.hours, config.zone, begin, end))


def _pairs(taken: Taken) -> list[Stretch]:
    return list(zip(taken.begins, taken.ends, strict=True))


def _placed(
    each: Candidate, permitted: Stretches, taken: Taken, ordered: Sequence[Candidate]
) -> Verdict:
    start, end, limit = each.start, each.end, each.limit
    free = each.free
    if (free or permitted.holds(start, end)) and taken.frees(start, end):
        return Verdict(each, (Piece(start, end, 0),))
    allowed = [(start, limit)] if free else permitted.inside(start, limit)
    alone = place(each, allowed)
    pieces = place(each, taken.gaps(allowed))
    if pieces == alone:
        return Verdict(each, pieces, "outside_hours")
    winner = ordered[taken.first_turn(alone)].name
    return Verdict(each, pieces, "overlap", winner)


def _capped(verdict: Verdict, counted: CountedDays) -> Verdict:
    if not verdict.pieces:
        return verdict
    if not verdict.candidate.free:
        problem = counted.problem(verdict.pieces)
        if problem is not None:
            return Verdict(verdict.candidate, (), problem)
    counted.count(verdict.pieces)
    return verdict
