"""What is looked at now and then: the clock, the disk, what waits to be stored, the watchdog."""

import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from loa_agent.core import events as e
from loa_agent.ports import Clock
from loa_agent.protocol.reports import ClockTrust

log = logging.getLogger(__name__)

STEP_S = 0.15
"""A change of wall against steady time between two looks that no time daemon makes by turning."""
CLOCK_EVERY_S = 10.0
DISK_EVERY_S = 60.0
PRUNE_EVERY_S = 3600.0
STORE_EVERY_S = 10.0
TICK_EVERY_S = 60.0
"""Should the alarm have been lost with a step that failed, the brain still wakes."""
DISK_GRAIN_BYTES = 1024 * 1024
"""Smaller changes of free space are no news."""


class Every:
    """True at the first look and then once per period."""

    def __init__(self, period_s: float) -> None:
        self._period_s = period_s
        self._due_s: float | None = None

    def is_due(self, steady_s: float) -> bool:
        """Whether a period has passed; begins a new one then."""
        if self._due_s is not None and steady_s < self._due_s:
            return False
        self._due_s = steady_s + self._period_s
        return True


@dataclass(frozen=True, slots=True)
class Chores:
    """What is called now and then."""

    flush: Callable[[], list[e.Event]]
    prune: Callable[[datetime], None]
    reserve: Callable[[], None]
    alive: Callable[[], None]


class Housekeeping:
    """`look` is called often and is cheap; it answers with what has changed."""

    def __init__(
        self, clock: Clock, steady_s: Callable[[], float], folder: Path, chores: Chores
    ) -> None:
        self._clock = clock
        self._steady_s = steady_s
        self._folder = folder
        self._chores = chores
        self._trust: ClockTrust | None = None
        self._difference_s: float | None = None
        self._free_bytes: int | None = None
        self._judge = Every(CLOCK_EVERY_S)
        self._measure = Every(DISK_EVERY_S)
        self._prune = Every(PRUNE_EVERY_S)
        self._store = Every(STORE_EVERY_S)
        self._tick = Every(TICK_EVERY_S)

    def judge_soon(self) -> None:
        """Something was learned about the clock: judge it at the next look."""
        self._judge = Every(CLOCK_EVERY_S)

    def look(self) -> Iterator[e.Event]:
        """Events for what is due or has changed."""
        steady_s = self._steady_s()
        self._chores.alive()
        yield from self._look_at_clock(steady_s)
        if self._measure.is_due(steady_s):
            self._chores.reserve()
            yield from self._look_at_disk()
        if self._store.is_due(steady_s):
            yield from self._chores.flush()
        if self._tick.is_due(steady_s):
            yield e.Tick(self._clock.now())
        if self._prune.is_due(steady_s):
            self._chores.prune(self._clock.now())

    def _look_at_clock(self, steady_s: float) -> Iterator[e.Event]:
        now = self._clock.now()
        difference_s = now.timestamp() - steady_s
        before_s, self._difference_s = self._difference_s, difference_s
        moved_s = 0.0 if before_s is None else difference_s - before_s
        stepped = abs(moved_s) > STEP_S
        if stepped:
            log.warning("clock_stepped seconds=%.3f", moved_s)
        if not stepped and not self._judge.is_due(steady_s):
            return
        trust = self._clock.trust()
        if trust is not self._trust:
            log.info("clock_judged trust=%s", trust.value)
        if stepped or trust is not self._trust:
            self._trust = trust
            yield e.ClockJudged(now, trust, round(moved_s * 1000) if stepped else 0)

    def _look_at_disk(self) -> Iterator[e.Event]:
        free_bytes = shutil.disk_usage(self._folder).free
        known = self._free_bytes
        if known is None or abs(known - free_bytes) >= DISK_GRAIN_BYTES:
            self._free_bytes = free_bytes
            yield e.DiskMeasured(self._clock.now(), free_bytes)
