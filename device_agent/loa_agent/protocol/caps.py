"""How much may sound on a local day: sessions, the length of each, all of them together.

A sound belongs to the local day it begins on. The sounds of a day whose pauses are shorter than
`SESSION_GAP` are one session; while an emergency sounds there is no pause, and it does not count.
"""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import NamedTuple

from loa_agent.protocol.documents import Caps
from loa_agent.protocol.instants import MILLISECOND
from loa_agent.protocol.placing import Piece, Stretch, Stretches

SESSION_GAP = timedelta(minutes=5)
_GAP_MS = SESSION_GAP // MILLISECOND


class Session(NamedTuple):
    """From when until when, and how much of it is sound."""

    begin: int
    end: int
    sound_ms: int


class CountedDays:
    """What counts so far, day by day.

    Args:
        caps: The limits in force.
        midnights: Instants at which local days begin, sorted.
        emergencies: When emergencies sound.
    """

    def __init__(
        self, caps: Caps, midnights: Sequence[int], emergencies: Sequence[Stretch]
    ) -> None:
        self._caps = caps
        self._midnights = midnights
        self._emergencies = Stretches(emergencies)
        self._days: defaultdict[int, list[Stretch]] = defaultdict(list)

    def count(self, pieces: Sequence[Piece]) -> None:
        """Add what will sound."""
        for piece in pieces:
            insort(self._days[self._day(piece)], (piece.begin, piece.end))

    def problem(self, pieces: Sequence[Piece]) -> str | None:
        """Which cap these would break, or None."""
        for day in sorted({self._day(piece) for piece in pieces}):
            added = [(p.begin, p.end) for p in pieces if self._day(p) == day]
            problem = self._problem(self._days[day], added)
            if problem is not None:
                return problem
        return None

    def _day(self, piece: Piece) -> int:
        return bisect_right(self._midnights, piece.begin)

    def _problem(self, counted: list[Stretch], added: list[Stretch]) -> str | None:
        """More sessions than before and than allowed; a longer one; a longer day."""
        caps = self._caps
        before = self.sessions(counted)
        after = self.sessions(sorted(counted + added))
        most = caps.sessions_per_day
        if most is not None and len(after) > max(most, len(before)):
            return "over_sessions"
        grown = [each for each in after if any(each.begin <= b < each.end for b, _ in added)]
        longest = caps.session_ms
        if longest is not None and any(each.sound_ms > longest for each in grown):
            return "over_session_length"
        day = sum(each.sound_ms for each in after)
        if caps.day_ms is not None and day > caps.day_ms:
            return "over_day_length"
        return None

    def sessions(self, sounds: Sequence[Stretch]) -> list[Session]:
        """The sessions of sorted sounds of one day."""
        found = [Session(begin, end, end - begin) for begin, end in sounds[:1]]
        for (_, ended), (begin, end) in pairwise(sounds):
            last = found[-1]
            if begin - ended - self._alarmed(ended, begin) < _GAP_MS:
                found[-1] = Session(last.begin, end, last.sound_ms + end - begin)
            else:
                found.append(Session(begin, end, end - begin))
        return found

    def _alarmed(self, begin: int, end: int) -> int:
        return sum(e - b for b, e in self._emergencies.inside(begin, end))
