"""The supervisor with real child processes."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from loa_server.workers import supervisor as module
from loa_server.workers.supervisor import Program, Supervisor

pytestmark = pytest.mark.integration

PATIENCE_S = 10.0
WAITS = (sys.executable, "-c", "import signal; signal.pause()")
DIES = (sys.executable, "-c", "raise SystemExit(3)")
DEAF = """
import pathlib, signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).touch()
while True:
    signal.pause()
"""


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def look_until(supervisor: Supervisor, condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    never = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "condition did not come true in time"
        supervisor.look()
        never.wait(0.02)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 0.05)
    monkeypatch.setattr(module, "STOP_TIMEOUT_S", 0.5)


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    supervisor = Supervisor([Program("one", WAITS), Program("two", WAITS)])
    supervisor.start()
    yield supervisor
    supervisor.stop()


def test_a_killed_child_is_started_again_and_the_other_is_left_alone(
    supervisor: Supervisor,
) -> None:
    before = supervisor.pids()

    os.kill(before["one"], signal.SIGKILL)

    look_until(supervisor, lambda: supervisor.pids().get("one") not in {None, before["one"]})
    assert supervisor.pids()["two"] == before["two"]


def test_stopping_ends_every_child(supervisor: Supervisor) -> None:
    pids = supervisor.pids().values()

    supervisor.stop()

    assert not any(alive(pid) for pid in pids)


def test_a_child_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    deaf_now = tmp_path / "deaf-now"
    supervisor = Supervisor([Program("deaf", (sys.executable, "-c", DEAF, str(deaf_now)))])
    supervisor.start()
    look_until(supervisor, deaf_now.exists)
    pid = supervisor.pids()["deaf"]

    supervisor.stop()

    assert not alive(pid)


def test_a_child_that_keeps_dying_waits_longer_each_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("ERROR")
    supervisor = Supervisor([Program("weak", DIES)])
    supervisor.start()

    look_until(supervisor, lambda: caplog.text.count("child_died") >= 3)

    assert supervisor._children[0].pause_s >= 0.2
    supervisor.stop()


def test_a_request_to_stop_ends_the_watch(supervisor: Supervisor) -> None:
    watcher = threading.Thread(target=supervisor.watch)
    watcher.start()

    supervisor.request_stop(signal.SIGTERM, None)
    watcher.join(PATIENCE_S)

    assert not watcher.is_alive()
    assert supervisor.pids() == {}
