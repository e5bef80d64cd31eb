"""Growing pauses between attempts, spread so that many stations do not come back at once."""

import random

SPREAD = 0.5


class Backoff:
    """Doubles from `first_s` to `cap_s`; each pause is shortened by up to half at random."""

    def __init__(self, first_s: float, cap_s: float) -> None:
        self._first_s = first_s
        self._cap_s = cap_s
        self._next_s = first_s
        self._random = random.SystemRandom()

    def next_s(self) -> float:
        """How long to wait before the next attempt."""
        whole = self._next_s
        self._next_s = min(self._cap_s, whole * 2)
        return whole * (1 - SPREAD * self._random.random())

    def reset(self) -> None:
        """It worked: the next failure begins with the shortest pause."""
        self._next_s = self._first_s
