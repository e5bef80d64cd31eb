"""Playbooks of what goes wrong while something sounds, and of what must not be lost by it."""

from datetime import timedelta

import pytest
from fakes.station import FakeStation
from loa_agent.core import commands as c
from loa_agent.core import events as e
from loa_agent.core.stopping import STOP_LEAD, STOP_PATIENCE
from loa_agent.protocol import topics
from loa_agent.protocol.documents import Command, CommandAction, Window
from loa_agent.protocol.reports import ClockTrust, Record, RecordKind
from loa_agent.protocol.seal import SigningKey, seal
from makers import ALL_DAY, AUTHORITY, NOON, a_broadcast, a_config, a_manifest, sha, slip

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
TEN_MINUTES = 600_000
NOON_TO_FIVE_PAST = (Window(start="12:00", end="12:05"),)


@pytest.fixture
def station() -> FakeStation:
    """Switched on at 11:00, connected, with settings and nothing to play."""
    fresh = FakeStation()
    fresh.switch_on()
    fresh.connect()
    fresh.receive(a_config())
    return fresh


def ended(station: FakeStation) -> list[tuple[str | None, int | None]]:
    return [(record.code, record.played_ms) for record in station.kinds(RecordKind.ENDED)]


def silence_from(cue: c.Cue) -> timedelta:
    return cue.start_at + timedelta(milliseconds=cue.length_ms) - NOON


class TestHours:
    def test_narrower_hours_silence_a_play_before_they_begin(self, station: FakeStation) -> None:
        station.receive(a_manifest(a_broadcast(duration_ms=TEN_MINUTES)))
        station.until(NOON + MINUTE)
        station.receive(a_config(version=2, hours=NOON_TO_FIVE_PAST))
        station.until(NOON + 20 * MINUTE)

        stopped_ms = (5 * MINUTE - STOP_LEAD) // timedelta(milliseconds=1)
        assert ended(station) == [("outside_hours", stopped_ms)]

    def test_hours_that_exclude_now_silence_a_play_at_once(self, station: FakeStation) -> None:
        station.receive(a_manifest(a_broadcast(duration_ms=TEN_MINUTES)))
        station.until(NOON + MINUTE)
        station.receive(a_config(version=2, hours=()))

        assert station.sounding == {}
        assert ended(station) == [("outside_hours", 60_000)]

    def test_hours_silence_a_play_that_slipped(self, station: FakeStation) -> None:
        station.fail_fetch = "network"
        station.receive(a_manifest(a_broadcast(duration_ms=TEN_MINUTES, late=slip(30))))
        station.until(NOON + MINUTE)
        station.fail_fetch = None
        station.until(NOON + 4 * MINUTE)
        assert len(station.sounding) == 1
        station.receive(a_config(version=2, hours=NOON_TO_FIVE_PAST))
        station.until(NOON + 20 * MINUTE)

        assert [code for code, _ in ended(station)] == ["outside_hours"]
        assert station.kinds(RecordKind.ENDED)[-1].at == NOON + 5 * MINUTE - STOP_LEAD

    def test_the_delay_of_a_station_never_pushes_sound_out_of_its_hours(
        self, station: FakeStation
    ) -> None:
        station.receive(a_config(version=2, hours=NOON_TO_FIVE_PAST, delay_ms=2000))
        station.receive(a_manifest(a_broadcast(duration_ms=300_000)))
        station.until(NOON + 10 * MINUTE)

        (cue,) = station.cues()
        assert cue.start_at == NOON + 2 * SECOND
        assert silence_from(cue) == 5 * MINUTE

    def test_a_shorter_delay_never_lets_two_sound_at_once(self, station: FakeStation) -> None:
        station.receive(a_config(version=2, delay_ms=2000))
        station.receive(a_manifest(a_broadcast("b1"), a_broadcast("b2", NOON + MINUTE)))
        station.until(NOON + 30 * SECOND)
        station.receive(a_config(version=3, delay_ms=0))
        station.until(NOON + 5 * MINUTE)

        first, second = station.cues()
        assert silence_from(first) <= second.start_at - NOON

    def test_a_new_volume_counts_from_the_next_play_on(self, station: FakeStation) -> None:
        station.receive(a_manifest(a_broadcast("b1"), a_broadcast("b2", NOON + MINUTE)))
        station.until(NOON + 10 * SECOND)
        station.receive(a_config(version=2, volume_percent=10))
        station.until(NOON + 5 * MINUTE)

        assert [cue.volume_percent for cue in station.cues()] == [80, 10]
        assert [code for code, _ in ended(station)] == ["completed", "completed"]


class TestClock:
    def test_a_play_stops_when_the_clock_loses_trust_and_comes_back_with_it(
        self, station: FakeStation
    ) -> None:
        station.receive(a_manifest(a_broadcast(duration_ms=TEN_MINUTES)))
        station.until(NOON + MINUTE)
        station.feed(e.ClockJudged(station.now, ClockTrust.UNTRUSTED))
        assert station.sounding == {}
        station.until(NOON + 3 * MINUTE)
        station.feed(e.ClockJudged(station.now, ClockTrust.SYNCHRONISED))
        station.until(NOON + 12 * MINUTE)

        assert [code for code, _ in ended(station)] == ["clock_untrusted", "completed"]
        assert station.cues()[-1].offset_ms == 181_500

    @pytest.mark.parametrize("minutes", [3, -5])
    def test_a_clock_that_is_set_moves_the_play_to_where_it_says(
        self, station: FakeStation, minutes: int
    ) -> None:
        station.receive(a_manifest(a_broadcast(duration_ms=2 * TEN_MINUTES)))
        station.until(NOON + 6 * MINUTE)
        station.now += minutes * MINUTE
        step_ms = minutes * 60_000
        station.feed(e.ClockJudged(station.now, ClockTrust.SYNCHRONISED, step_ms))

        assert [code for code, _ in ended(station)] == ["clock_stepped"]
        assert station.cues()[-1].offset_ms == (6 + minutes) * 60_000 + 1500

    def test_a_clock_that_goes_back_is_noticed_without_being_told(
        self, station: FakeStation
    ) -> None:
        station.receive(a_manifest(a_broadcast(duration_ms=TEN_MINUTES)))
        station.until(NOON + 6 * MINUTE)
        station.now -= HOUR
        station.feed(e.Tick(station.now))

        assert station.sounding == {}
        assert [code for code, _ in ended(station)] == ["clock_stepped"]

    def test_heartbeats_reports_and_fetches_do_not_wait_for_an_hour_that_came_twice(
        self, station: FakeStation
    ) -> None:
        station.fail_fetch = "network"
        station.receive(a_manifest(a_broadcast(at=NOON + HOUR)))
        station.until(NOON)
        states, reports = len(station.states), len(station.sent)
        station.fail_fetch = None
        station.now -= HOUR
        station.feed(e.Tick(station.now))
        station.until(station.now + 2 * MINUTE)

        assert len(station.states) >= states + 2
        assert len(station.sent) > reports
        assert station.blobs == {sha("a")}

    def test_a_first_start_by_a_clock_far_ahead_silences_nobody(self) -> None:
        station = FakeStation(NOON + timedelta(days=3650))
        station.switch_on(ClockTrust.UNTRUSTED)
        station.connect()
        station.receive(a_config(), a_manifest(a_broadcast()))
        station.now = NOON - HOUR
        station.feed(e.ClockJudged(station.now, ClockTrust.SYNCHRONISED))
        station.until(NOON + 5 * MINUTE)

        assert ended(station) == [("completed", 60_000)]

    def test_the_alarm_rings_now_and_then_while_something_sounds(
        self, station: FakeStation
    ) -> None:
        station.receive(a_manifest(a_broadcast(duration_ms=TEN_MINUTES)))
        station.until(NOON + MINUTE)
        before = len([x for x in station.commands if isinstance(x, c.WakeAt)])
        station.until(NOON + 9 * MINUTE)
        after = len([x for x in station.commands if isinstance(x, c.WakeAt)])

        assert after - before < 80


class TestDocuments:
    def test_a_timetable_that_expires_falls_silent_by_its_name(self, station: FakeStation) -> None:
        until = NOON + 5 * MINUTE
        station.receive(a_manifest(a_broadcast(duration_ms=TEN_MINUTES), not_after=until))
        station.until(NOON + 20 * MINUTE)

        assert ended(station) == [("expired", 300_000)]

    def test_a_changed_authority_is_still_known_after_a_start_without_network(
        self, station: FakeStation
    ) -> None:
        second, third = SigningKey.generate(), SigningKey.generate()
        both = {AUTHORITY.kid: AUTHORITY.public_b64, second.kid: second.public_b64}
        station.receive(a_manifest(a_broadcast()))
        station.receive(a_config(version=2, keys=both))
        station.receive(a_config(version=3, keys={second.kid: second.public_b64}), key=second)
        station.receive(a_config(version=4, keys={third.kid: third.public_b64}), key=second)
        station.switch_on()
        station.connect()
        station.receive(a_config(version=5, keys={third.kid: third.public_b64}), key=third)
        station.until(NOON + 5 * MINUTE)

        assert station.kinds(RecordKind.REFUSED) == []
        assert ended(station) == [("completed", 60_000)]

    def test_a_key_that_was_replaced_is_foreign_from_then_on(self, station: FakeStation) -> None:
        second = SigningKey.generate()
        station.receive(a_config(version=2, keys={second.kid: second.public_b64}))
        station.receive(a_manifest(a_broadcast()))
        station.switch_on()
        station.receive(a_manifest(a_broadcast()))

        codes = [record.code for record in station.kinds(RecordKind.REFUSED)]
        assert codes == ["foreign_key", "foreign_key"]

    def test_settings_that_name_an_unknown_zone_are_refused_and_nothing_breaks(
        self, station: FakeStation
    ) -> None:
        nowhere = a_config(version=2).model_copy(update={"zone": "Asia/Nowhere"})
        station.receive(nowhere, a_manifest(a_broadcast()))
        station.until(NOON + 5 * MINUTE)

        assert [record.code for record in station.kinds(RecordKind.REFUSED)] == [
            "malformed_document"
        ]
        assert ended(station) == [("completed", 60_000)]

    def test_a_document_for_another_audience_is_not_for_me(self, station: FakeStation) -> None:
        station.receive(a_manifest(a_broadcast(), audience="a-khac"))

        assert [record.code for record in station.kinds(RecordKind.REFUSED)] == ["not_for_me"]
        assert "manifest/a-khac" not in station.disk

    def test_a_document_taken_off_the_broker_changes_nothing(self, station: FakeStation) -> None:
        station.receive(a_manifest(a_broadcast()))
        station.feed(e.MessageArrived(station.now, topics.manifest("a-xa"), b""))
        station.until(NOON + 5 * MINUTE)

        assert station.kinds(RecordKind.REFUSED) == []
        assert ended(station) == [("completed", 60_000)]


class TestPlays:
    def test_an_emergency_begins_at_its_instant_though_a_bulletin_sounds(
        self, station: FakeStation
    ) -> None:
        news = a_broadcast("news", duration_ms=TEN_MINUTES)
        station.receive(a_manifest(news))
        station.until(NOON + MINUTE)
        storm = a_broadcast("storm", NOON + 2 * MINUTE, letter="b", **{"class": "emergency"})
        station.receive(a_manifest(news, storm, version=2))
        station.until(NOON + 5 * MINUTE)

        cue = next(each for each in station.cues() if each.play.startswith("storm"))
        assert (cue.start_at, cue.offset_ms) == (NOON + 2 * MINUTE, 0)

    def test_a_bulletin_goes_on_when_what_would_have_interrupted_it_is_withdrawn(
        self, station: FakeStation
    ) -> None:
        news = a_broadcast("news", duration_ms=TEN_MINUTES)
        lamp = a_broadcast("lamp", NOON + 2 * MINUTE, letter="b", **{"class": "priority"})
        station.receive(a_manifest(news, lamp))
        station.until(NOON + MINUTE)
        station.receive(a_manifest(news, version=2))
        station.until(NOON + 20 * MINUTE)

        (_, first_ms), (code, second_ms) = ended(station)
        assert code == "completed"
        assert (first_ms or 0) + (second_ms or 0) >= TEN_MINUTES - 1500

    def test_the_rest_of_an_interrupted_bulletin_survives_a_power_cut_in_the_pause(
        self, station: FakeStation
    ) -> None:
        news = a_broadcast("news", duration_ms=TEN_MINUTES)
        storm = a_broadcast("storm", NOON + 2 * MINUTE, letter="b", **{"class": "emergency"})
        station.receive(a_manifest(news, storm))
        station.until(NOON + 2 * MINUTE + 30 * SECOND)
        station.switch_on()
        station.until(NOON + 12 * MINUTE)

        rest = station.cues()[-1]
        assert rest.play.startswith("news")
        assert silence_from(rest) == 10 * MINUTE

    def test_a_bulletin_that_was_completed_is_not_begun_again_after_a_power_cut(
        self, station: FakeStation
    ) -> None:
        station.receive(a_manifest(a_broadcast(duration_ms=TEN_MINUTES, late=slip(60))))
        station.until(NOON + 11 * MINUTE)
        station.switch_on()
        station.until(NOON + HOUR)

        assert ended(station) == [("completed", TEN_MINUTES)]

    def test_power_lost_between_the_record_and_the_player_claims_nothing(
        self, station: FakeStation
    ) -> None:
        station.receive(a_manifest(a_broadcast(duration_ms=TEN_MINUTES)))
        station.until(NOON - 5 * SECOND)
        armed = Record(
            sequence=len(station.journal) + 1,
            boot=1,
            at=station.now,
            kind=RecordKind.ARMED,
            occurrence="b1@2026-11-23T12:00:00",
            broadcast="b1",
            item=sha("a"),
            planned_at=NOON,
            offset_ms=0,
        )
        station.journal.append(armed)
        station.now = NOON + MINUTE
        station.switch_on()
        station.until(NOON + 20 * MINUTE)

        assert [code for code, _ in ended(station)] == ["interrupted", "completed"]
        assert ended(station)[0][1] is None

    def test_a_play_cut_by_a_long_power_cut_is_not_missed_as_well(
        self, station: FakeStation
    ) -> None:
        station.receive(a_manifest(a_broadcast(duration_ms=TEN_MINUTES)))
        station.until(NOON + 5 * MINUTE)
        station.now = NOON + HOUR
        station.switch_on()
        station.until(NOON + 2 * HOUR)

        assert ended(station) == [("interrupted", None)]
        assert station.kinds(RecordKind.MISSED) == []

    def test_a_broken_file_does_not_delay_the_next_bulletin(self, station: FakeStation) -> None:
        broken = a_broadcast("b1", duration_ms=TEN_MINUTES)
        station.receive(a_manifest(broken, a_broadcast("b2", NOON + 10 * MINUTE, letter="b")))
        station.fail_play = "decode_failed"
        station.until(NOON + 9 * MINUTE + 50 * SECOND)
        station.fail_play = None
        station.until(NOON + 20 * MINUTE)

        assert len(station.kinds(RecordKind.ARMED)) < 20
        assert (station.cues()[-1].start_at, station.cues()[-1].offset_ms) == (
            NOON + 10 * MINUTE,
            0,
        )

    def test_a_player_that_never_answers_is_given_up_and_an_emergency_is_heard(
        self, station: FakeStation
    ) -> None:
        news = a_broadcast("news", duration_ms=TEN_MINUTES)
        station.receive(a_manifest(news))
        station.until(NOON + MINUTE)
        station.deaf_player = True
        storm = a_broadcast(
            "storm", NOON + 2 * MINUTE, letter="b", duration_ms=60_000, **{"class": "emergency"}
        )
        station.receive(a_manifest(storm, version=2))
        station.until(station.now + STOP_PATIENCE + SECOND)
        assert [code for code, _ in ended(station)] == ["sink_stalled"]
        assert "sink_stalled" in station.states[-1].conditions
        station.deaf_player = False
        station.sounding = {}
        station.until(NOON + 5 * MINUTE)

        assert station.cues()[-1].start_at == NOON + 2 * MINUTE
        assert ended(station)[-1] == ("completed", 60_000)

    def test_a_play_that_does_not_end_is_stopped(self, station: FakeStation) -> None:
        station.receive(a_manifest(a_broadcast()))
        station.until(NOON + 30 * SECOND)
        ((name, cue),) = station.sounding.items()
        station.sounding[name] = c.Cue(
            name, cue.blobs, cue.start_at, 0, cue.length_ms * 10, cue.volume_percent
        )
        station.until(NOON + 5 * MINUTE)

        assert [code for code, _ in ended(station)] == ["overrun"]

    def test_a_slipped_bulletin_gives_way_once_and_comes_back_whole(
        self, station: FakeStation
    ) -> None:
        news = a_broadcast("news", duration_ms=TEN_MINUTES, late=slip(30))
        lamp = a_broadcast("lamp", NOON + 9 * MINUTE, letter="b", **{"class": "priority"})
        station.fail_fetch = "network"
        station.receive(a_manifest(news))
        station.until(NOON + MINUTE)
        station.fail_fetch = None
        station.until(NOON + 8 * MINUTE)
        station.receive(a_manifest(news, lamp, version=2))
        station.until(NOON + 30 * MINUTE)

        assert [code for code, _ in ended(station)] == ["preempted", "completed", "completed"]
        first, second, third = station.cues()
        assert [cue.play.partition("@")[0] for cue in station.cues()] == ["news", "lamp", "news"]
        assert (second.start_at, second.offset_ms) == (NOON + 9 * MINUTE, 0)
        assert (third.offset_ms, third.length_ms) == (0, TEN_MINUTES)
        assert first.start_at < second.start_at

    def test_permitted_hours_do_not_hold_back_an_emergency(self, station: FakeStation) -> None:
        station.receive(a_config(version=2, hours=()))
        station.receive(a_manifest(a_broadcast(**{"class": "emergency"})))
        station.until(NOON + 30 * SECOND)
        station.receive(a_config(version=3, hours=ALL_DAY))
        station.receive(a_config(version=4, hours=()))
        station.until(NOON + 5 * MINUTE)

        assert ended(station) == [("completed", 60_000)]


def test_a_command_for_another_audience_is_not_obeyed(station: FakeStation) -> None:
    order = Command(
        audience="a-khac",
        id="k1",
        issued_at=station.now,
        expires_at=station.now + MINUTE,
        action=CommandAction.RESTART,
    )
    raw = seal(order, AUTHORITY)
    station.feed(e.MessageArrived(station.now, topics.command("a-khac"), raw))

    assert [record.code for record in station.kinds(RecordKind.REFUSED)] == ["not_for_me"]
    assert not any(isinstance(each, c.Restart) for each in station.commands)


def test_a_disk_that_takes_nothing_is_told_and_sound_goes_on(station: FakeStation) -> None:
    station.receive(a_manifest(a_broadcast()))
    station.feed(e.StorageStalled(station.now))
    assert "storage_stalled" in station.states[-1].conditions
    station.until(NOON + 2 * MINUTE)

    assert ended(station) == [("completed", 60_000)]
    assert "storage_stalled" not in station.states[-1].conditions
