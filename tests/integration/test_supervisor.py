"""The supervisor with real child processes."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from loa_server.workers import supervisor as module
from loa_server.workers.supervisor import Program, Supervisor, log_file
from patience import wait_until

pytestmark = pytest.mark.integration

PATIENCE_S = 120.0
"""Only a failure waits so long; a busy machine takes seconds to start one process."""
WAITS = (sys.executable, "-c", "import signal; signal.pause()")
DIES = ("/bin/sh", "-c", "exit 3")
DEAF = """
import pathlib, signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).touch()
while True:
    signal.pause()
"""


def alive(pid: int) -> bool:
    """What is dead may still be listed where nobody collects orphans."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


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
    child = supervisor._children[0]
    due: list[float] = []
    started: list[float] = []
    supervisor.start()

    def died_again() -> bool:
        if caplog.text.count("child_died") > len(due):
            due.append(child.due_at)
            started.append(child.started_at)
        return len(due) == 4

    look_until(supervisor, died_again)
    supervisor.stop()

    # However slow the machine: no start before its time, and the next pause is twice as long.
    assert all(
        next_start >= earliest for earliest, next_start in zip(due, started[1:], strict=False)
    )
    assert child.pause_s == pytest.approx(16 * module.FIRST_PAUSE_S)
    assert caplog.text.count("child_died name=weak code=3") == 4


def test_nobody_is_left_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    waits = f"import os, pathlib, signal; pathlib.Path({str(told)!r}).write_text(str(os.getpid()))"
    script = (
        "from loa_server.workers.supervisor import Program, Supervisor\n"
        f"Supervisor([Program('one', ({sys.executable!r}, '-c', {waits + '; signal.pause()'!r}))])"
        ".watch()"
    )
    parent = subprocess.Popen([sys.executable, "-c", script])
    wait_until(lambda: told.exists() and told.read_text() != "", PATIENCE_S)
    child = int(told.read_text())

    parent.kill()
    parent.wait()

    wait_until(lambda: not alive(child), PATIENCE_S)


def test_what_children_say_goes_into_a_file_of_their_own(tmp_path: Path) -> None:
    says = (sys.executable, "-c", "import sys; print('out'); print('err', file=sys.stderr)")
    supervisor = Supervisor([Program("station phu-cat-1", says)], tmp_path)
    path = log_file(tmp_path, "station phu-cat-1")

    supervisor.start()
    look_until(supervisor, lambda: {"out", "err"} <= set(path.read_text().split()))
    supervisor.stop()

    assert path.name == "station-phu-cat-1.log"


def test_a_request_to_stop_ends_the_watch(supervisor: Supervisor) -> None:
    watcher = threading.Thread(target=supervisor.watch)
    watcher.start()

    supervisor.request_stop(signal.SIGTERM, None)
    watcher.join(PATIENCE_S)

    assert not watcher.is_alive()
    assert supervisor.pids() == {}
