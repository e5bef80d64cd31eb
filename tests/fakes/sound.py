"""A sound card and voices in simulated time; the card keeps what was heard and when."""

from array import array
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from loa_agent.adapters.decoder_sndfile import DecodeError, Voice
from loa_agent.adapters.player_deck import Deck, Edges
from loa_agent.core.commands import Cue
from loa_agent.core.events import Event
from loa_agent.ports import Sink, SinkError
from makers import NOON

RATE = 48_000
BUFFER_S = 0.2
STALL_S = 2.0
BLIND_WRITES = 8
LOUDEST_FRAME = 30_000


class World:
    """Steady seconds that pass only while a card plays or someone waits, and the wall clock."""

    def __init__(self) -> None:
        self.steady = 0.0
        self.wall_ahead_s = NOON.timestamp()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.steady + self.wall_ahead_s, UTC)

    def wall(self, steady: float) -> float:
        return steady + self.wall_ahead_s

    def set_clock(self, change_s: float) -> None:
        self.wall_ahead_s += change_s


class FakeCard(Sink):
    """Plays at its own rate, tells its clock after some writes and fails when told to."""

    def __init__(self, world: World, drift_ppm: float = 0.0) -> None:
        self.world = world
        self.rate = RATE * (1 + drift_ppm * 1e-6)
        self.heard: list[tuple[float, array[int]]] = []
        self.closed = False
        self.blind_forever = False
        self.fail_at: tuple[float, str] | None = None
        self.break_at: float | None = None
        self._free_at = world.steady
        self._blind_writes = BLIND_WRITES

    def write(self, samples: bytes) -> None:
        block = array("h", samples)
        self._fail_when_told()
        if self.break_at is not None and self.world.steady >= self.break_at:
            self._underrun()
        lasts_s = len(block) / self.rate
        self._free_at = max(self._free_at, self.world.steady + BUFFER_S / 10)
        self.heard.append((self.world.wall(self._free_at), block))
        self._free_at += lasts_s
        self.world.steady = max(self.world.steady, self._free_at - BUFFER_S)
        self._blind_writes -= 1

    def next_sample_at(self) -> float | None:
        if self._blind_writes > 0 or self.blind_forever:
            return None
        return self.world.wall(self._free_at)

    def close(self) -> None:
        self.world.steady = max(self.world.steady, self._free_at)
        self.closed = True

    def sound(self) -> list[tuple[float, int]]:
        """Every sample that is not silence, with the wall instant at which it was heard."""
        return [
            (at + index / self.rate, value)
            for at, block in self.heard
            for index, value in enumerate(block)
            if value
        ]

    def _fail_when_told(self) -> None:
        if self.fail_at is None or self.world.steady < self.fail_at[0]:
            return
        code = self.fail_at[1]
        if code == "sink_stalled":
            self.world.steady += STALL_S
        raise SinkError(code)

    def _underrun(self) -> None:
        """Nothing came for a while, the buffer ran empty and half a second was silent."""
        self.break_at = None
        self.world.steady = self._free_at + 0.5
        self._blind_writes = BLIND_WRITES


class CountingVoice(Voice):
    """Each sample tells its frame: it rises by one per frame, up to a bound, and begins anew."""

    def __init__(self, total_frames: int = RATE * 60, break_at: int | None = None) -> None:
        self.total_frames = total_frames
        self.break_at = break_at
        self.place = 0

    def seek(self, frame: int) -> None:
        self.place = frame

    def read(self, frames: int) -> bytes:
        if self.break_at is not None and self.place >= self.break_at:
            raise DecodeError("counting")
        count = max(0, min(frames, self.total_frames - self.place))
        values = [frame_value(self.place + index) for index in range(count)]
        self.place += count
        return array("h", values).tobytes()

    def close(self) -> None:
        pass


def frame_value(frame: int) -> int:
    return frame % LOUDEST_FRAME + 1


class FakeBlobs:
    def __init__(self) -> None:
        self.missing: set[str] = set()

    def path(self, sha256: str) -> Path | None:
        return None if sha256 in self.missing else Path(sha256)

    def all(self) -> frozenset[str]:
        return frozenset()

    def drop(self, sha256: str) -> None:
        self.missing.add(sha256)


class Booth:
    """A deck with a fake card; `until` lets time pass."""

    def __init__(self, drift_ppm: float = 0.0) -> None:
        self.world = World()
        self.drift_ppm = drift_ppm
        self.cards: list[FakeCard] = []
        self.no_card = False
        self.blind_card = False
        self.voice = CountingVoice()
        self.blobs = FakeBlobs()
        self.events: list[Event] = []
        self.deck = Deck(
            Edges(
                open_sink=self._open_sink,
                open_voice=self._open_voice,
                blobs=self.blobs,
                emit=self.events.append,
                clock=self.world,
                steady=lambda: self.world.steady,
            )
        )

    @property
    def card(self) -> FakeCard:
        return self.cards[-1]

    def cue(self, play: str = "p", in_s: float = 4.0, **facts: Any) -> datetime:
        """Cue a play that starts so many seconds from now; its instant."""
        start_at = self.world.now() + timedelta(seconds=in_s)
        wanted: dict[str, Any] = {"offset_ms": 0, "length_ms": 1000, "volume_percent": 100, **facts}
        self.deck.cue(Cue(play=play, blobs=("b",), start_at=start_at, **wanted))
        return start_at

    def until(self, seconds: float) -> None:
        """Turn the deck until so many seconds after the beginning."""
        while self.world.steady < seconds:
            wait_s = self.deck.wait_s()
            if wait_s == 0:
                self.deck.turn()
            else:
                rest_s = seconds - self.world.steady
                self.world.steady += rest_s if wait_s is None else min(rest_s, wait_s)

    def _open_sink(self) -> Sink:
        if self.no_card:
            raise SinkError("no_sound_card")
        self.cards.append(FakeCard(self.world, self.drift_ppm))
        self.card.blind_forever = self.blind_card
        return self.card

    def _open_voice(self, _paths: Sequence[Path]) -> Voice:
        return self.voice
