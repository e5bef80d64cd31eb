"""The plays in hand and the card they go to; driven block by block from one thread."""

import contextlib
import logging
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from loa_agent.adapters.decoder_sndfile import SAMPLE_RATE, DecodeError, Voice
from loa_agent.adapters.player_play import Part, Play
from loa_agent.adapters.player_shape import add, silence
from loa_agent.adapters.player_tone import TONE, ToneVoice, tone_cue
from loa_agent.core.commands import Cue
from loa_agent.core.events import PlayEnded, PlayStarted
from loa_agent.ports import Blobs, Clock, Emit, Sink, SinkError

log = logging.getLogger(__name__)

BLOCK_FRAMES: Final = SAMPLE_RATE // 25
OPEN_LEAD_S: Final = 5.0
"""The card is opened no earlier than this before something is due."""
IDLE_CLOSE_S: Final = 5.0
"""An amplifier that follows the signal must not hum on with nothing scheduled."""
CLOCK_WAIT_S: Final = 5.0
"""A card that has not told its clock by then is of no use."""
MAX_PLAYS: Final = 16
FADE_MS: Final = 80

OpenVoice = Callable[[Sequence[Path]], Voice]
OpenSink = Callable[[], Sink]


@dataclass(frozen=True, slots=True)
class Edges:
    """What a deck is joined to; `steady` is a clock no one sets, `clock` the one of events."""

    open_sink: OpenSink
    open_voice: OpenVoice
    blobs: Blobs
    emit: Emit
    clock: Clock
    steady: Callable[[], float]


@dataclass(slots=True)
class _Output:
    """The open card: when it last took samples and last told its clock, in steady seconds."""

    sink: Sink
    progress_at: float
    clock_at: float
    frames: int = 0


@dataclass(slots=True)
class _Heard:
    """Where a play lies in the stream and when it is heard, in steady seconds."""

    first_frame: int
    first_at: float
    until: float
    told: bool = False


class Deck:
    """Several plays on one card; what it tells is what the card took and whose time has passed."""

    def __init__(self, edges: Edges) -> None:
        self._edges = edges
        self._plays: dict[str, Play] = {}
        self._heard: dict[str, _Heard] = {}
        self._output: _Output | None = None
        self._idle_since: float | None = None

    def cue(self, cue: Cue) -> None:
        """Take a play in hand; one already in hand stays as it is."""
        if cue.play in self._plays:
            return
        self.stop(TONE, FADE_MS)
        paths = [self._edges.blobs.path(blob) for blob in cue.blobs]
        there = [path for path in paths if path is not None]
        if len(self._plays) >= MAX_PLAYS or len(there) < len(paths):
            full = len(there) == len(paths)
            self._tell_ended(cue.play, "stopped" if full else "decode_failed", 0)
            return
        try:
            play = Play(cue, self._edges.open_voice(there))
            play.prepare()
        except DecodeError as error:
            log.warning("decode_failed play=%s blob=%s", cue.play, error.blob)
            self._tell_ended(cue.play, error.code, 0)
            return
        self._plays[cue.play] = play

    def stop(self, name: str, fade_ms: int) -> None:
        """Fade a play out; unknown ones are over already."""
        if name in self._plays:
            self._plays[name].stop(fade_ms)
            self._sweep()

    def test_tone(self, volume_percent: int) -> None:
        """Sound a tone unless something else is in hand."""
        if not self._plays:
            self._plays[TONE] = Play(tone_cue(self._edges.clock.now(), volume_percent), ToneVoice())

    def stop_all(self) -> None:
        """Fade everything out."""
        for name in tuple(self._plays):
            self.stop(name, FADE_MS)

    @property
    def plays(self) -> int:
        """How many are in hand."""
        return len(self._plays)

    def wait_s(self) -> float | None:
        """How long nothing needs to be done; None until the next command."""
        if self._output is not None:
            return 0.0
        due = self._due_in_s()
        return None if due is None else max(0.0, due - OPEN_LEAD_S)

    def turn(self) -> None:
        """Hand the card one block; blocks until it has room, and tells what has happened."""
        try:
            self._feed(self._opened())
        except SinkError as error:
            self.abandon(error.code)
            return
        self._sweep()
        self._close_when_idle()

    def abandon(self, code: str) -> None:
        """The card is gone: every play ends with what of it was heard for certain."""
        output = self._output
        now = self._edges.steady() if output is None else output.progress_at
        for name, play in tuple(self._plays.items()):
            heard = self._heard.get(name)
            played = 0
            if heard is not None:
                unheard = max(0, round((heard.until - now) * SAMPLE_RATE))
                played = max(0, play.written_frames - unheard)
                if played and not heard.told:
                    self._tell_started(name, heard, now)
            play.end(code)
            self._forget(name, code, played)
        log.warning("sink_broke code=%s", code)
        self.close()

    def close(self) -> None:
        """Release the card."""
        if self._output is not None:
            with contextlib.suppress(SinkError):
                self._output.sink.close()
            self._output = None

    def _opened(self) -> _Output:
        if self._output is None:
            sink = self._edges.open_sink()
            now = self._edges.steady()
            self._output = _Output(sink, progress_at=now, clock_at=now)
            self._idle_since = None
        return self._output

    def _feed(self, output: _Output) -> None:
        at = output.sink.next_sample_at()
        block = silence(BLOCK_FRAMES)
        now = self._edges.steady()
        if at is None:
            if now - output.clock_at > CLOCK_WAIT_S:
                raise SinkError("sink_failed")
        else:
            output.clock_at = now
            self._mix(output, at, block)
        output.sink.write(block.tobytes())
        output.frames += BLOCK_FRAMES
        output.progress_at = self._edges.steady()

    def _mix(self, output: _Output, at: float, block: "array[int]") -> None:
        steady_at = self._edges.steady() + at - self._edges.clock.now().timestamp()
        for name, play in self._plays.items():
            part = play.part(at, BLOCK_FRAMES)
            if part is not None:
                add(block, part.samples, part.lead)
                self._note(name, part, output.frames, steady_at)

    def _note(self, name: str, part: Part, frame: int, at: float) -> None:
        begin_at = at + part.lead / SAMPLE_RATE
        heard = self._heard.setdefault(name, _Heard(frame + part.lead, begin_at, begin_at))
        heard.until = begin_at + len(part.samples) / SAMPLE_RATE

    def _sweep(self) -> None:
        """Tell of plays that have begun to be heard and of those heard to their end."""
        now = self._edges.steady()
        for name, play in tuple(self._plays.items()):
            heard = self._heard.get(name)
            if heard is not None and not heard.told and heard.first_at <= now:
                self._tell_started(name, heard, now)
            if play.code is not None and (heard is None or heard.until <= now):
                self._forget(name, play.code, play.written_frames)

    def _forget(self, name: str, code: str, played_frames: int) -> None:
        play = self._plays.pop(name)
        self._heard.pop(name, None)
        played_ms = min(play.cue.length_ms, round(played_frames * 1000 / SAMPLE_RATE))
        self._tell_ended(name, code, played_ms)

    def _tell_started(self, name: str, heard: _Heard, now: float) -> None:
        """By the card's clock as it is known now, better than when the sample was placed."""
        heard.told = True
        output = self._output
        at = None if output is None else output.sink.next_sample_at()
        if output is None or at is None:
            actual_at = self._edges.clock.now() - timedelta(seconds=now - heard.first_at)
        else:
            first_at = at - (output.frames - heard.first_frame) / SAMPLE_RATE
            actual_at = datetime.fromtimestamp(first_at, UTC)
        if name != TONE:
            self._edges.emit(PlayStarted(self._edges.clock.now(), name, actual_at))

    def _tell_ended(self, name: str, code: str, played_ms: int) -> None:
        if name != TONE:
            self._edges.emit(PlayEnded(self._edges.clock.now(), name, code, played_ms))

    def _due_in_s(self) -> float | None:
        """Until the next play is due; negative once it is."""
        now = self._edges.clock.now()
        return min(
            ((play.cue.start_at - now).total_seconds() for play in self._plays.values()),
            default=None,
        )

    def _close_when_idle(self) -> None:
        due = self._due_in_s()
        now = self._edges.steady()
        if due is not None and due <= OPEN_LEAD_S + IDLE_CLOSE_S:
            self._idle_since = None
        elif self._idle_since is None:
            self._idle_since = now
        elif now - self._idle_since > IDLE_CLOSE_S:
            self.close()
