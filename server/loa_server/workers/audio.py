"""Prepares uploaded bulletins one after another until told to stop."""

import logging
import threading
from collections.abc import Callable

logger = logging.getLogger(__name__)

IDLE_S = 0.5
AFTER_FAILURE_S = 5.0


def work_on_audio(prepare_next: Callable[[], bool], stop: threading.Event) -> None:
    """Call `prepare_next`, which claims one job and says whether there was any.

    A job that breaks the use-case is logged; its claim expires and it is tried again.
    """
    while not stop.is_set():
        try:
            busy = prepare_next()
        except Exception:  # the loop must outlive any one upload
            logger.exception("audio_job_failed")
            stop.wait(AFTER_FAILURE_S)
            continue
        if not busy:
            stop.wait(IDLE_S)
