"""Presence: a newer word wins, an old will never does, silence alone loses a station."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from loa_agent.protocol.reports import State, StationStatus
from loa_server.application.ingest_state import Presence, ingest_state
from loa_server.application.sweep_presence import SILENCE, sweep_presence

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
ONLINE, OFFLINE = StationStatus.ONLINE, StationStatus.OFFLINE


class FakePresences(dict[str, Presence]):
    """Presences in memory."""

    def find(self, station: str) -> Presence | None:
        return self.get(station)

    def keep(self, presence: Presence) -> None:
        self[presence.state.station] = presence


class FakeSilent:
    """Stations counted as online with the instant of their last word."""

    def __init__(self, heard: dict[str, datetime]) -> None:
        self.heard = heard
        self.lost: list[str] = []

    def online_unheard_since(self, instant: datetime) -> Sequence[str]:
        return [station for station, at in self.heard.items() if at < instant]

    def mark_lost(self, station: str, noted_at: datetime) -> None:
        assert noted_at == NOW
        self.lost.append(station)


def state(boot: int, connection: int, status: StationStatus = ONLINE) -> State:
    return State(station="phu-cat-1", boot=boot, connection=connection, status=status, sent_at=NOW)


def hear(
    presences: FakePresences, message: State, *, at: datetime = NOW, retained: bool = False
) -> bool:
    return ingest_state(state=message, retained=retained, presences=presences, now=at)


def test_the_first_word_of_a_station_is_kept() -> None:
    presences = FakePresences()

    assert hear(presences, state(1, 1))

    assert presences["phu-cat-1"] == Presence(state(1, 1), NOW)


def test_the_will_of_the_present_connection_takes_the_station_offline() -> None:
    presences = FakePresences()
    hear(presences, state(1, 1))

    assert hear(presences, state(1, 1, OFFLINE))

    assert presences["phu-cat-1"].state.status is OFFLINE


def test_an_old_will_never_marks_a_reconnected_station_lost() -> None:
    presences = FakePresences()
    hear(presences, state(3, 7))
    hear(presences, state(3, 8))

    assert not hear(presences, state(3, 7, OFFLINE))

    assert presences["phu-cat-1"].state.status is ONLINE


def test_the_will_of_an_earlier_boot_loses_whatever_its_connection_number() -> None:
    presences = FakePresences()
    hear(presences, state(4, 1))

    assert not hear(presences, state(3, 99, OFFLINE))


def test_a_retained_word_does_not_count_as_heard_now() -> None:
    presences = FakePresences()
    hear(presences, state(1, 1))

    hear(presences, state(1, 1), at=NOW + timedelta(hours=1), retained=True)

    assert presences["phu-cat-1"].seen_at == NOW


def test_a_retained_word_of_an_unknown_station_dates_from_when_it_was_sent() -> None:
    presences = FakePresences()

    hear(presences, state(1, 1), at=NOW + timedelta(hours=1), retained=True)

    assert presences["phu-cat-1"].seen_at == NOW


def test_a_silent_station_is_lost() -> None:
    stations = FakeSilent({"phu-cat-1": NOW - SILENCE - timedelta(seconds=1), "tuy-phuoc-1": NOW})

    lost = sweep_presence(stations=stations, listening_since=NOW - timedelta(hours=1), now=NOW)

    assert lost == stations.lost == ["phu-cat-1"]


def test_silence_proves_nothing_while_the_server_has_just_begun_to_listen() -> None:
    stations = FakeSilent({"phu-cat-1": NOW - timedelta(days=1)})

    assert sweep_presence(stations=stations, listening_since=NOW, now=NOW) == []
    assert sweep_presence(stations=stations, listening_since=None, now=NOW) == []
    assert stations.lost == []
