"""When a sample written to a sound card is heard, from many noisy measurements.

A card says how many samples wait before the next one; wall time plus that wait is a measurement
of the instant a sample is heard. Single measurements jump about by a millisecond and more, so
medians of short stretches are taken first, and a straight line is laid through those: its height
is when the stream began, its slope how much slower than the wall the card's crystal runs.
"""

import statistics
import time
from collections import deque
from collections.abc import Sequence

STRETCH = 10
"""Measurements in one median."""
LEAST_STRETCHES = 1
LINE_STRETCHES = 40
"""From here on the slope is believed; a short stretch of noise has any slope."""
MAX_STRETCHES = 300
MAX_SLOPE = 1e-3
"""Crystals are wrong by at most some hundred millionths."""
OUTLIER = 3.0
FLOOR_S = 10e-6
READINGS = 5
QUICK_READING_S = 20e-6


class SampleClock:
    """Maps frame numbers of one uninterrupted stream to instants of a steady clock."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._slope = 0.0
        self.restart()

    def restart(self) -> None:
        """The stream broke: forget the height, keep the slope, which is the crystal's."""
        self._stretch: list[float] = []
        self._points: deque[tuple[float, float]] = deque(maxlen=MAX_STRETCHES)
        self._height: float | None = None

    def measure(self, frame: int, heard_at: float) -> None:
        """One measurement: this frame was said to be heard at this instant (seconds)."""
        nominal = frame / self._rate
        self._stretch.append(heard_at - nominal)
        if len(self._stretch) < STRETCH:
            return
        self._points.append((nominal, statistics.median(self._stretch)))
        self._stretch = []
        if len(self._points) >= LEAST_STRETCHES:
            self._fit()

    def heard_at(self, frame: int) -> float | None:
        """The instant this frame is heard, or None before enough was measured."""
        if self._height is None:
            return None
        nominal = frame / self._rate
        return self._height + nominal * (1 + self._slope)

    def _fit(self) -> None:
        if len(self._points) < LINE_STRETCHES:
            heights = [offset - self._slope * nominal for nominal, offset in self._points]
            self._height = statistics.median(heights)
            return
        points: Sequence[tuple[float, float]] = self._points
        for _ in range(2):
            height, slope = _line(points)
            distances = [abs(offset - height - slope * nominal) for nominal, offset in points]
            limit = OUTLIER * statistics.median(distances) + FLOOR_S
            points = [p for p, far in zip(points, distances, strict=True) if far <= limit]
        height, slope = _line(points)
        if abs(slope) <= MAX_SLOPE:
            self._height, self._slope = height, slope


def _line(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Height at nominal 0 and slope of the least-squares line."""
    middle = statistics.fmean(nominal for nominal, _ in points)
    mean = statistics.fmean(offset for _, offset in points)
    spread = sum((nominal - middle) ** 2 for nominal, _ in points)
    slope = sum((nominal - middle) * (offset - mean) for nominal, offset in points) / spread
    return mean - slope * middle, slope


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
