"""The clock of a card as read from measurements that are wrong in all the usual ways."""

import random

import pytest
from loa_agent.adapters.sink_clock import SampleClock

RATE = 48_000
BLOCK = 1920
ORIGIN_S = 1000.0


def measured(
    clock: SampleClock, seconds: float, *, noise_s: float = 0.0, ppm: float = 0.0, first: int = 0
) -> int:
    """Feed what a card says while it plays; the next frame."""
    chance = random.Random(1)
    frame = first
    while frame < first + seconds * RATE:
        frame += BLOCK
        clock.measure(frame, true_at(frame, ppm) + chance.uniform(-noise_s, noise_s))
    return frame


def true_at(frame: int, ppm: float = 0.0) -> float:
    return ORIGIN_S + frame / RATE / (1 + ppm * 1e-6)


def test_it_says_nothing_before_it_was_told_enough() -> None:
    clock = SampleClock(RATE)

    measured(clock, 0.2)

    assert clock.heard_at(0) is None


def test_it_knows_the_clock_within_half_a_second() -> None:
    clock = SampleClock(RATE)

    frame = measured(clock, 0.5)

    assert clock.heard_at(frame) == pytest.approx(true_at(frame), abs=1e-6)


def test_noise_of_two_milliseconds_leaves_less_than_a_quarter() -> None:
    clock = SampleClock(RATE)

    frame = measured(clock, 8, noise_s=0.002)

    assert clock.heard_at(frame) == pytest.approx(true_at(frame), abs=0.00025)


def test_single_wild_answers_do_not_move_it() -> None:
    clock = SampleClock(RATE)
    frame = measured(clock, 4)

    clock.measure(frame, true_at(frame) + 3)
    clock.measure(frame, true_at(frame) - 3)

    assert clock.heard_at(frame) == pytest.approx(true_at(frame), abs=1e-6)


def test_many_wild_answers_in_a_row_are_believed() -> None:
    clock = SampleClock(RATE)
    frame = measured(clock, 60)

    for _ in range(5):
        frame += BLOCK
        clock.measure(frame, true_at(frame) + 0.15)

    assert clock.heard_at(frame) == pytest.approx(true_at(frame) + 0.15, abs=1e-6)


def test_a_crystal_wrong_by_a_hundred_millionths_is_followed_closely() -> None:
    clock = SampleClock(RATE)

    frame = measured(clock, 60, ppm=100)

    assert clock.heard_at(frame) == pytest.approx(true_at(frame, 100), abs=0.0005)


def test_after_a_break_only_the_new_stream_counts() -> None:
    clock = SampleClock(RATE)
    frame = measured(clock, 4)

    clock.restart()
    silent = clock.heard_at(frame)
    frame = measured(clock, 0.5, first=frame)

    assert silent is None
    assert clock.heard_at(frame) == pytest.approx(true_at(frame), abs=1e-6)
