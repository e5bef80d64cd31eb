"""A short tone by which someone at the foot of a mast hears that the horns live."""

import math
from array import array
from datetime import datetime, timedelta

from typing_extensions import override

from loa_agent.adapters.decoder_sndfile import SAMPLE_RATE, Voice
from loa_agent.core.commands import Cue

TONE = "test-tone"
TONE_LEAD = timedelta(seconds=1)
"""Time to open the card and learn its clock."""
TONE_MS = 1500
TONE_HZ = 1000
TONE_PEAK = 10_000


class ToneVoice(Voice):
    """A sine without end; the length of its cue cuts it with a fade."""

    def __init__(self) -> None:
        self.total_frames = 2**40
        self._place = 0
        cycle = SAMPLE_RATE // TONE_HZ
        self._cycle = array(
            "h", [round(TONE_PEAK * math.sin(2 * math.pi * step / cycle)) for step in range(cycle)]
        )

    @override
    def seek(self, frame: int) -> None:
        self._place = frame

    @override
    def read(self, frames: int) -> bytes:
        begin = self._place % len(self._cycle)
        self._place += frames
        cycles = (begin + frames) // len(self._cycle) + 1
        return (self._cycle * cycles)[begin : begin + frames].tobytes()

    @override
    def close(self) -> None:
        pass


def tone_cue(now: datetime, volume_percent: int) -> Cue:
    """The cue of a test tone."""
    return Cue(
        play=TONE,
        blobs=(),
        start_at=now + TONE_LEAD,
        offset_ms=0,
        length_ms=TONE_MS,
        volume_percent=volume_percent,
    )
