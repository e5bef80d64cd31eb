"""The server's regular duties, woken by APScheduler."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

MISFIRE_GRACE_S = 300
"""A duty that comes this late is still done, once."""


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to do again and again; one run at a time."""

    name: str
    every_s: int
    work: Callable[[], object]


def make_scheduler(duties: list[Duty]) -> BackgroundScheduler:
    """A scheduler that runs the duties one after another; the caller starts and stops it."""
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={
            "misfire_grace_time": MISFIRE_GRACE_S,
            "coalesce": True,
            "max_instances": 1,
        },
    )
    for duty in duties:
        trigger = IntervalTrigger(seconds=duty.every_s, timezone=UTC)
        scheduler.add_job(duty.work, trigger, id=duty.name)
    return scheduler
