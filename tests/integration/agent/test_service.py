"""The station as a service: what the manager hears, and how little it costs."""

import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from fakes.board import Board
from fakes.town import Town
from loa_agent.protocol.reports import RecordKind
from patience import wait_until

pytestmark = pytest.mark.integration

MEGABYTE = 1_000_000
MOST_PLAYING_BYTES = 60 * MEGABYTE
MOST_IDLE_SHARE = 0.01
IDLE_S = 10.0


def test_the_service_manager_hears_that_it_is_ready_alive_and_stopping(
    town: Town, board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = tmp_path / "notify"
    monkeypatch.setenv("NOTIFY_SOCKET", str(address))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(address))
        ear.settimeout(20)
        board.switch_on()

        heard = [ear.recv(100) for _ in range(3)]
        board.end()
        while heard[-1] != b"STOPPING=1":
            heard.append(ear.recv(100))

    assert town.ledger.acked >= 0
    assert heard[0] == b"READY=1"
    assert set(heard[1:-1]) == {b"WATCHDOG=1"}


def test_a_playing_station_stays_small_and_an_idle_one_does_nothing(
    town: Town, board: Board
) -> None:
    start = (datetime.now(UTC) + timedelta(seconds=8)).replace(microsecond=0)
    town.plays(start, repeats=2)
    process = psutil.Process(board.switch_on().pid)
    wait_until(lambda: len(board.records(RecordKind.STARTED)) == 1)

    playing_bytes = process.memory_full_info().pss
    wait_until(lambda: town.ledger.acked > 0 and len(board.records(RecordKind.ENDED)) == 1)
    before = busy_s(process)
    wait_until(lambda: (datetime.now(UTC) - start).total_seconds() > 2 * 5.5 + IDLE_S, 40)
    share = (busy_s(process) - before) / IDLE_S

    assert playing_bytes < MOST_PLAYING_BYTES
    assert share < MOST_IDLE_SHARE


def busy_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system
