"""When a sample written to a sound card is heard, from many noisy measurements.

A card says how many samples wait before the next one; the time now plus that wait is a
measurement of the instant a sample is heard. Single ones are off by a millisecond and more, their
median over some seconds is not. No line is laid through them: over seconds a crystal wrong by 50
millionths moves the median by 0.2 ms, while a slope read from noise would move it further.
"""

import statistics
import time
from collections import deque

WARM_UP = 3
"""The first measurements after a start are of a stream that has not settled."""
LEAST = 5
WINDOW = 200
"""At one measurement per block of 40 ms, eight seconds."""
STRAY_S = 0.02
READINGS = 5
QUICK_READING_S = 20e-6


class SampleClock:
    """Maps frame numbers of one uninterrupted stream to instants of a steady clock."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self.restart()

    def restart(self) -> None:
        """The stream broke, and with it every measurement."""
        self._skip = WARM_UP
        self._origins: deque[float] = deque(maxlen=WINDOW)
        self._origin: float | None = None
        self._strays = 0

    def measure(self, frame: int, heard_at: float) -> None:
        """One measurement: this frame was said to be heard at this instant (seconds)."""
        if self._skip > 0:
            self._skip -= 1
            return
        origin = heard_at - frame / self._rate
        self._origins.append(origin)
        self._heed_strays(origin)
        if len(self._origins) >= LEAST:
            self._origin = statistics.median(self._origins)

    def heard_at(self, frame: int) -> float | None:
        """The instant this frame is heard, or None before enough was measured."""
        return None if self._origin is None else self._origin + frame / self._rate

    def _heed_strays(self, origin: float) -> None:
        """Many wild answers in a row are the truth: the way to the loudspeaker has changed."""
        known = self._origin
        self._strays = 0 if known is None or abs(origin - known) < STRAY_S else self._strays + 1
        if self._strays >= LEAST:
            self._origins = deque(list(self._origins)[-LEAST:], maxlen=WINDOW)
            self._strays = 0


def wall_minus_monotonic() -> float:
    """What to add to a monotonic instant to get the wall clock's, free of interruptions."""
    best = (float("inf"), 0.0)
    for _ in range(READINGS):
        before = time.monotonic()
        wall = time.time()
        after = time.monotonic()
        best = min(best, (after - before, wall - (before + after) / 2))
        if best[0] < QUICK_READING_S:
            break
    return best[1]
