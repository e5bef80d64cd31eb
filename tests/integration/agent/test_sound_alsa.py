"""The whole way of the sound: player, decoder and ALSA before a sound server that is recorded."""

import queue
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from loa_agent.adapters.player_thread import ThreadPlayer
from loa_agent.adapters.sink_alsa import AlsaSink
from loa_agent.core.commands import Cue
from loa_agent.core.events import Event, PlayEnded, PlayStarted
from sound_lab import RATE, Recorder, SoundServer, decoded, noise, opus, place_of, sound_server

pytestmark = pytest.mark.integration

SANE_S = 0.05
"""A bench measures punctuality; here a busy machine must not fail the test."""
ANSWER_S = 30.0


class _Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class _Shelf:
    """One item by its name."""

    def __init__(self, item: Path) -> None:
        self.item = item

    def path(self, sha256: str) -> Path | None:
        return self.item if sha256 == "item" else None

    def all(self) -> frozenset[str]:
        return frozenset({"item"})

    def drop(self, sha256: str) -> None:
        raise AssertionError(sha256)


class Stage:
    """A started player and what it says."""

    def __init__(self, item: Path, device: str) -> None:
        self.events: queue.Queue[Event] = queue.Queue()
        self.player = ThreadPlayer(
            open_sink=lambda: AlsaSink(device).open(),
            blobs=_Shelf(item),
            emit=self.events.put,
            clock=_Clock(),
        )
        self.player.start()

    def cue(self, play: str, in_s: float, length_ms: int, blob: str = "item") -> datetime:
        start_at = datetime.now(UTC) + timedelta(seconds=in_s)
        self.player.cue(Cue(play, (blob,), start_at, 0, length_ms, 100))
        return start_at

    def next(self) -> Event:
        return self.events.get(timeout=ANSWER_S)


@pytest.fixture(scope="module")
def item(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return opus(tmp_path_factory.mktemp("item") / "item.opus", noise(RATE * 6))


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundServer]:
    with sound_server(tmp_path / "pulse") as running:
        monkeypatch.setenv("ALSA_CONFIG_PATH", str(running.asound))
        yield running


@pytest.fixture
def stage(item: Path) -> Iterator[Callable[..., Stage]]:
    stages: list[Stage] = []

    def begin(device: str = "default") -> Stage:
        stages.append(Stage(item, device))
        return stages[-1]

    yield begin
    for each in stages:
        each.player.close()


def heard_at(recorder: Recorder, pattern: "np.ndarray", near: datetime) -> float:
    """When a piece of the item was heard, searched around an instant."""
    begin = max(0, recorder.frame(near.timestamp() - 1))
    end = recorder.frame(near.timestamp() + 1) + len(pattern)
    place, likeness = place_of(pattern, recorder.samples()[begin:end])
    assert likeness > 0.9, "not in the recording"
    return recorder.instant(begin + place)


def test_a_cached_item_is_heard_at_its_instant_and_told_so(
    server: SoundServer, stage: Callable[..., Stage], item: Path
) -> None:
    with Recorder(server) as recorder:
        station = stage()
        start_at = station.cue("p", in_s=2, length_ms=1500)

        started, ended = station.next(), station.next()
        recorder.stop()

        pattern = decoded(item)[: RATE // 2]
        first_at = heard_at(recorder, pattern, start_at)
    assert first_at == pytest.approx(start_at.timestamp(), abs=SANE_S)
    assert isinstance(started, PlayStarted)
    assert started.actual_at.timestamp() == pytest.approx(first_at, abs=SANE_S)
    assert isinstance(ended, PlayEnded)
    assert (ended.code, ended.played_ms) == ("completed", 1500)


def test_a_late_start_joins_in_the_middle_where_its_neighbours_are(
    server: SoundServer, stage: Callable[..., Stage], item: Path
) -> None:
    with Recorder(server) as recorder:
        station = stage()
        start_at = station.cue("p", in_s=-2, length_ms=5000)

        started, ended = station.next(), station.next()
        recorder.stop()

        assert isinstance(started, PlayStarted)
        joined_s = (started.actual_at - start_at).total_seconds() + 0.2
        begin = round(joined_s * RATE)
        piece_at = start_at + timedelta(seconds=joined_s)
        found_at = heard_at(recorder, decoded(item)[begin : begin + RATE // 2], piece_at)
    assert found_at == pytest.approx(piece_at.timestamp(), abs=SANE_S)
    assert isinstance(ended, PlayEnded)
    assert ended.code == "completed"
    assert 1000 < ended.played_ms < 3000


def test_a_stop_falls_silent_and_tells_how_long_it_was_heard(
    server: SoundServer, stage: Callable[..., Stage]
) -> None:
    with Recorder(server) as recorder:
        station = stage()
        station.cue("p", in_s=1.5, length_ms=5000)
        started = station.next()

        station.player.stop("p", 80)
        ended = station.next()
        recorder.stop()

        assert isinstance(started, PlayStarted)
        assert isinstance(ended, PlayEnded)
        last_at = recorder.instant(int(np.flatnonzero(recorder.samples())[-1]))
    assert ended.code == "stopped"
    heard_ms = (last_at - started.actual_at.timestamp()) * 1000
    assert ended.played_ms == pytest.approx(heard_ms, abs=SANE_S * 1000)


def test_a_card_that_goes_away_ends_the_play_with_its_code_and_what_was_heard(
    server: SoundServer, stage: Callable[..., Stage]
) -> None:
    station = stage()
    station.cue("p", in_s=1.5, length_ms=5000)
    started = station.next()

    server.process.terminate()
    ended = station.next()

    assert isinstance(started, PlayStarted)
    assert isinstance(ended, PlayEnded)
    assert ended.code in {"sink_failed", "sink_stalled"}
    assert 0 < ended.played_ms < 3000


def test_a_card_that_takes_nothing_is_told_as_stalled(
    server: SoundServer, stage: Callable[..., Stage]
) -> None:
    station = stage()
    station.cue("p", in_s=1.5, length_ms=20_000)
    station.next()

    server.pause()
    ended = station.next()
    server.go_on()

    assert isinstance(ended, PlayEnded)
    assert ended.code == "sink_stalled"
    assert ended.played_ms < 3000


def test_a_station_without_a_card_says_so(stage: Callable[..., Stage]) -> None:
    station = stage("no_such_card")
    station.cue("p", in_s=1.5, length_ms=1000)

    ended = station.next()

    assert isinstance(ended, PlayEnded)
    assert (ended.code, ended.played_ms) == ("no_sound_card", 0)


def test_an_item_that_is_not_there_says_so(stage: Callable[..., Stage]) -> None:
    station = stage()
    station.cue("p", in_s=1.5, length_ms=1000, blob="another")

    ended = station.next()

    assert isinstance(ended, PlayEnded)
    assert ended.code == "decode_failed"
