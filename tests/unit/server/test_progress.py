"""The step of a station is what it said last, and silence has a name."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from loa_server.domain.progress import (
    REPORT_PATIENCE,
    Heard,
    Play,
    PlayOutcome,
    step_of,
)

END = datetime(2026, 11, 23, 10, 1, tzinfo=UTC)
LATE = END + REPORT_PATIENCE + timedelta(seconds=1)
NOTHING = Heard(received=False, fetched=False, play=None)
PLAY = Play("phu-cat-1", "bp-1@2026-11-23T17:00:00", "bp-1", PlayOutcome.PLAYING)


@pytest.mark.parametrize(
    ("heard", "step"),
    [
        (NOTHING, "waiting"),
        (replace(NOTHING, fetched=True), "waiting"),
        (replace(NOTHING, received=True), "received"),
        (replace(NOTHING, received=True, fetched=True), "fetched"),
        (replace(NOTHING, received=True, fetched=True, play=PLAY), "playing"),
        (replace(NOTHING, refusal="expired"), "refused"),
        (replace(NOTHING, received=True, refusal="expired"), "received"),
    ],
)
def test_each_word_of_a_station_is_a_step(heard: Heard, step: str) -> None:
    assert step_of(heard, END, END)[0] == step


@pytest.mark.parametrize(
    "heard",
    [
        NOTHING,
        replace(NOTHING, received=True),
        replace(NOTHING, received=True, fetched=True),
        replace(NOTHING, play=PLAY),
    ],
)
def test_silence_long_after_the_end_is_named_and_before_it_is_not(heard: Heard) -> None:
    codes = [step_of(heard, END, now)[1] for now in (END, END + REPORT_PATIENCE, LATE)]

    assert codes == [None, None, "no_report"]


def test_how_a_play_ended_is_told_with_its_own_reason() -> None:
    partly = replace(PLAY, outcome=PlayOutcome.PARTLY, code="interrupted")

    assert step_of(replace(NOTHING, play=partly), END, LATE) == ("partly", "interrupted")


def test_an_entry_in_the_middle_is_measured_from_its_own_instant() -> None:
    planned_at = END - timedelta(minutes=1)
    actual_at = planned_at + timedelta(seconds=20, milliseconds=7)

    joined = replace(PLAY, planned_at=planned_at, actual_at=actual_at, offset_ms=20_000)

    assert joined.difference_ms == 7.0
    assert PLAY.difference_ms is None
