"""Sound leaves through ALSA: libasound by ctypes, one open stream of mono samples at 48 kHz."""

import ctypes
import errno
import logging
import time
from functools import cache
from typing import Final

from typing_extensions import override

from loa_agent.adapters.sink_clock import SampleClock, wall_minus_monotonic
from loa_agent.ports import Sink, SinkError

log = logging.getLogger(__name__)

RATE: Final = 48_000
BYTES_PER_FRAME: Final = 2
LATENCY_US: Final = 200_000
"""The card's buffer: long enough for a busy Pi, short enough for a stop that is felt as one."""
STALL_S: Final = 2.0
WAIT_MS: Final = 100
AGAIN_S: Final = 0.005
LONGEST_READING_S: Final = 0.001
"""A measurement that took longer was interrupted and says nothing."""
DRAIN_MARGIN_S: Final = 0.05
_PLAYBACK, _NON_BLOCKING, _S16_LE, _INTERLEAVED = 0, 1, 2, 3
_RUNNING: Final = 3
_BROKEN_OFF: Final = frozenset({-errno.EPIPE, -errno.ESTRPIPE, -errno.EINTR})


def _said(line: int, function: bytes, code: int, text: bytes) -> None:
    log.debug("alsa_said function=%s line=%s code=%s text=%s", function, line, code, text)


# Without a handler libasound prints every failed try to standard error.
_SAYS: Final = ctypes.CFUNCTYPE(
    None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p
)(lambda _file, line, function, code, text: _said(line, function, code, text))


class AlsaSink(Sink):
    """One card, from `open` to `close`; used by one thread.

    The card's clock is learned from `snd_pcm_delay` at every write, on the monotonic clock, so
    that a step of the wall clock shows at once in `next_sample_at` and spoils no measurement.
    """

    def __init__(self, device: str = "default") -> None:
        self._device = device
        self._card = ctypes.c_void_p()
        self._clock = SampleClock(RATE)
        self._frames = 0
        self.breaks = 0

    def open(self) -> "AlsaSink":
        """Take the card.

        Raises:
            SinkError: `no_sound_card` when libasound or the card is missing or busy,
                `sink_failed` when it cannot play mono 48 kHz.
        """
        library = _library()
        status = library.snd_pcm_open(
            ctypes.byref(self._card), self._device.encode(), _PLAYBACK, _NON_BLOCKING
        )
        if status < 0:
            log.warning("sound_card_missing device=%s status=%s", self._device, status)
            raise SinkError("no_sound_card")
        status = library.snd_pcm_set_params(
            self._card, _S16_LE, _INTERLEAVED, 1, RATE, 1, LATENCY_US
        )
        if status < 0:
            log.warning("sound_card_unfit device=%s status=%s", self._device, status)
            self._release()
            raise SinkError("sink_failed")
        return self

    @override
    def write(self, samples: bytes) -> None:
        offset = 0
        progress_at = time.monotonic()
        while offset < len(samples):
            taken = self._offer(samples, offset)
            if taken > 0:
                offset += taken * BYTES_PER_FRAME
                progress_at = time.monotonic()
            elif time.monotonic() - progress_at > STALL_S:
                raise SinkError("sink_stalled")
        self._measure()

    @override
    def next_sample_at(self) -> float | None:
        heard_at = self._clock.heard_at(self._frames)
        # What is not written cannot have been heard: the card ran empty and has yet to say so.
        if heard_at is None or heard_at < time.monotonic():
            return None
        return heard_at + wall_minus_monotonic()

    @override
    def close(self) -> None:
        if not self._card:
            return
        waiting = self._delay_frames() or 0
        rest_s = min(waiting / RATE, LATENCY_US / 1e6)
        if rest_s > 0:
            time.sleep(rest_s + DRAIN_MARGIN_S)
        self._release()

    def _offer(self, samples: bytes, offset: int) -> int:
        """Frames the card took now; 0 after it was waited for or mended."""
        library = _library()
        left = (len(samples) - offset) // BYTES_PER_FRAME
        taken = library.snd_pcm_writei(self._card, samples[offset:], left)
        if taken > 0:
            self._frames += taken
            return int(taken)
        if taken in (0, -errno.EAGAIN):
            ready = library.snd_pcm_wait(self._card, WAIT_MS)
            if ready < 0:
                self._mend(ready)
            # Some plugins call themselves ready although they take nothing.
            elif library.snd_pcm_avail_update(self._card) == 0:
                time.sleep(AGAIN_S)
            return 0
        self._mend(taken)
        return 0

    def _mend(self, status: int) -> None:
        """After an underrun the stream starts anew and its clock must be learned again."""
        if status not in _BROKEN_OFF or _library().snd_pcm_recover(self._card, status, 1) < 0:
            log.warning("sound_card_failed device=%s status=%s", self._device, status)
            raise SinkError("sink_failed")
        self.breaks += 1
        self._clock.restart()
        log.warning("sound_underrun device=%s breaks=%s", self._device, self.breaks)

    def _measure(self) -> None:
        before = time.monotonic()
        waiting = self._delay_frames()
        after = time.monotonic()
        if waiting is None or after - before > LONGEST_READING_S:
            return
        self._clock.measure(self._frames, (before + after) / 2 + waiting / RATE)

    def _delay_frames(self) -> int | None:
        """Frames between the next one written and the loudspeaker; None unless running."""
        library = _library()
        delay = ctypes.c_long(0)
        running = library.snd_pcm_state(self._card) == _RUNNING
        if not running or library.snd_pcm_delay(self._card, ctypes.byref(delay)) < 0:
            return None
        return delay.value

    def _release(self) -> None:
        library = _library()
        library.snd_pcm_drop(self._card)
        library.snd_pcm_close(self._card)
        self._card = ctypes.c_void_p()


@cache
def _library() -> ctypes.CDLL:
    """The system's libasound, which cannot appear while we run without a restart.

    Raises:
        SinkError: `no_sound_card` without the library.
    """
    try:
        library = ctypes.CDLL("libasound.so.2")
    except OSError as error:
        raise SinkError("no_sound_card") from error
    library.snd_pcm_writei.restype = ctypes.c_long
    library.snd_pcm_writei.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_ulong]
    library.snd_pcm_avail_update.restype = ctypes.c_long
    library.snd_pcm_avail_update.argtypes = [ctypes.c_void_p]
    library.snd_lib_error_set_handler(_SAYS)
    return library
