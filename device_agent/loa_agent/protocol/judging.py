"""The sweep: each occurrence in its turn takes what is permitted, free and within the caps."""

from collections.abc import Sequence
from typing import NamedTuple

from loa_agent.protocol.blocks import Block
from loa_agent.protocol.caps import CountedDays
from loa_agent.protocol.documents import Config
from loa_agent.protocol.hours import open_stretches
from loa_agent.protocol.placing import Piece, Stretch, Stretches, Taken, place
from loa_agent.protocol.ranking import EMERGENCY, Candidate


class Verdict(NamedTuple):
    """What becomes of a candidate; `pieces` in order, without reason all of it at its time."""

    candidate: Candidate
    pieces: Sequence[Piece]
    reason: str | None = None
    winner: str | None = None


def verdicts(found: Block, config: Config, permitted: Stretches | None = None) -> list[Verdict]:
    """Judge every candidate of a block, strongest first.

    Args:
        found: What decides among itself.
        config: The hours and caps to judge by.
        permitted: The hours worked out before, around all of the block.
    """
    ordered = sorted(found.candidates)
    permitted = permitted or _permitted(ordered, config)
    taken = Taken()
    capped = bool(config.caps)
    counted: CountedDays | None = None
    judged: list[Verdict] = []
    for turn, each in enumerate(ordered):
        start, end, free = each.start, each.end, each.free
        room = taken.room(start, end)
        whole = room is not None and (free or permitted.holds(start, end))
        pieces: Sequence[Piece] = ((start, end, 0),)
        reason = winner = None
        if not whole:
            pieces, reason, winner = _yielding(each, permitted, taken, ordered)
        if capped and pieces and each.precedence != EMERGENCY:
            if counted is None:
                counted = CountedDays(config.caps, found.midnights, _pairs(taken))
            problem = counted.admit(pieces, bound=not free)
            if problem is not None:
                pieces, reason, winner = (), problem, None
        if whole and pieces and room is not None:
            taken.put(room, start, end, turn)
        else:
            for begin, until, _ in pieces:
                taken.take(begin, until, turn)
        judged.append(Verdict(each, pieces, reason, winner))
    return judged


def _permitted(ordered: Sequence[Candidate], config: Config) -> Stretches:
    if not ordered:
        return Stretches()
    begin = min(each.start for each in ordered)
    end = max(each.limit for each in ordered)
    return Stretches(open_stretches(config.hours, config.zone, begin, end))


def _pairs(taken: Taken) -> list[Stretch]:
    return list(zip(taken.begins, taken.ends, strict=True))


def _yielding(
    each: Candidate, permitted: Stretches, taken: Taken, ordered: Sequence[Candidate]
) -> tuple[Sequence[Piece], str, str | None]:
    """What cannot simply sound where it is planned."""
    start, limit = each.start, each.limit
    allowed = [(start, limit)] if each.free else permitted.inside(start, limit)
    left = taken.gaps(allowed)
    pieces = place(each, left)
    if left == allowed:
        return pieces, "outside_hours", None
    alone = place(each, allowed)
    if pieces == alone:
        return pieces, "outside_hours", None
    return pieces, "overlap", ordered[taken.first_turn(alone)].name
