"""The check says ok only when every station proved that it played the right audio on time."""

from typing import Any

import pytest
from loa_server.demo.check import MAX_DIFFERENCE_MS, StationProof, proof, summary

SHA = "a" * 64
ROW = {"station": "phu-cat-1", "step": "played"}
PLAY = {
    "station": "phu-cat-1",
    "occurrence": "b1@2026-11-23T17:00:00",
    "planned_at": "2026-11-23T10:00:00.000Z",
    "actual_at": "2026-11-23T10:00:00.001Z",
    "difference_ms": 1,
    "sha256": SHA,
}


def judged(row: dict[str, Any] = ROW, plays: list[dict[str, Any]] | None = None) -> StationProof:
    return proof(row, [PLAY] if plays is None else plays, "b1", SHA)


def test_the_right_audio_on_time_is_ok() -> None:
    assert judged() == StationProof(
        "phu-cat-1", "2026-11-23T10:00:00.000Z", "2026-11-23T10:00:00.001Z", 1, SHA, ok=True
    )


@pytest.mark.parametrize("step", ["partly", "missed", "refused", "playing"])
def test_anything_but_a_whole_play_is_not_ok(step: str) -> None:
    assert not judged({**ROW, "step": step}).ok


@pytest.mark.parametrize(
    "wrong",
    [
        {"sha256": "b" * 64},
        {"sha256": None},
        {"difference_ms": None},
        {"difference_ms": MAX_DIFFERENCE_MS + 1},
        {"difference_ms": -MAX_DIFFERENCE_MS - 1},
        {"occurrence": "b2@2026-11-23T17:00:00"},
        {"station": "tuy-phuoc-1"},
    ],
)
def test_a_play_log_that_does_not_prove_it_is_not_ok(wrong: dict[str, Any]) -> None:
    assert not judged(plays=[{**PLAY, **wrong}]).ok


def test_a_play_logged_twice_is_not_ok() -> None:
    assert not judged(plays=[PLAY, PLAY]).ok


def test_a_play_that_is_not_logged_is_not_ok() -> None:
    assert not judged(plays=[]).ok


def test_the_summary_is_ok_only_with_every_station_expected() -> None:
    good = judged()
    bad = judged(plays=[])

    assert summary([good] * 3, 3, 1.0)["ok"]
    assert not summary([good] * 2, 3, 1.0)["ok"]
    assert not summary([good, good, bad], 3, 1.0)["ok"]
    assert not summary([], 3, 1.0)["ok"]
