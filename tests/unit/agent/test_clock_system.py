"""When a station believes its clock, over sources of time moved by hand."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from loa_agent.adapters.clock_system import HOLD_OVER_S, Sources, SystemClock
from loa_agent.protocol.reports import ClockTrust
from makers import NOON

HOUR = 3600.0
SYNCHRONISED, HELD_OVER, UNTRUSTED = (
    ClockTrust.SYNCHRONISED,
    ClockTrust.HELD_OVER,
    ClockTrust.UNTRUSTED,
)


@dataclass
class World:
    """A machine whose clocks run as the test says."""

    wall: float = NOON.timestamp()
    steady: float = 1000.0
    ntp: bool = False
    rtc: float | None = None
    boot: str = "boot-1"

    def sources(self) -> Sources:
        return Sources(
            wall=lambda: NOON + timedelta(seconds=self.wall - NOON.timestamp()),
            steady_s=lambda: self.steady,
            synchronised=lambda: self.ntp,
            battery=lambda: self.rtc,
            boot_id=lambda: self.boot,
        )

    def pass_s(self, seconds: float, drift: float = 0.0) -> None:
        self.wall += seconds * (1 + drift)
        self.steady += seconds

    def reboot(self, off_s: float, *, rtc: bool) -> None:
        """Without a battery clock the machine wakes where it stopped."""
        self.ntp = False
        self.boot += "x"
        self.steady = 5.0
        self.wall += off_s if rtc else 0.0
        self.rtc = self.wall if rtc else None


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clock.json"


def opened(world: World, path: Path) -> SystemClock:
    clock = SystemClock(path, world.sources())
    clock.open()
    return clock


def answer(clock: SystemClock, world: World, off_s: float, took_s: float = 0.2) -> None:
    """The server's signed time comes; we are `off_s` ahead of it."""
    asked_at = clock.now()
    world.pass_s(took_s)
    clock.compare(clock.now() - timedelta(seconds=off_s + took_s / 2), asked_at, clock.now())


def test_a_clock_nobody_vouches_for_is_not_trusted(world: World, path: Path) -> None:
    assert opened(world, path).trust() is UNTRUSTED


def test_the_kernel_vouches_for_a_synchronised_clock(world: World, path: Path) -> None:
    world.ntp = True

    assert opened(world, path).trust() is SYNCHRONISED


def test_after_the_time_daemon_fell_silent_the_clock_is_held_over(world: World, path: Path) -> None:
    world.ntp = True
    clock = opened(world, path)
    clock.trust()
    world.ntp = False
    world.pass_s(48 * HOUR, drift=50e-6)

    assert clock.trust() is HELD_OVER


def test_holding_over_ends_after_its_limit(world: World, path: Path) -> None:
    world.ntp = True
    clock = opened(world, path)
    clock.trust()
    world.ntp = False
    world.pass_s(HOLD_OVER_S + 1)

    assert clock.trust() is UNTRUSTED


@pytest.mark.parametrize("step_s", [-3600.0, 3600.0, 5.0])
def test_a_clock_that_was_moved_by_a_hand_is_not_trusted(
    world: World, path: Path, step_s: float
) -> None:
    world.ntp = True
    clock = opened(world, path)
    clock.trust()
    world.ntp = False
    world.wall += step_s

    assert clock.trust() is UNTRUSTED


def test_the_signed_time_of_the_server_vouches_for_a_machine_without_ntp(
    world: World, path: Path
) -> None:
    clock = opened(world, path)

    answer(clock, world, off_s=0.4)

    assert clock.trust() is HELD_OVER


def test_a_server_that_disagrees_takes_the_trust_away(world: World, path: Path) -> None:
    clock = opened(world, path)
    answer(clock, world, off_s=0.0)

    answer(clock, world, off_s=300.0)

    assert clock.trust() is UNTRUSTED


def test_the_kernel_is_believed_over_the_server(world: World, path: Path) -> None:
    world.ntp = True
    clock = opened(world, path)

    answer(clock, world, off_s=300.0)

    assert clock.trust() is SYNCHRONISED


def test_an_answer_that_took_too_long_says_nothing(world: World, path: Path) -> None:
    clock = opened(world, path)

    answer(clock, world, off_s=0.0, took_s=60.0)

    assert clock.trust() is UNTRUSTED


def test_a_new_process_on_the_same_machine_goes_on_trusting(world: World, path: Path) -> None:
    world.ntp = True
    opened(world, path).trust()
    world.ntp = False
    world.pass_s(HOUR)

    assert opened(world, path).trust() is HELD_OVER


def test_a_power_cut_without_battery_clock_leaves_nothing_to_trust(
    world: World, path: Path
) -> None:
    world.ntp = True
    opened(world, path).trust()
    world.reboot(off_s=8 * HOUR, rtc=False)

    assert opened(world, path).trust() is UNTRUSTED


def test_a_battery_clock_carries_the_trust_over_a_power_cut(world: World, path: Path) -> None:
    world.ntp = True
    opened(world, path).trust()
    world.reboot(off_s=8 * HOUR, rtc=True)

    assert opened(world, path).trust() is HELD_OVER


def test_an_empty_battery_that_fell_back_in_time_is_not_believed(world: World, path: Path) -> None:
    world.ntp = True
    opened(world, path).trust()
    world.reboot(off_s=-30 * 365 * 24 * HOUR, rtc=True)

    assert opened(world, path).trust() is UNTRUSTED


def test_power_cuts_do_not_lengthen_the_holding_over(world: World, path: Path) -> None:
    world.ntp = True
    opened(world, path).trust()
    world.reboot(off_s=HOLD_OVER_S - HOUR, rtc=True)
    clock = opened(world, path)
    assert clock.trust() is HELD_OVER

    world.pass_s(2 * HOUR)

    assert clock.trust() is UNTRUSTED


def test_a_broken_memory_of_the_clock_is_no_trust_and_no_fault(world: World, path: Path) -> None:
    path.write_text("{")

    assert opened(world, path).trust() is UNTRUSTED


def test_looking_leaves_no_trace(world: World, path: Path) -> None:
    world.ntp = True
    clock = SystemClock(path, world.sources(), looks=True)
    clock.open()

    assert clock.trust() is SYNCHRONISED
    assert not path.exists()
