"""The one loop: an event, a step of the brain, its commands in order."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from queue import Empty, SimpleQueue

from loa_agent.core import commands as c
from loa_agent.core import events as e
from loa_agent.core.machine import step
from loa_agent.core.state import Brain
from loa_agent.protocol.reports import RecordKind
from loa_agent.runtime.housekeeping import Housekeeping
from loa_agent.runtime.obeying import Obeying

log = logging.getLogger(__name__)

MAX_EVENTS = 2_000
LOOK_EVERY_S = 2.0
FADE_MS = 80
LAST_WORDS_S = 3.0
"""How long an orderly stop waits for plays to end."""


@dataclass(frozen=True, slots=True)
class _Wake:
    """Not an event: the loop looks up."""


class Inbox:
    """Events from every thread on their way to the loop; also filled from a signal handler."""

    def __init__(self) -> None:
        # SimpleQueue, since only its put may interrupt a get of the same thread.
        self._queue: SimpleQueue[e.Event | _Wake] = SimpleQueue()

    def put(self, event: e.Event) -> None:
        """Hand over; never blocks, and drops when the loop has fallen hopelessly behind."""
        if self._queue.qsize() < MAX_EVENTS:
            self._queue.put(event)
        else:
            log.error("event_dropped kind=%s", type(event).__name__)

    def wake(self) -> None:
        """Let `get` return."""
        self._queue.put(_Wake())

    def get(self, timeout_s: float) -> e.Event | None:
        """The next event; None when there was none in time or `wake` was called."""
        try:
            found = self._queue.get(timeout=timeout_s)
        except Empty:
            return None
        return None if isinstance(found, _Wake) else found


class Loop:
    """Owns the brain. `run` returns after `stop`, or when the brain asks for a restart."""

    def __init__(
        self,
        inbox: Inbox,
        obeying: Obeying,
        housekeeping: Housekeeping,
        now: Callable[[], datetime],
    ) -> None:
        self._inbox = inbox
        self._obeying = obeying
        self._housekeeping = housekeeping
        self._now = now
        self._brain: Brain | None = None
        self._stopping = False

    def boot(self, event: e.Booted) -> None:
        """The first step; documents that break it are left out and come again from the broker."""
        try:
            self._feed(event)
        except Exception:  # a station that cannot start could never be sent anything better
            log.exception("boot_failed documents=%s", len(event.documents))
            self._feed(replace(event, documents={}))

    def stop(self) -> None:
        """Ask for an orderly end; may be called from a signal handler."""
        self._stopping = True
        self._inbox.wake()

    def run(self) -> None:
        """Work until asked to stop; whatever goes wrong with one event is logged."""
        while not self._stopping:
            try:
                self._turn(LOOK_EVERY_S)
            except Exception:  # the loop must outlive any one event
                log.exception("step_failed")
        self._last_words()

    def _turn(self, timeout_s: float) -> None:
        event = self._inbox.get(timeout_s)
        if event is not None:
            self._compare_clocks(event)
            self._feed(event)
        for found in self._housekeeping.look():
            self._feed(found)

    def _compare_clocks(self, event: e.Event) -> None:
        brain = self._brain
        if (
            isinstance(event, e.MessageArrived)
            and brain is not None
            and self._obeying.compare_clocks(event, brain)
        ):
            self._housekeeping.judge_soon()

    def _feed(self, event: e.Event) -> None:
        """One event, and all that follows from it at once."""
        waiting = [event]
        while waiting:
            self._brain, commands = step(self._brain, waiting.pop(0))
            for command in commands:
                if isinstance(command, c.Restart):
                    log.warning("restart_ordered")
                    self._stopping = True
                elif not self._stopping or _closes_a_play(command):
                    waiting += self._carry_out(command, self._brain)

    def _carry_out(self, command: c.Command, brain: Brain) -> list[e.Event]:
        try:
            return self._obeying.obey(command, brain)
        except Exception:  # the commands after it, and the alarm among them, must not be lost
            log.exception("command_failed kind=%s", type(command).__name__)
            return []

    def _last_words(self) -> None:
        """End what sounds and write it down; then say goodbye."""
        brain = self._brain
        if brain is None:
            return
        for play in brain.plays:
            self._carry_out(c.StopPlay(play, FADE_MS), brain)
        # By name, since the brain wants to go on playing and at once plans the next stretch.
        ending = set(brain.plays)
        deadline = time.monotonic() + LAST_WORDS_S
        while ending and time.monotonic() < deadline:
            event = self._inbox.get(deadline - time.monotonic())
            if isinstance(event, e.PlayStarted | e.PlayEnded):
                self._feed(event)
            if isinstance(event, e.PlayEnded):
                ending.discard(event.play)
        self._obeying.goodbye(self._brain or brain, self._now())


def _closes_a_play(command: c.Command) -> bool:
    """While stopping nothing new is begun, whatever the brain thinks is due."""
    kinds = {RecordKind.STARTED, RecordKind.ENDED}
    return isinstance(command, c.Journal) and command.record.kind in kinds
