"""How much may sound on a local day: sessions, the length of each, all of them together.

A sound belongs to the local day it begins on. The sounds of a day whose pauses are shorter than
`SESSION_GAP` are one session; while an emergency sounds there is no pause, and it does not count.
"""

from bisect import bisect_right
from collections.abc import Sequence
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


Step = tuple[Day, int, list[Session], Session]
"""One more sound: its day, where in it, the sessions it joined, and what they became."""


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
        self._alarms = bool(emergencies)
        self._days: dict[int, Day] = {}

    def admit(self, pieces: Sequence[Piece], *, bound: bool) -> str | None:
        """Count what will sound; which cap it would break if it is bound, then nothing counts."""
        if len(pieces) == 1:
            return self._admit_one(*pieces[0][:2], bound=bound)
        steps = [self._count(begin, end) for begin, end, _ in pieces]
        problem = self._problem(steps) if bound else None
        if problem is not None:
            _undo(steps)
        return problem

    def _admit_one(self, begin: int, end: int, *, bound: bool) -> str | None:
        """The same for most that sounds, asked before it is counted: nothing is to be undone."""
        day = self._day_of(begin)
        sessions, sound_ms = day.sessions, day.sound_ms + end - begin
        place, past, session = self._joining(sessions, begin, end)
        if bound:
            if place == past and len(sessions) >= self._most:
                return "over_sessions"
            if session[2] > self._longest:
                return "over_session_length"
            if sound_ms > self._day:
                return "over_day_length"
        sessions[place:past] = (session,)
        day.sound_ms = sound_ms
        return None

    def _day_of(self, begin: int) -> Day:
        number = bisect_right(self._midnights, begin)
        day = self._days.get(number)
        if day is None:
            day = self._days[number] = Day([], 0)
        return day

    def _count(self, begin: int, end: int) -> Step:
        day = self._day_of(begin)
        sessions = day.sessions
        place, past, session = self._joining(sessions, begin, end)
        joined = sessions[place:past]
        sessions[place:past] = [session]
        day.sound_ms += end - begin
        return day, place, joined, session

    def _problem(self, steps: Sequence[Step]) -> str | None:
        """More sessions than before and than allowed; a longer one; a longer day."""
        found = None
        for day, _, _, session in steps:
            if len(day.sessions) > self._most and _more_sessions(day, steps):
                return "over_sessions"
            if session[2] > self._longest:
                found = "over_session_length"
            elif day.sound_ms > self._day:
                found = found or "over_day_length"
        return found

    def _joining(self, sessions: list[Session], begin: int, end: int) -> tuple[int, int, Session]:
        """From which to which session of its day a sound joins, and what they become."""
        sound = end - begin
        low = high = bisect_right(sessions, (begin, end, sound))
        if low:
            earlier, ended, more = sessions[low - 1]
            if begin - ended < _GAP_MS or (self._alarms and self._alarmed(ended, begin)):
                low, begin, end, sound = low - 1, earlier, max(end, ended), sound + more
        if high < len(sessions):
            begins, later, more = sessions[high]
            if begins - end < _GAP_MS or (self._alarms and self._alarmed(end, begins)):
                high, end, sound = high + 1, later, sound + more
        return low, high, (begin, end, sound)

    def _alarmed(self, ended: int, begins: int) -> bool:
        """Whether emergencies leave too little of a long pause to part two sessions."""
        emergencies = self._emergencies
        if emergencies.frees(ended, begins):
            return False
        alarms = emergencies.inside(ended, begins)
        return begins - ended - sum(end - begin for begin, end in alarms) < _GAP_MS


def _more_sessions(day: Day, steps: Sequence[Step]) -> bool:
    return sum(1 - len(joined) for each, _, joined, _ in steps if each is day) > 0


def _undo(steps: Sequence[Step]) -> None:
    for day, place, joined, session in reversed(steps):
        day.sessions[place : place + 1] = joined
        day.sound_ms -= session[2] - sum(sound for _, _, sound in joined)
