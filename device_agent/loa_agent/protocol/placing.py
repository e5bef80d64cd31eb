"""Where an occurrence sounds in the time that is permitted and not yet taken, by its late policy.

Stretches are pairs of milliseconds [begin, end), sorted, apart from one another.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from loa_agent.protocol.documents import LatePolicy
from loa_agent.protocol.ranking import Candidate

# Looked up once: an enumeration asks a descriptor for each of its members.
_JOIN, _DROP, _SLIP = LatePolicy.JOIN, LatePolicy.DROP, LatePolicy.SLIP

Stretch = tuple[int, int]
Piece = tuple[int, int, int]
"""A stretch that sounds, and the offset of the programme that begins it."""
MIN_PIECE_MS = 5000
"""What resumes does not sound in shorter pieces, unless the piece is all that is left of it."""


class Stretches:
    """Sorted stretches that are looked up by instant."""

    def __init__(self, stretches: Sequence[Stretch] = ()) -> None:
        self.begins = [begin for begin, _ in stretches]
        self.ends = [end for _, end in stretches]

    def holds(self, begin: int, end: int) -> bool:
        """Whether one of them covers all of [begin, end)."""
        at = bisect_right(self.begins, begin) - 1
        return at >= 0 and self.ends[at] >= end

    def frees(self, begin: int, end: int) -> bool:
        """Whether none of them covers any of [begin, end)."""
        at = bisect_right(self.ends, begin)
        return at == len(self.begins) or self.begins[at] >= end

    def inside(self, begin: int, end: int) -> list[Stretch]:
        """The parts of them in [begin, end)."""
        low = bisect_right(self.ends, begin)
        high = bisect_left(self.begins, end, low)
        if low == high:
            return []
        pairs = zip(self.begins[low:high], self.ends[low:high], strict=True)
        return [(max(b, begin), min(e, end)) for b, e in pairs]


class Taken(Stretches):
    """The time given away so far, and in which turn."""

    def __init__(self) -> None:
        super().__init__()
        self.turns: list[int] = []

    def room(self, begin: int, end: int) -> int | None:
        """Where [begin, end) would stand, None when somebody took any of it."""
        at = bisect_right(self.ends, begin)
        return at if at == len(self.begins) or self.begins[at] >= end else None

    def put(self, at: int, begin: int, end: int, turn: int) -> None:
        """Give away a stretch for which room was found there."""
        self.begins.insert(at, begin)
        self.ends.insert(at, end)
        self.turns.insert(at, turn)

    def take(self, begin: int, end: int, turn: int) -> None:
        """Give away a stretch that is free."""
        self.put(bisect_right(self.ends, begin), begin, end, turn)

    def gaps(self, stretches: Sequence[Stretch]) -> list[Stretch]:
        """The parts of the stretches that are free."""
        left = []
        for begin, end in stretches:
            since = begin
            at = bisect_right(self.ends, begin)
            while at < len(self.begins) and self.begins[at] < end:
                if self.begins[at] > since:
                    left.append((since, self.begins[at]))
                since = self.ends[at]
                at += 1
            if since < end:
                left.append((since, end))
        return left

    def first_turn(self, pieces: Sequence[Piece]) -> int:
        """The earliest turn in which any of these was given away; some of it was."""
        found: list[int] = []
        for begin, end, _ in pieces:
            found += self.turns[bisect_right(self.ends, begin) : bisect_left(self.begins, end)]
        return min(found)


def place(each: Candidate, stretches: Sequence[Stretch]) -> list[Piece]:
    """What of it sounds when only `stretches` of [start, limit) are free for it."""
    policy = each.source.policy
    if policy is _JOIN:
        return _joined(each, stretches)
    if policy is _DROP:
        return [piece for piece in _joined(each, stretches) if piece[0] == each.start]
    if policy is _SLIP:
        return _slipped(each, stretches)
    return _resumed(each, stretches)


def _joined(each: Candidate, stretches: Sequence[Stretch]) -> list[Piece]:
    return [(begin, end, begin - each.start) for begin, end in stretches]


def _slipped(each: Candidate, stretches: Sequence[Stretch]) -> list[Piece]:
    """Limit is the latest end, hence a stretch long enough begins in time."""
    duration = each.source.duration
    fits = ((b, b + duration, 0) for b, e in stretches if e - b >= duration)
    return [piece for piece in [next(fits, None)] if piece is not None]


def _resumed(each: Candidate, stretches: Sequence[Stretch]) -> list[Piece]:
    pieces = []
    done, duration = 0, each.source.duration
    for begin, end in stretches:
        length = min(end - begin, duration - done)
        if length < min(MIN_PIECE_MS, duration - done) or length == 0:
            continue
        pieces.append((begin, begin + length, done))
        done += length
    return pieces
