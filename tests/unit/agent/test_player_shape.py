"""Arithmetic on samples against what a plain loop would do."""

from array import array
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loa_agent.adapters.player_shape import add, at_volume, fade, gain_of, resized, silence

SAMPLES = st.lists(st.integers(-32768, 32767), max_size=40).map(lambda each: array("h", each))


@given(samples=SAMPLES, volume_percent=st.integers(0, 100))
def test_the_volume_is_that_of_a_plain_product(samples: "array[int]", volume_percent: int) -> None:
    found = at_volume(samples, volume_percent)

    wanted = [sample * gain_of(volume_percent) for sample in samples]
    assert list(found) == pytest.approx(wanted, abs=1.6)


def test_full_volume_changes_nothing_and_none_is_silence() -> None:
    samples = array("h", [-32768, 32767, 1])

    assert at_volume(samples, 100) == samples
    assert at_volume(samples, 0) == silence(3)


@pytest.mark.parametrize("change", [-1, 0, 1])
def test_a_sample_more_or_less_leaves_no_step(change: int) -> None:
    rising = array("h", range(0, 9600, 10))

    found = resized(rising[: 900 + change], 900)

    assert len(found) == 900
    assert found[0] == rising[0]
    assert found[-1] == rising[899 + change]
    assert all(8 <= b - a <= 12 for a, b in pairwise(found))


def test_two_sounds_at_once_stay_in_range() -> None:
    block = array("h", [30_000, -30_000, 5, 0])

    add(block, array("h", [30_000, -30_000]), 0)
    add(block, array("h", [7]), 3)

    assert list(block) == [32_767, -32_768, 5, 7]


def test_a_fade_goes_from_whole_to_nothing() -> None:
    samples = array("h", [1000] * 5)

    fade(samples, 1.0, -0.25)

    assert list(samples) == [1000, 750, 500, 250, 0]
