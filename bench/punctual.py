"""How far the start of a cached item lies from its instant, heard from outside the player.

The real player, decoder and ALSA sink play Opus items into a PulseAudio null sink whose monitor
is recorded. Each item is a burst of noise after a short silence; it is found in the recording by
its likeness to what ffmpeg decodes from the same file, to one sample (0.02 ms). How the time axis
of the recording is tied to the wall clock says `tests/sound_lab.py`; its own uncertainty is in
the figures: `axis_spread_ms` (how far the sound server's answers disagree, 99th percentile) and
`axis_arrival_lead_ms` (arrivals of fragments, which know nothing of those answers; a true axis
shows a little less than the 4 ms of a fragment). A null sink consumes samples exactly by the
system's clock; what a crystal and a cable add is not measured here.

Most starts find the card open; every seventh opens it anew, 1.5 s ahead as for a late join.
Errors are absolute. `told_error_ms_p99` compares what the player reported with the recording.
Yardstick: `paplay` of the same sound, spawned at the instant.
"""

import argparse
import json
import os
import queue
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from loa_agent.adapters.player_thread import ThreadPlayer
from loa_agent.adapters.sink_alsa import AlsaSink
from loa_agent.core.commands import Cue
from loa_agent.core.events import Event, PlayEnded, PlayStarted

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from sound_lab import (
    RATE,
    Recorder,
    SoundServer,
    decoded,
    noise,
    opus,
    place_of,
    sound_server,
    wav,
)

STARTS = 100
YARDSTICK_STARTS = 15
COLD_EVERY = 7
COLD_LEAD_S = 1.5
WARM_LEAD_S = 0.7
LENGTH_MS = 400
BURST_MS = 120
BURST_FRAMES = RATE * 60 // 1000
OFFSETS_MS = (0, 40, 0, 80)
SEARCH_S = 0.4
LEAST_LIKENESS = 0.8
ANSWER_S = 10.0


@dataclass(frozen=True)
class Start:
    """When the burst should be heard, and when by the player's word it was."""

    wanted_at: float
    told_at: float | None = None
    cold: bool = False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one object, nothing else")
    parser.add_argument("--starts", type=int, default=STARTS)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder), arguments.starts)
    print(json.dumps(result, indent=None if arguments.json else 2))


def measure(folder: Path, starts: int) -> dict[str, object]:
    item = opus(folder / "item.opus", burst())
    heard = decoded(item)
    pattern = heard[RATE * BURST_MS // 1000 :][:BURST_FRAMES]
    with sound_server(folder / "pulse") as server, Recorder(server) as recorder:
        ours = play_all(server, item, starts)
        theirs = spawn_all(server, wav(folder / "item.wav", heard), YARDSTICK_STARTS)
        recorder.stop()
        figures = figures_of(recorder, pattern, ours)
        errors = errors_ms(recorder, pattern, theirs)
    yardstick = {"what": "paplay spawned at the instant", "starts": len(errors)}
    return {"name": "punctual", "figures": figures, "yardstick": yardstick | summary(errors)}


def burst() -> "np.ndarray":
    samples = np.zeros(RATE * LENGTH_MS // 1000, "<i2")
    begin = RATE * BURST_MS // 1000
    samples[begin : begin + BURST_FRAMES] = noise(BURST_FRAMES)
    return samples


class _Disk:
    """The item lies where its name says."""

    def path(self, sha256: str) -> Path | None:
        return Path(sha256)

    def all(self) -> frozenset[str]:
        return frozenset()

    def drop(self, sha256: str) -> None:
        pass


class _Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def play_all(server: SoundServer, item: Path, starts: int) -> list[Start]:
    os.environ["ALSA_CONFIG_PATH"] = str(server.asound)
    events: queue.Queue[Event] = queue.Queue()
    player = None
    done = []
    for number in range(starts):
        cold = player is None or number % COLD_EVERY == 0
        if cold and player is not None:
            player.close()
            player = None
        if player is None:
            player = ThreadPlayer(
                open_sink=lambda: AlsaSink().open(), blobs=_Disk(), emit=events.put, clock=_Clock()
            )
            player.start()
        done.append(play_one(player, events, item, number, cold=cold))
    player.close()
    return done


def play_one(
    player: ThreadPlayer, events: "queue.Queue[Event]", item: Path, number: int, *, cold: bool
) -> Start:
    # The odd microseconds let the instants fall anywhere between two samples and two blocks.
    lead = timedelta(seconds=COLD_LEAD_S if cold else WARM_LEAD_S, microseconds=number * 1237)
    start_at = datetime.now(UTC) + lead
    offset_ms = OFFSETS_MS[number % len(OFFSETS_MS)]
    volume_percent = 80 if number % 2 else 100
    player.cue(
        Cue(str(number), (str(item),), start_at, offset_ms, LENGTH_MS - offset_ms, volume_percent)
    )
    ahead_s = (BURST_MS - offset_ms) / 1000
    told_at = None
    while not isinstance(event := events.get(timeout=ANSWER_S), PlayEnded):
        if isinstance(event, PlayStarted):
            told_at = event.actual_at.timestamp() + ahead_s
    return Start(start_at.timestamp() + ahead_s, told_at, cold)


def spawn_all(server: SoundServer, sound: Path, starts: int) -> list[Start]:
    done = []
    for _ in range(starts):
        at = time.time() + WARM_LEAD_S
        while (left := at - time.time()) > 0:
            time.sleep(left / 2 if left > 0.001 else 0)
        command = ["paplay", str(sound)]
        subprocess.run(command, env=server.environment(), check=True, timeout=ANSWER_S)
        done.append(Start(at + BURST_MS / 1000))
    return done


def figures_of(
    recorder: Recorder, pattern: "np.ndarray", starts: Sequence[Start]
) -> dict[str, float]:
    errors = errors_ms(recorder, pattern, starts)
    cold = errors_ms(recorder, pattern, [start for start in starts if start.cold])
    told = [Start(start.told_at) for start in starts if start.told_at is not None]
    told_errors = errors_ms(recorder, pattern, told)
    return summary(errors) | {
        "starts": len(errors),
        "start_error_ms_max": percentile(errors, 100),
        "cold_starts": len(cold),
        "cold_start_error_ms_max": percentile(cold, 100),
        "told_error_ms_p99": percentile(told_errors, 99),
        "axis_spread_ms": round(recorder.spread_ms(), 3),
        "axis_arrival_lead_ms": round(recorder.arrival_lead_ms(), 3),
    }


def errors_ms(recorder: Recorder, pattern: "np.ndarray", starts: Sequence[Start]) -> list[float]:
    """Absolute errors of those starts that are in the recording."""
    samples = recorder.samples()
    errors = []
    for start in starts:
        begin = max(0, recorder.frame(start.wanted_at - SEARCH_S))
        end = recorder.frame(start.wanted_at + SEARCH_S)
        place, likeness = place_of(pattern, samples[begin:end])
        if likeness >= LEAST_LIKENESS:
            errors.append(abs(recorder.instant(begin + place) - start.wanted_at) * 1000)
    return errors


def summary(errors: Sequence[float]) -> dict[str, float]:
    return {
        "start_error_ms_p50": percentile(errors, 50),
        "start_error_ms_p99": percentile(errors, 99),
    }


def percentile(values: Sequence[float], share: float) -> float:
    return round(float(np.percentile(values, share)), 3)


if __name__ == "__main__":
    main()
