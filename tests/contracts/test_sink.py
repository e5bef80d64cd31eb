"""What the player may expect of any sink: a fake card, a file, and ALSA before a real server."""

import time
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from fakes.sound import FakeCard, World
from loa_agent.adapters.sink_alsa import AlsaSink
from loa_agent.adapters.sink_file import FileSink
from loa_agent.ports import Sink
from patience import wait_until
from sound_lab import RATE, Recorder, noise, place_of, sound_server

BLOCK = 1920
PATIENCE_BLOCKS = 50
STARVED_S = 0.5


@dataclass
class Bench:
    """A way to open the sink, its wall clock, a way to wait, and what has been heard."""

    open: Callable[[], Sink]
    now: Callable[[], float]
    wait_until: Callable[[float], None]
    heard: Callable[[], "np.ndarray"]


def really_wait(instant: float) -> None:
    wait_until(lambda: time.time() >= instant)


def fake_bench(_folder: Path) -> Iterator[Bench]:
    world = World()
    cards: list[FakeCard] = []

    def open_card() -> Sink:
        cards.append(FakeCard(world))
        return cards[-1]

    def heard() -> "np.ndarray":
        return np.concatenate([block for card in cards for _at, block in card.heard])

    def wait_until_then(instant: float) -> None:
        world.steady = max(world.steady, instant - world.wall(0))

    yield Bench(open_card, lambda: world.wall(world.steady), wait_until_then, heard)


def file_bench(folder: Path) -> Iterator[Bench]:
    def heard() -> "np.ndarray":
        parts = []
        for path in sorted(folder.glob("*.wav")):
            with wave.open(str(path), "rb") as file:
                parts.append(np.frombuffer(file.readframes(file.getnframes()), "<i2"))
        return np.concatenate(parts)

    yield Bench(lambda: FileSink(folder).open(), time.time, really_wait, heard)


def alsa_bench(folder: Path) -> Iterator[Bench]:
    with (
        pytest.MonkeyPatch.context() as patch,
        sound_server(folder / "pulse") as server,
        Recorder(server) as recorder,
    ):
        patch.setenv("ALSA_CONFIG_PATH", str(server.asound))

        def heard() -> "np.ndarray":
            recorder.stop()
            return recorder.samples()

        yield Bench(lambda: AlsaSink().open(), time.time, really_wait, heard)


@pytest.fixture(
    params=[fake_bench, file_bench, pytest.param(alsa_bench, marks=pytest.mark.integration)]
)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    yield from request.param(tmp_path)


def write_until_known(sink: Sink) -> None:
    for _ in range(PATIENCE_BLOCKS):
        if sink.next_sample_at() is not None:
            return
        sink.write(bytes(2 * BLOCK))
    pytest.fail("the sink never told its clock")


def test_it_tells_its_clock_soon_and_a_little_ahead_of_now(bench: Bench) -> None:
    sink = bench.open()

    write_until_known(sink)

    ahead_s = (sink.next_sample_at() or 0) - bench.now()
    assert 0 < ahead_s < 1
    sink.close()


def test_it_takes_sound_no_faster_than_it_is_heard(bench: Bench) -> None:
    sink = bench.open()
    write_until_known(sink)
    began_at = bench.now()
    first_at = sink.next_sample_at() or 0

    for _ in range(RATE // BLOCK):
        sink.write(bytes(2 * BLOCK))

    assert (sink.next_sample_at() or 0) - first_at == pytest.approx(1, abs=0.05)
    assert bench.now() - began_at > 0.5
    sink.close()


def test_what_was_written_is_heard_whole_though_it_is_closed_at_once(bench: Bench) -> None:
    sink = bench.open()
    write_until_known(sink)
    sound = noise(4 * BLOCK)

    sink.write(sound.tobytes())
    sink.close()

    _place, likeness = place_of(sound, bench.heard())
    assert likeness > 0.99


def test_after_it_was_starved_it_learns_its_clock_anew_and_goes_on(bench: Bench) -> None:
    sink = bench.open()
    write_until_known(sink)
    bench.wait_until((sink.next_sample_at() or 0) + STARVED_S)
    sound = noise(4 * BLOCK)

    sink.write(bytes(2 * BLOCK))
    write_until_known(sink)
    ahead_s = (sink.next_sample_at() or 0) - bench.now()
    sink.write(sound.tobytes())
    sink.close()

    assert 0 < ahead_s < 1
    _place, likeness = place_of(sound, bench.heard())
    assert likeness > 0.99


def test_another_can_be_opened_after_it_was_closed(bench: Bench) -> None:
    bench.open().close()
    sink = bench.open()

    write_until_known(sink)
    sound = noise(4 * BLOCK)
    sink.write(sound.tobytes())
    sink.close()

    _place, likeness = place_of(sound, bench.heard())
    assert likeness > 0.99
