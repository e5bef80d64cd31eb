"""What the station notices by itself between two events."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from loa_agent.core import events as e
from loa_agent.protocol.reports import ClockTrust
from loa_agent.runtime.housekeeping import CLOCK_EVERY_S, TICK_EVERY_S, Chores, Housekeeping
from makers import NOON


class Machine:
    """Clock and chores moved and counted by hand."""

    def __init__(self) -> None:
        self.at = NOON
        self.steady = 0.0
        self.trusted = ClockTrust.SYNCHRONISED
        self.flushed: list[e.Event] = []
        self.pruned = 0
        self.alive = 0

    def now(self) -> datetime:
        return self.at

    def trust(self) -> ClockTrust:
        return self.trusted

    def compare(self, server_time: datetime, asked_at: datetime, answered_at: datetime) -> None:
        raise AssertionError(server_time, asked_at, answered_at)

    def pass_s(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.steady += seconds

    def chores(self) -> Chores:
        def prune(_now: datetime) -> None:
            self.pruned += 1

        def alive() -> None:
            self.alive += 1

        return Chores(lambda: self.flushed, prune, lambda: None, alive)


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def housekeeping(machine: Machine, tmp_path: Path) -> Housekeeping:
    return Housekeeping(machine, lambda: machine.steady, tmp_path, machine.chores())


def judged(found: list[e.Event]) -> list[e.ClockJudged]:
    return [event for event in found if isinstance(event, e.ClockJudged)]


def test_the_first_look_tells_of_the_clock_and_the_disk(housekeeping: Housekeeping) -> None:
    found = list(housekeeping.look())

    assert [event.trust for event in judged(found)] == [ClockTrust.SYNCHRONISED]
    (measured,) = [event for event in found if isinstance(event, e.DiskMeasured)]
    assert measured.free_bytes > 0


def test_a_clock_that_stays_trusted_is_no_news(
    housekeeping: Housekeeping, machine: Machine
) -> None:
    list(housekeeping.look())
    machine.pass_s(CLOCK_EVERY_S + 1)

    assert judged(list(housekeeping.look())) == []


def test_trust_that_is_lost_is_told_within_its_period(
    housekeeping: Housekeeping, machine: Machine
) -> None:
    list(housekeeping.look())
    machine.trusted = ClockTrust.UNTRUSTED
    machine.pass_s(CLOCK_EVERY_S + 1)

    assert [event.trust for event in judged(list(housekeeping.look()))] == [ClockTrust.UNTRUSTED]


@pytest.mark.parametrize("step_s", [-3600.0, 2.0])
def test_a_step_of_the_wall_clock_is_told_at_once_and_how_far_it_went(
    housekeeping: Housekeeping, machine: Machine, step_s: float
) -> None:
    list(housekeeping.look())
    machine.pass_s(1)
    machine.at += timedelta(seconds=step_s)

    (event,) = judged(list(housekeeping.look()))

    assert event.step_ms == step_s * 1000


def test_a_clock_turned_slowly_is_no_step(housekeeping: Housekeeping, machine: Machine) -> None:
    list(housekeeping.look())
    for _ in range(10):
        machine.pass_s(60)
        machine.at += timedelta(milliseconds=30)
        assert judged(list(housekeeping.look())) == []


def test_the_brain_is_woken_now_and_then_even_if_its_alarm_was_lost(
    housekeeping: Housekeeping, machine: Machine
) -> None:
    list(housekeeping.look())
    machine.pass_s(TICK_EVERY_S + 1)

    assert any(isinstance(event, e.Tick) for event in housekeeping.look())


def test_what_waits_to_be_stored_is_tried_again(
    housekeeping: Housekeeping, machine: Machine
) -> None:
    machine.flushed = [e.Journaled(NOON, 7)]

    assert e.Journaled(NOON, 7) in list(housekeeping.look())


def test_the_service_manager_hears_at_every_look(
    housekeeping: Housekeeping, machine: Machine
) -> None:
    list(housekeeping.look())
    list(housekeeping.look())

    assert (machine.alive, machine.pruned) == (2, 1)
