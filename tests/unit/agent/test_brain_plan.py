"""Playbooks of what the plan asks: to slip, to resume, to keep caps, to change the volume."""

from datetime import timedelta
from typing import Any

import pytest
from fakes.hearing_station import HearingStation
from fakes.station import FakeStation
from loa_agent.core import commands as c
from loa_agent.core import events as e
from loa_agent.core.stopping import STOP_LEAD
from loa_agent.core.stretches import JOIN_LEAD
from loa_agent.protocol.documents import (
    Broadcast,
    Caps,
    Exemption,
    Late,
    LatePolicy,
    VolumeWindow,
    Window,
)
from loa_agent.protocol.reports import ClockTrust, RecordKind
from makers import NOON, a_broadcast, a_config, a_manifest

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
MILLISECOND = timedelta(milliseconds=1)
TEN_MINUTES = 600_000
STOP_LEAD_MS = STOP_LEAD // MILLISECOND
EVENING = (Window(start="17:00", end="21:00"),)


@pytest.fixture
def station() -> FakeStation:
    """Switched on at 11:00, connected, with settings and nothing to play."""
    fresh = FakeStation()
    fresh.switch_on()
    fresh.connect()
    fresh.receive(a_config())
    return fresh


def resuming(name: str = "news", slip_min: int = 30, **changes: Any) -> Broadcast:
    late = Late(policy=LatePolicy.RESUME, slip_ms=slip_min * 60_000)
    return a_broadcast(name, **{"duration_ms": TEN_MINUTES, "late": late, **changes})


def lamp(minute: int = 2, **changes: Any) -> Broadcast:
    return a_broadcast(
        "lamp", NOON + minute * MINUTE, letter="b", **{"class": "priority", **changes}
    )


def stretches(station: FakeStation, name: str = "news") -> list[tuple[float, int, int]]:
    """Begin in seconds after noon, offset and length of each cue of a broadcast."""
    return [
        ((cue.start_at - NOON) / SECOND, cue.offset_ms, cue.length_ms)
        for cue in station.cues()
        if cue.play.startswith(name)
    ]


def ended(station: FakeStation) -> list[tuple[str | None, str | None, int | None]]:
    return [(r.broadcast, r.code, r.played_ms) for r in station.kinds(RecordKind.ENDED)]


class TestResuming:
    def test_it_stops_for_what_is_stronger_and_goes_on_where_it_stopped(
        self, station: FakeStation
    ) -> None:
        station.receive(a_manifest(resuming(), lamp()))
        station.until(NOON + 20 * MINUTE)

        assert stretches(station) == [(0, 0, 120_000), (180, 120_000, 480_000)]
        assert {code for _, code, _ in ended(station)} == {"completed"}

    def test_a_stronger_one_that_comes_while_it_sounds_costs_not_a_word(
        self, station: FakeStation
    ) -> None:
        station.receive(a_manifest(resuming()))
        station.until(NOON + MINUTE)
        station.receive(a_manifest(resuming(), lamp(), version=2))
        station.until(NOON + 20 * MINUTE)

        stopped_ms = 120_000 - STOP_LEAD_MS
        assert ended(station)[0] == ("news", "preempted", stopped_ms)
        assert stretches(station)[1:] == [(180, stopped_ms, TEN_MINUTES - stopped_ms)]
        assert sum(ms or 0 for name, _, ms in ended(station) if name == "news") == TEN_MINUTES

    def test_each_interruption_goes_on_where_the_one_before_stopped(
        self, station: FakeStation
    ) -> None:
        station.receive(a_manifest(resuming()))
        for minute in (1, 3, 5):
            station.until(NOON + minute * MINUTE)
            station.receive(a_manifest(resuming(), lamp(minute + 1), version=minute + 1))
        station.until(NOON + 30 * MINUTE)

        offsets = [offset for _, offset, _ in stretches(station)]
        heard = [ms or 0 for name, _, ms in ended(station) if name == "news"]
        assert len(offsets) == 4
        assert offsets == [sum(heard[:count]) for count in range(4)]
        assert sum(heard) == TEN_MINUTES

    def test_one_that_must_begin_at_once_stops_it_at_once(self, station: FakeStation) -> None:
        station.receive(a_manifest(resuming()))
        station.until(NOON + MINUTE)
        backdated = a_broadcast("storm", NOON + 30 * SECOND, letter="b", **{"class": "emergency"})
        station.receive(a_manifest(resuming(), backdated, version=2))
        station.until(NOON + 20 * MINUTE)

        assert ended(station)[0] == ("news", "preempted", 60_000)
        assert stretches(station)[1:] == [(90, 60_000, 540_000)]

    def test_it_goes_on_when_what_interrupted_it_is_withdrawn(self, station: FakeStation) -> None:
        station.receive(a_manifest(resuming(), lamp()))
        station.until(NOON + 2 * MINUTE + 30 * SECOND)
        station.receive(a_manifest(resuming(), version=2))
        station.until(NOON + 20 * MINUTE)

        again = (2 * MINUTE + 30 * SECOND + JOIN_LEAD) / SECOND
        assert stretches(station)[1:] == [(again, 120_000, 480_000)]

    def test_what_cannot_end_in_time_is_cut_at_its_end(self, station: FakeStation) -> None:
        station.receive(a_manifest(resuming(slip_min=0), lamp()))
        station.until(NOON + 20 * MINUTE)

        assert stretches(station) == [(0, 0, 120_000), (180, 120_000, 420_000)]

    def test_a_short_interruption_does_not_make_its_sequel_late(self, station: FakeStation) -> None:
        station.receive(a_manifest(resuming(), lamp(duration_ms=300)))
        station.until(NOON + 20 * MINUTE)

        assert stretches(station) == [(0, 0, 120_000), (120.3, 120_000, 480_000)]

    def test_a_sequel_in_hand_is_placed_anew_when_the_stretch_before_ends_early(
        self, station: FakeStation
    ) -> None:
        station.receive(a_manifest(resuming(), lamp(duration_ms=3000)))
        station.until(NOON + 2 * MINUTE - SECOND / 2)
        first = next(name for name in station.sounding if name.startswith("news"))
        cue = station.sounding.pop(first)
        heard_ms = cue.length_ms - 500
        station.feed(e.PlayEnded(station.now, first, "sink_failed", heard_ms))
        station.until(NOON + 20 * MINUTE)

        assert stretches(station)[-1][1] == heard_ms
        assert sum(ms or 0 for name, _, ms in ended(station) if name == "news") == TEN_MINUTES

    def test_the_place_where_it_stopped_survives_a_power_cut_in_the_pause(
        self, station: FakeStation
    ) -> None:
        station.receive(a_manifest(resuming(), lamp(duration_ms=120_000)))
        station.until(NOON + 3 * MINUTE)
        station.switch_on()
        station.until(NOON + 20 * MINUTE)

        assert stretches(station)[-1] == (240, 120_000, 480_000)

    def test_audio_that_comes_late_is_heard_from_its_beginning(self, station: FakeStation) -> None:
        station.fail_fetch = "network"
        station.receive(a_manifest(resuming()))
        station.until(NOON + 3 * MINUTE)
        station.fail_fetch = None
        station.until(NOON + 30 * MINUTE)

        ((_, offset_ms, length_ms),) = stretches(station)
        assert (offset_ms, length_ms) == (0, TEN_MINUTES)

    def test_a_clock_that_is_set_does_not_lose_the_place(self) -> None:
        rough = HearingStation(NOON - MINUTE)
        rough.power_on()
        rough.receive(a_config(), a_manifest(resuming()))
        rough.wait(2 * MINUTE)
        rough.set_clock(5 * MINUTE, ClockTrust.SYNCHRONISED)
        rough.wait(30 * MINUTE)

        (_, _, first_ms), (begin, end, second_ms) = rough.of("news@2026-11-23T12:00:00")
        assert (first_ms, second_ms) == (0, 60_000)
        assert (begin, end - begin) == (NOON + 6 * MINUTE + JOIN_LEAD, 9 * MINUTE)


class TestSlipping:
    def test_it_sounds_whole_behind_what_is_stronger(self, station: FakeStation) -> None:
        late = Late(policy=LatePolicy.SLIP, slip_ms=TEN_MINUTES)
        news = a_broadcast("news", duration_ms=TEN_MINUTES, late=late)
        station.receive(a_manifest(news, lamp()))
        station.until(NOON + 30 * MINUTE)

        assert stretches(station) == [(180, 0, TEN_MINUTES)]

    def test_late_itself_it_takes_no_time_of_what_is_stronger(self, station: FakeStation) -> None:
        late = Late(policy=LatePolicy.SLIP, slip_ms=3 * TEN_MINUTES)
        news = a_broadcast("news", duration_ms=TEN_MINUTES, late=late)
        station.receive(a_manifest(news, lamp(11)))
        station.blobs.clear()
        station.fail_fetch = "network"
        for letter in "ab":
            station.feed(e.BlobLost(station.now, letter * 64))
        station.until(NOON + 4 * MINUTE)
        station.fail_fetch = None
        station.until(NOON + 40 * MINUTE)

        assert stretches(station, "lamp") == [(660, 0, 60_000)]
        assert stretches(station) == [(720, 0, TEN_MINUTES)]

    def test_an_emergency_that_is_late_itself_waits_for_nothing_lower(
        self, station: FakeStation
    ) -> None:
        late = Late(policy=LatePolicy.SLIP, slip_ms=3 * TEN_MINUTES)
        news = a_broadcast("news", duration_ms=TEN_MINUTES)
        storm = a_broadcast("storm", NOON + MINUTE, letter="b", late=late, **{"class": "emergency"})
        station.receive(a_manifest(news))
        station.fail_fetch = "network"
        station.receive(a_manifest(news, storm, version=2))
        station.until(NOON + 3 * MINUTE)
        station.feed(e.FetchDone(station.now, "b" * 64))
        station.until(NOON + 20 * MINUTE)

        again = (3 * MINUTE + JOIN_LEAD) / SECOND
        assert stretches(station, "storm") == [(again, 0, 60_000)]
        assert [code for name, code, _ in ended(station) if name == "news"] == [
            "completed",
            "preempted",
            "completed",
        ]


class TestHoursAndCaps:
    def test_an_exempt_occurrence_sounds_outside_permitted_hours(
        self, station: FakeStation
    ) -> None:
        exempt = Exemption(begin_at=NOON, end_at=NOON + SECOND)
        station.receive(a_config(version=2, hours=EVENING))
        station.receive(a_manifest(a_broadcast("news", exemptions=(exempt,))))
        station.until(NOON + 5 * MINUTE)

        assert stretches(station) == [(0, 0, 60_000)]

    def test_another_occurrence_of_the_same_broadcast_does_not(self, station: FakeStation) -> None:
        exempt = Exemption(begin_at=NOON + SECOND, end_at=NOON + MINUTE)
        station.receive(a_config(version=2, hours=EVENING))
        station.receive(a_manifest(a_broadcast("news", exemptions=(exempt,))))
        station.until(NOON + 5 * MINUTE)

        assert station.cues() == []
        assert [r.code for r in station.kinds(RecordKind.MISSED)] == ["outside_hours"]

    def test_an_exemption_that_is_taken_back_silences_what_sounds(
        self, station: FakeStation
    ) -> None:
        exempt = Exemption(begin_at=NOON, end_at=NOON + SECOND)
        station.receive(a_config(version=2, hours=EVENING))
        news = a_broadcast("news", duration_ms=TEN_MINUTES)
        allowed = news.model_copy(update={"exemptions": (exempt,)})
        station.receive(a_manifest(allowed))
        station.until(NOON + MINUTE)
        station.receive(a_manifest(news, version=2))

        assert ended(station) == [("news", "outside_hours", 60_000)]

    def test_what_would_break_a_cap_is_missed_by_the_name_of_the_cap(
        self, station: FakeStation
    ) -> None:
        station.receive(a_config(version=2, caps=Caps(sessions_per_day=1)))
        station.receive(a_manifest(a_broadcast("news"), a_broadcast("b2", NOON + 30 * MINUTE)))
        station.until(NOON + 60 * MINUTE)

        assert stretches(station) == [(0, 0, 60_000)]
        assert [r.code for r in station.kinds(RecordKind.MISSED)] == ["over_sessions"]

    def test_a_cap_that_comes_while_it_sounds_silences_it(self, station: FakeStation) -> None:
        station.receive(a_manifest(resuming()))
        station.until(NOON + MINUTE)
        station.receive(a_config(version=2, caps=Caps(session_ms=300_000)))
        station.until(NOON + 60 * MINUTE)

        assert ended(station) == [("news", "over_session_length", 60_000)]
        assert station.kinds(RecordKind.MISSED) == []


class TestVolume:
    def test_a_play_begins_at_the_volume_of_its_instant(self, station: FakeStation) -> None:
        quiet = VolumeWindow(start="12:00", end="12:05", percent=30)
        station.receive(a_config(version=2, volumes=(quiet,)))
        station.receive(a_manifest(a_broadcast("news"), a_broadcast("b2", NOON + 5 * MINUTE)))
        station.until(NOON + 10 * MINUTE)

        assert [cue.volume_percent for cue in station.cues()] == [30, 80]
        assert [cue.volume_steps for cue in station.cues()] == [(), ()]

    def test_a_play_follows_the_volume_while_it_sounds(self, station: FakeStation) -> None:
        volumes = (
            VolumeWindow(start="12:01", end="12:03", percent=30),
            VolumeWindow(start="12:02", end="12:04", percent=50),
            VolumeWindow(start="12:04", end="12:05", percent=80),
        )
        station.receive(a_config(version=2, volumes=volumes, delay_ms=500))
        station.receive(a_manifest(a_broadcast("news", duration_ms=TEN_MINUTES)))
        station.until(NOON + 15 * MINUTE)

        (cue,) = station.cues()
        assert cue.volume_percent == 80
        assert cue.volume_steps == (
            c.VolumeStep(59_500, 30),
            c.VolumeStep(179_500, 50),
            c.VolumeStep(239_500, 80),
        )


def test_what_became_of_an_occurrence_is_forgotten_after_a_week(station: FakeStation) -> None:
    station.receive(a_manifest(a_broadcast("news", rrule="FREQ=DAILY")))
    station.disconnect()
    station.until(NOON + timedelta(days=19, hours=1))

    assert station.brain is not None
    assert len(station.kinds(RecordKind.ENDED)) == 20
    assert len(station.brain.tried) < 11
    assert station.brain.heard.keys() == station.brain.reached.keys() == station.brain.tried
