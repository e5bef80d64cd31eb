"""`loa demo` as a newcomer uses it: real processes from the first line to the last."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from loa_server.config import Settings, to_environ
from loa_server.demo import command
from loa_server.demo.browser import Browser
from loa_server.demo.check import check
from loa_server.serve.ports import free_ports
from loa_server.serve.ready import address
from patience import wait_until

pytestmark = pytest.mark.integration

PATIENCE_S = 120.0
CHECK_S = 300.0
LOA = (sys.executable, "-m", "loa_server.cli")


class Demo:
    """A running `loa demo --json` and what it said."""

    def __init__(self, folder: Path) -> None:
        port, broker_port, control_port = free_ports(3)
        self.settings = Settings(
            data=folder, port=port, broker_port=broker_port, broker_control_port=control_port
        )
        self.environ = {**os.environ, **to_environ(self.settings)}

    def start(self) -> None:
        self.process = subprocess.Popen(
            [*LOA, "demo", "--json"],
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        self.said = json.loads(self.process.stdout.readline())

    def family(self) -> list[psutil.Process]:
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]

    def end(self, sign: signal.Signals) -> int:
        """Exit status; fails when anybody is left."""
        family = self.family()
        self.process.send_signal(sign)
        status = self.process.wait(PATIENCE_S)
        wait_until(lambda: not any(lives(each) for each in family), PATIENCE_S)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return status

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*LOA, *arguments],
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )


def lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    demo = Demo(tmp_path)
    yield demo
    if demo.process.poll() is None:
        demo.end(signal.SIGKILL)


def test_the_check_proves_that_every_station_played(tmp_path: Path) -> None:
    environ = {**os.environ, "LOA_DATA": str(tmp_path / "untouched"), "TMPDIR": str(tmp_path)}

    done = subprocess.run(
        [*LOA, "demo", "--check", "--json"],
        env=environ,
        capture_output=True,
        text=True,
        timeout=CHECK_S,
        check=False,
    )

    assert done.returncode == 0, done.stderr + done.stdout
    result = json.loads(done.stdout)
    assert (result["name"], result["ok"]) == ("demo-check", True)
    stations = result["stations"]
    assert sorted(each["station"] for each in stations) == ["phu-cat-1", "phu-cat-2", "tuy-phuoc-1"]
    assert all(each["ok"] and abs(each["difference_ms"]) <= 50 for each in stations)
    assert len({each["sha256"] for each in stations}) == 1
    assert list(tmp_path.iterdir()) == []
    assert [each.pid for each in psutil.process_iter() if str(tmp_path) in line(each)] == []


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_on_postgresql_every_station_proves_its_play_too(demo: Demo, database_url: str) -> None:
    demo.environ["LOA_DATABASE_URL"] = database_url
    demo.start()
    browser = Browser(demo.said["address"])
    browser.sign_in(demo.said["username"], demo.said["password"])

    proofs = check(browser, command.SPEECH)

    assert sorted(each.station for each in proofs) == demo.said["stations"]
    assert all(each.ok for each in proofs), proofs
    assert not (demo.settings.data / "loa.db").exists()
    assert demo.end(signal.SIGTERM) == 0


def line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def test_without_samples_the_check_says_so_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(command, "SPEECH", tmp_path / "none.mp3")

    status = command.run_check(as_json=True)

    result = json.loads(capsys.readouterr().out)
    assert status == 1
    assert result["ok"] is False
    assert result["error"].startswith("no_samples:")


def test_a_newcomer_gets_an_address_and_a_password_that_work(demo: Demo) -> None:
    demo.start()

    browser = Browser(demo.said["address"])
    browser.sign_in(demo.said["username"], demo.said["password"])

    assert demo.said["address"] == address(demo.settings)
    assert demo.said["stations"] == ["phu-cat-1", "phu-cat-2", "tuy-phuoc-1"]
    wait_until(
        lambda: all(each["status"] == "online" for each in browser.get("/stations")), PATIENCE_S
    )
    hours = [area["hours"] for area in browser.get("/areas") if area["id"] == "gia-lai"]
    assert (hours[0][0]["start"], hours[0][0]["end"]) == ("00:00", "24:00")
    assert demo.end(signal.SIGINT) == 0


def test_the_second_start_keeps_the_password_and_a_reset_replaces_it(demo: Demo) -> None:
    demo.start()
    first = demo.said
    assert demo.end(signal.SIGTERM) == 0

    demo.start()
    reset = demo.run("account", "reset", "admin")
    unknown = demo.run("account", "reset", "nobody")

    assert demo.said == {**first, "password": None}
    Browser(demo.said["address"]).sign_in("admin", reset.stdout.strip())
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "not_found" in unknown.stderr
    assert demo.end(signal.SIGTERM) == 0


def test_a_killed_demo_leaves_nobody_behind(demo: Demo) -> None:
    demo.start()
    assert len(demo.family()) >= 8

    assert demo.end(signal.SIGKILL) == -signal.SIGKILL


def test_a_station_that_dies_is_started_again(demo: Demo) -> None:
    demo.start()
    browser = Browser(demo.said["address"])
    browser.sign_in(demo.said["username"], demo.said["password"])
    station = next(each for each in demo.family() if "phu-cat-1" in line(each))

    station.kill()

    wait_until(lambda: any("phu-cat-1" in line(each) for each in demo.family()), PATIENCE_S)
    with urllib.request.urlopen(f"{demo.said['address']}/healthz", timeout=10) as answer:
        assert answer.status == 200
