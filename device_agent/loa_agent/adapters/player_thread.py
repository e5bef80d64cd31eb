"""The deck in a thread of its own, as urgent as the system allows."""

import contextlib
import logging
import os
import queue
import threading
import time
from dataclasses import dataclass
from typing import Final

from typing_extensions import override

from loa_agent.adapters.decoder_sndfile import SndfileVoice
from loa_agent.adapters.player_deck import Deck, Edges, OpenSink
from loa_agent.core.commands import Cue
from loa_agent.ports import Blobs, Clock, Emit, Player

log = logging.getLogger(__name__)

LONGEST_WAIT_S: Final = 1.0
"""The wall clock may be stepped while a cue is awaited."""
CLOSE_WAIT_S: Final = 3.0
PRIORITY: Final = 5
NICENESS: Final = -10
"""Where real-time scheduling is refused."""


@dataclass(frozen=True, slots=True)
class _Stop:
    play: str
    fade_ms: int


@dataclass(frozen=True, slots=True)
class _Tone:
    volume_percent: int


@dataclass(frozen=True, slots=True)
class _Close:
    pass


_Order = Cue | _Stop | _Tone | _Close


class ThreadPlayer(Player):
    """Plays cues on the clock of the card, which is open only around them.

    The volume is the cube of the percentage, see `gain_of`. Call `start` once.
    """

    def __init__(self, *, open_sink: OpenSink, blobs: Blobs, emit: Emit, clock: Clock) -> None:
        self._deck = Deck(
            Edges(
                open_sink=open_sink,
                open_voice=lambda paths: SndfileVoice(paths).open(),
                blobs=blobs,
                emit=emit,
                clock=clock,
                steady=time.monotonic,
            )
        )
        self._orders: queue.SimpleQueue[_Order] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="player", daemon=True)

    def start(self) -> None:
        """Begin to listen; the card stays closed until a cue comes near."""
        self._thread.start()

    @override
    def cue(self, cue: Cue) -> None:
        self._orders.put(cue)

    @override
    def stop(self, play: str, fade_ms: int) -> None:
        self._orders.put(_Stop(play, fade_ms))

    @override
    def test_tone(self, volume_percent: int) -> None:
        self._orders.put(_Tone(volume_percent))

    @override
    def close(self) -> None:
        self._orders.put(_Close())
        if self._thread.ident is not None:
            self._thread.join(CLOSE_WAIT_S)

    def _run(self) -> None:
        _be_urgent()
        while self._stepped():
            pass
        self._deck.stop_all()
        while self._deck.plays:
            self._deck.turn()
        self._deck.close()

    def _stepped(self) -> bool:
        """One order or one block; False after the last order."""
        try:
            going_on = self._obey()
            if self._deck.wait_s() == 0:
                self._deck.turn()
        # A fault of ours must not leave a station mute until someone restarts it.
        except Exception:
            log.exception("player_fault")
            self._deck.abandon("sink_failed")
            return True
        return going_on

    def _obey(self) -> bool:
        """Carry out what was ordered, waiting while there is nothing to do; False at the end."""
        wait_s = self._deck.wait_s()
        try:
            if wait_s == 0:
                order = self._orders.get_nowait()
            else:
                timeout = None if wait_s is None else min(wait_s, LONGEST_WAIT_S)
                order = self._orders.get(timeout=timeout)
        except queue.Empty:
            return True
        match order:
            case Cue():
                self._deck.cue(order)
            case _Stop(play, fade_ms):
                self._deck.stop(play, fade_ms)
            case _Tone(volume_percent):
                self._deck.test_tone(volume_percent)
            case _Close():
                return False
        return True


def _be_urgent() -> None:
    """Real-time, else favoured, else as everyone; only the last costs punctuality under load."""
    me = threading.get_native_id()
    try:
        os.sched_setscheduler(me, os.SCHED_RR, os.sched_param(PRIORITY))
    except OSError:
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, me, NICENESS)
