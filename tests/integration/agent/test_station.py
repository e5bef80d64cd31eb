"""A whole station as a process: enrolled, fetching, playing, reporting, and cut off meanwhile."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fakes.board import Board
from fakes.town import STATION, VOICE_MS, Town
from loa_agent.protocol.reports import ClockTrust, Record, RecordKind, State, StationStatus
from patience import wait_until

pytestmark = pytest.mark.integration

LONG_S = 60.0
ON_TIME = timedelta(milliseconds=100)
PLAYED_MS = 150
"""A file's sound is counted by the card in pieces."""


def soon(seconds: float) -> datetime:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).replace(microsecond=0)


def state_of(town: Town) -> State | None:
    presence = town.ledger.states.get(STATION)
    return None if presence is None else presence.state


def is_online(town: Town, boot: int) -> bool:
    state = state_of(town)
    return state is not None and (state.status, state.boot) == (StationStatus.ONLINE, boot)


def reported(town: Town, kind: RecordKind) -> list[Record]:
    return [r for _, r in sorted(town.ledger.records.items()) if r.kind is kind]


def assert_delivered_exactly_once(town: Town, board: Board) -> None:
    written = board.records()
    assert [r.sequence for r in written] == list(range(1, len(written) + 1))
    assert [town.ledger.records[r.sequence] for r in written] == written
    assert (town.ledger.gaps, town.ledger.doubled) == ([], [])


def test_a_bulletin_goes_from_the_server_to_the_loudspeaker_and_its_proof_comes_back(
    town: Town, board: Board
) -> None:
    board.switch_on()
    wait_until(lambda: is_online(town, 1))
    start = soon(8)

    town.plays(start)
    wait_until(lambda: len(reported(town, RecordKind.ENDED)) == 1)

    (started,), (ended,) = reported(town, RecordKind.STARTED), reported(town, RecordKind.ENDED)
    assert started.planned_at == start
    assert started.actual_at is not None
    assert abs(started.actual_at - start) < ON_TIME
    assert ended.code == "completed"
    assert ended.played_ms is not None
    assert abs(ended.played_ms - VOICE_MS) <= PLAYED_MS
    assert list((board.folder / "sound").glob("*.wav"))
    wait_until(lambda: town.ledger.acked == len(board.records()))
    assert_delivered_exactly_once(town, board)


def test_the_check_of_a_good_station_is_good_and_disturbs_nothing(town: Town, board: Board) -> None:
    board.switch_on()
    wait_until(lambda: is_online(town, 1) and len(board.records()) >= 3)

    done = board.command("check", "--virtual", "--json")

    told = json.loads(done.stdout)
    outcomes = {check["about"]: check["outcome"] for check in told["checks"]}
    assert (done.returncode, told["ok"]) == (0, True), outcomes
    assert outcomes["enrolment"] == "enrolled"
    assert outcomes["broker"] == "broker_fine"
    assert outcomes["keys"] == "documents_fine"
    state = state_of(town)
    assert state is not None
    assert (state.status, state.connection) == (StationStatus.ONLINE, 1)


def test_the_check_names_each_thing_that_is_away(town: Town, board: Board) -> None:
    board.switch_on()
    wait_until(lambda: is_online(town, 1) and len(board.records()) >= 3)
    board.end()
    town.stop_http()
    town.stop_broker()

    done = board.command("check", "--virtual", "--json")

    told = json.loads(done.stdout)
    wrong = {check["about"]: check["outcome"] for check in told["checks"] if not check["ok"]}
    assert done.returncode == 1
    assert wrong == {"server": "server_unreachable", "broker": "broker_unreachable"}


def test_a_broker_that_knows_another_password_is_named(town: Town, board: Board) -> None:
    town.directory.password = "another-password-of-some-length"
    town.access.allow(town.directory.access())

    done = board.command("check", "--virtual", "--json")

    told = json.loads(done.stdout)
    wrong = {check["about"]: check["outcome"] for check in told["checks"] if not check["ok"]}
    assert wrong["broker"] == "broker_refused"


def test_cut_off_it_plays_on_time_and_delivers_its_journal_when_all_is_back(
    town: Town, board: Board
) -> None:
    board.switch_on()
    wait_until(lambda: is_online(town, 1))
    first, second = soon(9), soon(34)
    town.plays(first, second)
    wait_until(lambda: bool(reported(town, RecordKind.FETCHED)))

    town.stop_http()
    town.stop_bridge()
    town.stop_broker()
    wait_until(lambda: len(board.records(RecordKind.ENDED)) == 1)
    # The power fails too, while nothing can be asked of anybody.
    board.kill()
    board.switch_on()
    wait_until(lambda: len(board.records(RecordKind.ENDED)) == 2, LONG_S)
    town.start()
    wait_until(lambda: town.ledger.acked == len(board.records()))

    started = reported(town, RecordKind.STARTED)
    assert [r.planned_at for r in started] == [first, second]
    for record in started:
        assert record.actual_at is not None
        assert record.planned_at is not None
        assert abs(record.actual_at - record.planned_at) < ON_TIME
    assert [r.code for r in reported(town, RecordKind.ENDED)] == ["completed"] * 2
    assert_delivered_exactly_once(town, board)


def test_a_station_switched_on_in_the_middle_joins_at_the_right_place(
    town: Town, board: Board
) -> None:
    board.switch_on()
    wait_until(lambda: is_online(town, 1))
    start = soon(8)
    town.plays(start, repeats=4)
    wait_until(lambda: len(board.records(RecordKind.STARTED)) == 1)

    board.kill()
    board.switch_on()
    wait_until(lambda: len(reported(town, RecordKind.ENDED)) == 2, LONG_S)

    interrupted, completed = reported(town, RecordKind.ENDED)
    assert (interrupted.code, completed.code) == ("interrupted", "completed")
    assert completed.offset_ms is not None
    assert 0 < completed.offset_ms < 4 * VOICE_MS
    joined = reported(town, RecordKind.STARTED)[-1]
    assert joined.actual_at is not None
    due = start + timedelta(milliseconds=completed.offset_ms)
    assert abs(joined.actual_at - due) < ON_TIME


def test_a_pulled_plug_is_told_by_the_will_and_never_speaks_for_the_next_start(
    town: Town, board: Board
) -> None:
    states: list[bytes] = []
    town.hear(lambda topic, raw: states.append(raw) if topic.endswith("/state") else None)
    board.switch_on()
    wait_until(lambda: is_online(town, 1))

    board.kill()
    wait_until(lambda: state_of(town).status is StationStatus.OFFLINE)  # type: ignore[union-attr]
    will = states[-1]
    board.switch_on()
    wait_until(lambda: is_online(town, 2))
    taken_in = town.ledger.committed
    town.bus.publish(f"loa/1/up/{STATION}/state", will, retain=False)
    wait_until(lambda: states.count(will) == 2 and town.ledger.committed > taken_in)

    assert is_online(town, 2)


def test_an_orderly_end_says_so_and_writes_down_what_it_broke_off(town: Town, board: Board) -> None:
    town.plays(soon(8), repeats=3)
    board.switch_on()
    wait_until(lambda: len(board.records(RecordKind.STARTED)) == 1)

    code = board.end()

    assert code == 0
    wait_until(lambda: state_of(town).status is StationStatus.OFFLINE)  # type: ignore[union-attr]
    wait_until(lambda: [r.code for r in reported(town, RecordKind.ENDED)] == ["stopped"])
    assert "Traceback" not in board.said()


def test_a_machine_without_ntp_trusts_its_clock_by_the_servers_signed_word(
    town: Town, board: Board
) -> None:
    board.switch_on()

    def believes() -> bool:
        state = state_of(town)
        return state is not None and state.clock is not ClockTrust.UNTRUSTED

    wait_until(believes)


def test_enrolled_anew_the_board_begins_a_new_journal_at_the_granted_numbers(
    town: Town, board: Board
) -> None:
    board.switch_on()
    wait_until(lambda: town.ledger.acked >= 3)
    board.end()
    former = town.ledger.acked
    town.first_boot, town.first_sequence = 9, 501
    town.ledger.acked = 500

    board.enrol(town)
    board.switch_on()
    wait_until(lambda: town.ledger.acked > 502)

    written = board.records()
    assert written[0].sequence == 501
    assert {r.boot for r in written} == {9}
    assert former < 500
    assert town.ledger.gaps == []


def test_two_processes_never_play_from_one_folder(town: Town, board: Board) -> None:
    board.switch_on()
    wait_until(lambda: is_online(town, 1))

    second = board.command("run", "--virtual")

    assert second.returncode == 1
    assert "Run only one" in second.stderr
    assert board.is_alive()


def test_the_files_of_a_station_are_private(town: Town, board: Board) -> None:
    town.plays(soon(3600))
    board.switch_on()
    wait_until(lambda: bool(reported(town, RecordKind.FETCHED)))
    board.end()

    secret = [board.folder / name for name in ("identity.json", "station.pem")]
    assert [path.stat().st_mode & 0o777 for path in secret] == [0o600, 0o600]
    open_to_others = [p for p in _files(board.folder / "blobs") if p.stat().st_mode & 0o077]
    assert open_to_others == []


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
