"""The alarm clock of the brain: one job of APScheduler, replaced at every wish."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger

WAKE = "wake"

# The library reports every job it adds and runs as news.
logging.getLogger("apscheduler").setLevel(logging.WARNING)


class SchedulerAlarm:
    """Calls `ring` once, from another thread, at the instant last set; better late than never.

    The job runs on the scheduler's own thread: a pool would skip an alarm that follows so closely
    that the one before still counts as running, and a skipped alarm never comes again.
    """

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._scheduler = BackgroundScheduler(
            executors={"default": DebugExecutor()}, timezone=UTC, daemon=True
        )

    def start(self) -> None:
        """Begin; alarms may be set from now on."""
        self._scheduler.start()

    def set(self, at: datetime) -> None:
        """Ring at this aware instant and at no earlier wish."""
        self._scheduler.add_job(
            self._ring,
            DateTrigger(at, timezone=UTC),
            id=WAKE,
            replace_existing=True,
            misfire_grace_time=None,
            coalesce=True,
        )

    def stop(self) -> None:
        """Ring no more."""
        # Shutting down while an alarm rings makes the library fail in its thread; that thread is
        # a daemon and ends with the process.
        self._scheduler.pause()
