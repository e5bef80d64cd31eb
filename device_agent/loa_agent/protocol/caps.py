"""How much may sound on a local day: sessions, the length of each, all of them together.

A sound belongs to the local day it begins on. The sounds of a day whose pauses are shorter than
`SESSION_GAP` are one session; while an emergency sounds there is no pause, and it does not count.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import inf

from loa_agent.protocol.documents import Caps
from loa_agent.protocol.instants import MILLISECOND
from loa_agent.protocol.placing import Piece, Stretch, Stretches

SESSION_GAP = timedelta(minutes=5)
_GAP_MS = SESSION_GAP // MILLISECOND


Session = tuple[int, int, int]
"""From when until when, and how much of it is sound."""


@dataclass(slots=True)
class Day:
    """The sessions of one local day, in order."""

    sessions: list[Session]
    sound_ms: int

    def copy(self) -> "Day":
        """A day that may be changed."""
        return Day(self.sessions.copy(), self.sound_ms)


_EMPTY = Day([], 0)


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
        self._most = caps.sessions_per_day or inf
        self._longest = caps.session_ms or inf
        self._day = caps.day_ms or inf
        self._midnights = midnights
        self._emergencies = Stretches(emergencies)
        self._days: dict[int, Day] = {}

    def admit(self, pieces: Sequence[Piece], *, bound: bool) -> str | None:
        """Count what will sound; which cap it would break if it is bound, then nothing counts."""
        changed: dict[int, Day] = {}
        longest = 0
        for begin, end, _ in pieces:
            number = bisect_right(self._midnights, begin)
            day = changed.get(number) or self._days.get(number, _EMPTY).copy()
            day.sound_ms += end - begin
            longest = max(longest, self._join(day.sessions, begin, end))
            changed[number] = day
        problem = self._problem(changed, longest) if bound else None
        if problem is None:
            self._days.update(changed)
        return problem

    def _problem(self, changed: Mapping[int, Day], longest: int) -> str | None:
        """More sessions than before and than allowed; a longer one; a longer day."""
        for number, day in changed.items():
            count = len(day.sessions)
            if count > self._most and count > len(self._days.get(number, _EMPTY).sessions):
                return "over_sessions"
        if longest > self._longest:
            return "over_session_length"
        if max(day.sound_ms for day in changed.values()) > self._day:
            return "over_day_length"
        return None

    def _join(self, sessions: list[Session], begin: int, end: int) -> int:
        """Put a sound among the sessions of its day; tells how much its session has then."""
        sound = end - begin
        low = high = bisect_right(sessions, (begin, end, sound))
        if low:
            earlier, ended, more = sessions[low - 1]
            if self._one(ended, begin):
                low, begin, end, sound = low - 1, earlier, max(end, ended), sound + more
        if high < len(sessions):
            begins, later, more = sessions[high]
            if self._one(end, begins):
                high, end, sound = high + 1, later, sound + more
        sessions[low:high] = [(begin, end, sound)]
        return sound

    def _one(self, ended: int, begins: int) -> bool:
        """Whether the pause between is too short to part two sessions."""
        pause = begins - ended
        if pause < _GAP_MS:
            return True
        alarms = self._emergencies.inside(ended, begins)
        return pause - sum(end - begin for begin, end in alarms) < _GAP_MS
