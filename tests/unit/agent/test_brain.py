"""Playbooks of one station: what happens to it, and what it then does."""

from datetime import timedelta

import pytest
from fakes.station import FakeStation
from loa_agent.core import commands as c
from loa_agent.core import events as e
from loa_agent.protocol import topics
from loa_agent.protocol.documents import Command, CommandAction, Late, LatePolicy, Window
from loa_agent.protocol.reports import ClockTrust, RecordKind
from loa_agent.protocol.seal import SigningKey, seal
from makers import AUTHORITY, NOON, a_broadcast, a_config, a_manifest, sha, slip

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
ENDED = RecordKind.ENDED
MISSED = RecordKind.MISSED


@pytest.fixture
def station() -> FakeStation:
    """Switched on at 11:00, connected, with settings and nothing to play."""
    fresh = FakeStation()
    fresh.switch_on()
    fresh.connect()
    fresh.receive(a_config())
    return fresh


def test_a_bulletin_is_received_fetched_armed_started_and_ended(station: FakeStation) -> None:
    station.receive(a_manifest(a_broadcast()))
    station.until(NOON + 2 * MINUTE)

    kinds = [r.kind for r in station.journal if r.kind is not RecordKind.BOOTED]
    assert kinds == [
        RecordKind.RECEIVED,
        RecordKind.RECEIVED,
        RecordKind.FETCHED,
        RecordKind.ARMED,
        RecordKind.STARTED,
        ENDED,
    ]
    (cue,) = station.cues()
    assert (cue.start_at, cue.offset_ms, cue.length_ms) == (NOON, 0, 60_000)
    assert station.journal[-1].code == "completed"
    assert station.journal[-1].played_ms == 60_000


def test_it_plays_on_time_without_network(station: FakeStation) -> None:
    station.receive(a_manifest(a_broadcast()))
    station.disconnect()
    station.until(NOON + 2 * MINUTE)

    assert [r.code for r in station.kinds(ENDED)] == ["completed"]


def test_the_armed_record_is_written_before_the_player_is_asked(station: FakeStation) -> None:
    station.receive(a_manifest(a_broadcast()))
    station.until(NOON)

    armed = next(
        i
        for i, x in enumerate(station.commands)
        if isinstance(x, c.Journal) and x.record.kind is RecordKind.ARMED
    )
    cue = next(i for i, x in enumerate(station.commands) if isinstance(x, c.Cue))
    assert armed < cue


def test_it_subscribes_to_its_audiences_and_nothing_else(station: FakeStation) -> None:
    subscribed = [x for x in station.commands if isinstance(x, c.Subscribe)][-1]

    assert set(subscribed.topics) == {
        topics.config("tram-1"),
        topics.ack("tram-1"),
        *(
            f(a)
            for f in (topics.manifest, topics.alert, topics.command)
            for a in a_config().audiences
        ),
    }


def test_audio_that_comes_late_is_joined_in_the_middle(station: FakeStation) -> None:
    station.fail_fetch = "network"
    station.receive(a_manifest(a_broadcast(duration_ms=600_000)))
    station.until(NOON + 3 * MINUTE)
    station.fail_fetch = None
    station.until(NOON + 9 * MINUTE)

    (cue,) = station.cues()
    assert cue.start_at > NOON + 3 * MINUTE
    assert cue.offset_ms == (cue.start_at - NOON) / timedelta(milliseconds=1)


def test_audio_that_never_comes_is_missed_with_the_reason(station: FakeStation) -> None:
    station.fail_fetch = "network"
    station.receive(a_manifest(a_broadcast()))
    station.until(NOON + 2 * MINUTE)

    assert [r.code for r in station.kinds(MISSED)] == ["not_fetched"]
    assert len(station.kinds(RecordKind.FETCH_FAILED)) == 1


def test_an_item_that_may_slip_is_played_whole_later(station: FakeStation) -> None:
    station.fail_fetch = "network"
    station.receive(a_manifest(a_broadcast(late=slip(30))))
    station.until(NOON + 5 * MINUTE)
    station.fail_fetch = None
    station.until(NOON + 30 * MINUTE)

    (cue,) = station.cues()
    assert (cue.offset_ms, cue.length_ms) == (0, 60_000)
    assert [r.code for r in station.kinds(ENDED)] == ["completed"]


def test_an_item_that_must_be_on_time_is_dropped_when_late(station: FakeStation) -> None:
    station.fail_fetch = "network"
    late = Late(policy=LatePolicy.DROP)
    station.receive(a_manifest(a_broadcast(late=late, duration_ms=600_000)))
    station.until(NOON + 10 * SECOND)
    station.fail_fetch = None
    station.until(NOON + 20 * MINUTE)

    assert station.cues() == []
    assert [r.code for r in station.kinds(MISSED)] == ["not_fetched"]


def test_an_untrusted_clock_plays_nothing_until_it_knows_better() -> None:
    station = FakeStation(NOON - 30 * MINUTE)
    station.switch_on(ClockTrust.UNTRUSTED)
    station.connect()
    station.receive(a_config(), a_manifest(a_broadcast(duration_ms=600_000)))
    station.blobs.add(sha("a"))
    station.feed(e.FetchDone(station.now, sha("a")))
    station.until(NOON + MINUTE)
    silent = list(station.cues())
    station.feed(e.ClockJudged(station.now, ClockTrust.HELD_OVER))
    station.until(NOON + 9 * MINUTE)

    assert silent == []
    assert station.cues()[0].offset_ms > 60_000


def test_outside_permitted_hours_nothing_sounds_though_the_server_asks(
    station: FakeStation,
) -> None:
    station.receive(a_config(version=2, hours=(Window(start="13:00", end="14:00"),)))
    station.receive(a_manifest(a_broadcast()))
    station.until(NOON + 5 * MINUTE)

    assert station.cues() == []
    assert [r.code for r in station.kinds(MISSED)] == ["outside_hours"]


def test_withdrawing_a_broadcast_stops_the_sound_at_once(station: FakeStation) -> None:
    station.receive(a_manifest(a_broadcast(duration_ms=600_000)))
    station.until(NOON + MINUTE)
    station.receive(a_manifest(version=2))

    assert station.sounding == {}
    assert [(r.code, r.played_ms) for r in station.kinds(ENDED)] == [("withdrawn", 60_000)]


def test_an_emergency_interrupts_and_the_bulletin_comes_back(station: FakeStation) -> None:
    news = a_broadcast("news", duration_ms=600_000)
    station.receive(a_manifest(news))
    station.until(NOON + MINUTE)
    storm = a_broadcast("storm", NOON + MINUTE + 10 * SECOND, **{"class": "emergency"})
    station.receive(a_manifest(news, storm, version=2))
    station.until(NOON + 12 * MINUTE)

    ended = [(r.broadcast, r.code) for r in station.kinds(ENDED)]
    assert ended == [("news", "preempted"), ("storm", "completed"), ("news", "completed")]
    assert station.cues()[-1].offset_ms >= 130_000


def test_two_items_back_to_back_leave_no_gap(station: FakeStation) -> None:
    one, two = a_broadcast("b1"), a_broadcast("b2", NOON + MINUTE, letter="b")
    station.receive(a_manifest(one, two))
    station.until(NOON + 5 * MINUTE)

    assert [(cue.start_at, cue.offset_ms) for cue in station.cues()] == [
        (NOON, 0),
        (NOON + MINUTE, 0),
    ]


def test_a_power_cut_in_the_middle_is_written_down_and_the_rest_is_played(
    station: FakeStation,
) -> None:
    station.receive(a_manifest(a_broadcast(duration_ms=600_000)))
    station.until(NOON + MINUTE)
    station.now = NOON + 4 * MINUTE
    station.switch_on()
    station.until(NOON + 12 * MINUTE)

    assert [r.code for r in station.kinds(ENDED)] == ["interrupted", "completed"]
    assert station.cues()[-1].offset_ms > 240_000


def test_what_was_due_while_the_power_was_off_is_missed_once(station: FakeStation) -> None:
    station.receive(a_manifest(a_broadcast()))
    station.until(NOON - MINUTE)
    for hours in (2, 3):
        station.now = NOON + timedelta(hours=hours)
        station.switch_on()

    assert [r.code for r in station.kinds(MISSED)] == ["station_off"]


def test_nothing_is_missed_from_before_the_station_existed() -> None:
    station = FakeStation(NOON + MINUTE * 30)
    station.switch_on()
    station.receive(a_config(), a_manifest(a_broadcast()))
    station.until(NOON + timedelta(hours=2))

    assert station.kinds(MISSED) == []


@pytest.mark.parametrize(
    ("version", "key", "code"),
    [(1, AUTHORITY, "older"), (9, SigningKey.generate(), "foreign_key")],
)
def test_a_document_that_may_not_be_obeyed_is_refused_and_reported_once(
    station: FakeStation, version: int, key: SigningKey, code: str
) -> None:
    station.receive(a_manifest(a_broadcast(), version=5))
    for _ in range(3):
        station.receive(a_manifest(version=version), key=key)
    station.until(NOON + 2 * MINUTE)

    (refused,) = station.kinds(RecordKind.REFUSED)
    assert (refused.code, refused.document) == (code, "manifest/a-xa")
    assert len(station.cues()) == 1


def test_plain_text_on_a_document_topic_is_refused(station: FakeStation) -> None:
    station.feed(e.MessageArrived(station.now, topics.manifest("a-xa"), b'{"version": 9}'))

    assert [r.code for r in station.kinds(RecordKind.REFUSED)] == ["unsigned"]


def test_a_sound_card_that_fails_is_tried_again_while_the_item_is_due(station: FakeStation) -> None:
    station.receive(a_manifest(a_broadcast(duration_ms=600_000)))
    station.fail_play = "no_sound_card"
    station.until(NOON + 20 * SECOND)
    assert "no_sound_card" in station.states[-1].conditions
    station.fail_play = None
    station.until(NOON + 12 * MINUTE)

    assert station.kinds(ENDED)[-1].code == "completed"
    assert station.states[-1].conditions == ()


def test_a_report_goes_out_once_and_again_only_when_no_answer_comes(station: FakeStation) -> None:
    before = len(station.sent)
    station.until(station.now + 5 * SECOND)
    assert len(station.sent) == before
    station.until(station.now + 6 * SECOND)
    assert len(station.sent) == before + 1


def test_what_is_acknowledged_is_not_sent_again(station: FakeStation) -> None:
    station.acknowledge(len(station.journal))
    before = len(station.sent)
    station.until(NOON)

    assert station.acked == len(station.journal)
    assert len(station.sent) == before


def test_an_acknowledgement_of_what_was_never_written_is_cut_to_what_was(
    station: FakeStation,
) -> None:
    station.acknowledge(10_000)

    assert station.acked == len(station.journal)


def test_a_command_is_obeyed_once_and_not_after_it_expired(station: FakeStation) -> None:
    def order(name: str, expires_in: timedelta) -> None:
        command = Command(
            audience="a-xa",
            id=name,
            issued_at=station.now,
            expires_at=station.now + expires_in,
            action=CommandAction.TEST_TONE,
        )
        raw = seal(command, AUTHORITY)
        station.feed(e.MessageArrived(station.now, topics.command("a-xa"), raw))

    order("k1", MINUTE)
    order("k1", MINUTE)
    order("k2", -MINUTE)

    assert len([x for x in station.commands if isinstance(x, c.PlayTestTone)]) == 1
    assert [r.code for r in station.kinds(RecordKind.REFUSED)] == ["expired"]


def test_the_state_says_what_sounds_while_it_sounds(station: FakeStation) -> None:
    station.receive(a_manifest(a_broadcast()))
    station.until(NOON + SECOND)
    assert station.states[-1].playing == "b1@2026-11-23T12:00:00"
    station.until(NOON + 2 * MINUTE)
    assert station.states[-1].playing is None


def test_settings_can_bring_a_new_authority_key(station: FakeStation) -> None:
    successor = SigningKey.generate()
    keys = {successor.kid: successor.public_b64}
    station.receive(a_config(version=2, keys=keys))
    station.receive(a_manifest(a_broadcast()), key=successor)
    station.until(NOON + 2 * MINUTE)

    assert [r.code for r in station.kinds(ENDED)] == ["completed"]


def test_a_nearly_full_disk_loses_only_audio_no_document_names(station: FakeStation) -> None:
    station.receive(a_manifest(a_broadcast(letter="a"), a_broadcast("b2", letter="b")))
    station.receive(a_manifest(a_broadcast(letter="a"), version=2))
    station.feed(e.DiskMeasured(station.now, 1000))

    assert station.blobs == {sha("a")}


def test_an_expired_timetable_no_longer_sounds(station: FakeStation) -> None:
    station.receive(a_manifest(a_broadcast(), not_after=NOON - MINUTE))
    station.until(NOON + 5 * MINUTE)

    assert station.cues() == []


def test_audio_that_was_lost_from_the_disk_is_fetched_again(station: FakeStation) -> None:
    station.receive(a_manifest(a_broadcast()))
    station.blobs.discard(sha("a"))

    station.feed(e.BlobLost(station.now, sha("a")))

    assert station.blobs == {sha("a")}
    station.until(NOON + 2 * MINUTE)
    assert [r.code for r in station.kinds(ENDED)] == ["completed"]


def test_a_disk_that_takes_nothing_is_a_condition_until_a_record_is_durable(
    station: FakeStation,
) -> None:
    station.feed(e.StorageStalled(station.now))
    assert station.states[-1].conditions == ("storage_stalled",)

    station.feed(e.Journaled(station.now, len(station.journal)))

    assert station.states[-1].conditions == ()
