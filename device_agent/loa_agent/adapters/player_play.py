"""One cue on the sample timeline: which of its samples belong into the next block."""

from array import array
from dataclasses import dataclass

from loa_agent.adapters.decoder_sndfile import SAMPLE_RATE, DecodeError, Voice
from loa_agent.adapters.player_shape import at_volume, fade, gain_of, resized
from loa_agent.core.commands import Cue

END_FADE_FRAMES = SAMPLE_RATE * 80 // 1000
"""How a voice ends that is cut by the length of its cue; the fade lies inside that length."""
ENTRY_FADE_FRAMES = SAMPLE_RATE * 10 // 1000
"""How a voice begins in its middle."""
TOLERANCE_FRAMES = 12
"""A quarter of a millisecond off is mended by one sample per block, less is left alone."""
JUMP_FRAMES = SAMPLE_RATE * 30 // 1000
"""Further off, as after an underrun or a step of the clock, the voice jumps to its place."""
PATIENCE_FRAMES = SAMPLE_RATE * 2
"""Further ahead of a clock that was set back, the voice goes on instead of falling silent."""


@dataclass(frozen=True, slots=True)
class Part:
    """Samples that begin `lead` frames into a block and may end before it does."""

    lead: int
    samples: "array[int]"


class Play:
    """A voice tied to the wall clock: frame `offset` of it is heard at `start_at`.

    A play that begins late or was interrupted goes on where it would be without that, so that
    stations within earshot of each other say the same word at the same time.
    """

    def __init__(self, cue: Cue, voice: Voice) -> None:
        self.cue = cue
        self.code: str | None = None
        self.written_frames = 0
        self._voice = voice
        self._anchor_at = cue.start_at.timestamp()
        self._entry = cue.offset_ms * SAMPLE_RATE // 1000
        whole = self._entry + cue.length_ms * SAMPLE_RATE // 1000
        self._end = min(whole, voice.total_frames)
        self._cut = whole < voice.total_frames
        self._place = self._entry
        self._in_place = False
        self._fade_in = self._entry > 0
        self._stop_left: int | None = None
        self._stop_frames = 0

    @property
    def begun(self) -> bool:
        """At least one of its samples was handed over."""
        return self.written_frames > 0

    def prepare(self) -> None:
        """Stand at the first frame to be heard; raises DecodeError."""
        self._voice.seek(self._place)

    def stop(self, fade_ms: int) -> None:
        """End with a fade; what has not begun ends at once."""
        if self.code is not None or self._stop_left is not None:
            return
        self._stop_frames = self._stop_left = fade_ms * SAMPLE_RATE // 1000
        if not self.begun or self._stop_left == 0:
            self.end("stopped")

    def end(self, code: str) -> None:
        """No more samples; why."""
        if self.code is None:
            self.code = code
            self._voice.close()

    def part(self, at: float, frames: int) -> Part | None:
        """What belongs into the block of so many frames whose first is heard at `at`."""
        if self.code is not None:
            return None
        try:
            return self._part(at, frames)
        except DecodeError:
            self.end("decode_failed")
            return None

    def _part(self, at: float, frames: int) -> Part | None:
        error = self._entry + round((at - self._anchor_at) * SAMPLE_RATE) - self._place
        if self.begun and error < -PATIENCE_FRAMES:
            self._anchor_at += error / SAMPLE_RATE
            error = 0
        correction = self._correction(error)
        lead = self._find_place(error)
        if self._place >= self._end:
            self.end("completed")
            return None
        if lead >= frames:
            return None
        self._in_place = True
        samples = self._read(frames - lead, correction)
        return Part(lead, samples) if samples else None

    def _find_place(self, error: int) -> int:
        """Frames of silence before the voice goes on; seeks when it must go on further ahead."""
        if self._in_place and abs(error) <= JUMP_FRAMES:
            return 0
        self._in_place = False
        if error > 0:
            self._place += error
            self._fade_in = True
            if self._place < self._end:
                self._voice.seek(self._place)
        elif self.begun:
            self._fade_in = True
        return max(0, -error)

    def _correction(self, error: int) -> int:
        if not self._in_place or not TOLERANCE_FRAMES <= abs(error) <= JUMP_FRAMES:
            return 0
        return 1 if error > 0 else -1

    def _read(self, frames: int, correction: int) -> "array[int]":
        begin = self._place
        wanted = min(frames + correction, self._end - begin)
        samples = array("h", self._voice.read(wanted))
        self._place += len(samples)
        if len(samples) < wanted:
            self._end = self._place
        if len(samples) == frames + correction:
            samples = resized(samples, frames)
        if self._fade_in:
            head = samples[:ENTRY_FADE_FRAMES]
            fade(head, 0.0, 1 / ENTRY_FADE_FRAMES)
            samples = head + samples[len(head) :]
            self._fade_in = False
        self._fade_end(samples, begin)
        samples = self._fade_stop(self._at_its_volume(samples, begin))
        self.written_frames += len(samples)
        if self._place >= self._end:
            self.end("completed")
        return samples

    def _at_its_volume(self, samples: "array[int]", begin: int) -> "array[int]":
        """The volume due where the samples begin; inside the block of a change one slides over."""
        before, after = (self._volume(place) for place in (begin, self._place - 1))
        if before == after or not samples:
            return at_volume(samples, before)
        ends = gain_of(before), gain_of(after)
        start, end = (gain / max(ends) for gain in ends)
        samples = at_volume(samples, max(before, after))[:]
        fade(samples, start, (end - start) / len(samples))
        return samples

    def _volume(self, place: int) -> int:
        sounded_ms = (place - self._entry) * 1000 // SAMPLE_RATE
        percent = self.cue.volume_percent
        for change in self.cue.volume_steps:
            if change.after_ms <= sounded_ms:
                percent = change.volume_percent
        return percent

    def _fade_end(self, samples: "array[int]", begin: int) -> None:
        left = self._end - begin
        if self._cut and left - len(samples) < END_FADE_FRAMES:
            fade(samples, left / END_FADE_FRAMES, -1 / END_FADE_FRAMES)

    def _fade_stop(self, samples: "array[int]") -> "array[int]":
        if self._stop_left is None:
            return samples
        samples = samples[: self._stop_left]
        fade(samples, self._stop_left / self._stop_frames, -1 / self._stop_frames)
        self._stop_left -= len(samples)
        if self._stop_left <= 0:
            self.end("stopped")
        return samples
