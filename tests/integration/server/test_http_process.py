"""The web process itself: real sockets, large bodies, open streams and sudden deaths."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from loa_server.config import Settings, to_environ
from loa_server.demo.browser import Browser
from loa_server.serve.ports import free_ports
from loa_server.serve.ready import Ready, address, prepare
from patience import wait_until
from visitors import MARK, form

pytestmark = pytest.mark.integration

MEGABYTE = 1_000_000
GIGABYTES = 2 * 1024**3
LIMIT = 20 * MEGABYTE
PATIENCE_S = 60.0


class Web:
    """A running web process and a browser that is signed in."""

    def __init__(self, settings: Settings, ready: Ready) -> None:
        self.settings = settings
        environ = {
            **os.environ,
            **to_environ(settings),
            "LOA_WEB_THREADS": "16",
            "LOA_MAX_UPLOAD_BYTES": str(LIMIT),
        }
        command = [sys.executable, "-m", "loa_server.cli", "web"]
        with (settings.data / "web.log").open("ab") as log:
            self.process = subprocess.Popen(command, env=environ, stderr=log, stdout=log)
        try:
            wait_until(lambda: answers(f"{address(settings)}/healthz"), PATIENCE_S)
            self.browser = Browser(address(settings))
            self.browser.sign_in(ready.username, ready.password or "")
        except BaseException:
            self.stop()
            raise
        self.cookie = next(iter(self.browser._cookies.cookiejar)).value or ""

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(PATIENCE_S)

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.settings.port, timeout=PATIENCE_S)

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Cookie": f"loa_session={self.cookie}",
            "X-CSRF-Token": self.browser._csrf,
            "Content-Type": f"multipart/form-data; boundary={MARK}",
        }

    def processes(self) -> list[psutil.Process]:
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]

    def worker(self) -> psutil.Process:
        return self.processes()[1]

    def uploads_bytes(self) -> int:
        """What open files without a name hold in the folder of uploads, too."""
        folder = str(self.settings.uploads)
        held = 0
        for descriptor in Path(f"/proc/{self.worker().pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                if folder in str(descriptor.readlink()):
                    held += descriptor.stat().st_size
        return held


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Ready]:
    """A data folder with the demo's province."""
    port, broker_port, control_port = free_ports(3)
    settings = Settings(
        data=tmp_path_factory.mktemp("data"),
        port=port,
        broker_port=broker_port,
        broker_control_port=control_port,
    )
    return settings, prepare(settings, demo=True)


@pytest.fixture(scope="module")
def web(prepared: tuple[Settings, Ready]) -> Iterator[Web]:
    """One that every test leaves running."""
    web = Web(*prepared)
    yield web
    web.stop()


@pytest.fixture
def mortal(prepared: tuple[Settings, Ready]) -> Iterator[Web]:
    """One of its own for a test that ends it."""
    settings, ready = prepared
    web = Web(replace(settings, port=free_ports(1)[0]), ready)
    yield web
    web.stop()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def gone(processes: list[psutil.Process]) -> bool:
    return not any(
        each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in processes
    )


def test_two_gigabytes_are_refused_before_they_are_read(web: Web) -> None:
    before = web.worker().memory_info().rss
    connection = web.connect()
    connection.putrequest("POST", "/api/v1/bulletins")
    for name, value in {**web.headers, "Content-Length": str(GIGABYTES)}.items():
        connection.putheader(name, value)
    connection.endheaders()
    connection.send(b"x" * MEGABYTE)

    answer = connection.getresponse()

    assert answer.status == 413
    assert json.loads(answer.read())["code"] == "too_large"
    connection.close()
    assert web.worker().memory_info().rss - before < 30 * MEGABYTE


def test_an_endless_upload_without_a_length_is_cut_off(web: Web) -> None:
    bulletins = web.browser.get("/bulletins")
    before = web.worker().memory_info().rss
    piece = b"x" * MEGABYTE
    head = form({"title": "Dài"}, b"").rsplit(b"\r\n--", 1)[0]
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        yield head
        while True:
            sent += len(piece)
            yield piece

    connection = web.connect()
    with contextlib.suppress(OSError):
        connection.request("POST", "/api/v1/bulletins", endless(), web.headers, encode_chunked=True)
    connection.close()

    assert sent < GIGABYTES
    wait_until(lambda: web.uploads_bytes() == 0, PATIENCE_S)
    assert web.worker().memory_info().rss - before < 30 * MEGABYTE
    assert web.browser.get("/bulletins") == bulletins


def test_a_large_upload_takes_little_memory(web: Web, tmp_path: Path) -> None:
    file = tmp_path / "large.mp3"
    file.write_bytes(os.urandom(LIMIT - MEGABYTE))
    before = web.worker().memory_info().rss

    made = web.browser.upload("/bulletins", file, {"title": "Dài"})

    assert made["status"] == "preparing"
    assert web.worker().memory_info().rss - before < 12 * MEGABYTE


def test_open_dashboards_never_starve_the_rest_and_do_not_hold_up_the_stop(mortal: Web) -> None:
    streams = []
    for _ in range(9):
        connection = mortal.connect()
        connection.request("GET", "/api/v1/events", headers=mortal.headers)
        streams.append((connection, connection.getresponse()))
    statuses = [answer.status for _, answer in streams]

    areas = mortal.browser.get("/areas")
    processes = mortal.processes()
    mortal.process.send_signal(signal.SIGTERM)

    assert statuses == [200] * 8 + [503]
    assert len(areas) >= 8
    assert mortal.process.wait(PATIENCE_S) == 0
    assert gone(processes)
    for connection, answer in streams:
        answer.close()
        connection.close()


def test_a_change_is_heard_within_a_moment(mortal: Web) -> None:
    connection = mortal.connect()
    connection.request("GET", "/api/v1/events", headers=mortal.headers)
    answer = connection.getresponse()
    heard: list[dict[str, int]] = []

    def listen() -> None:
        data = (line[6:] for line in answer if line.startswith(b"data: "))
        heard.extend(json.loads(text) for text in data)

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    wait_until(lambda: len(heard) == 1, PATIENCE_S)

    mortal.browser.post("/stations", {"name": "Loa mới", "area": "an-nhon"})

    wait_until(lambda: len(heard) == 2, PATIENCE_S)
    assert heard[1]["stations"] == heard[0]["stations"] + 1
    mortal.process.terminate()
    listener.join(PATIENCE_S)
    assert not listener.is_alive()
    connection.close()


def test_the_worker_does_not_outlive_a_killed_parent(mortal: Web) -> None:
    processes = mortal.processes()
    assert len(processes) == 2

    mortal.process.kill()
    mortal.process.wait()

    wait_until(lambda: gone(processes), PATIENCE_S)


def test_nothing_is_written_outside_the_data_folder(web: Web) -> None:
    files = {
        each.path
        for process in web.processes()
        for each in process.open_files()
        if each.mode != "r"
    }

    assert len(files) > 0
    assert all(path.startswith(str(web.settings.data)) for path in files)
    assert all(each.net_connections("unix") == [] for each in web.processes())


def test_a_port_that_is_taken_is_named_with_the_way_out(web: Web, tmp_path: Path) -> None:
    environ = {**os.environ, **to_environ(web.settings), "LOA_DATA": str(tmp_path / "other")}

    done = subprocess.run(
        [sys.executable, "-m", "loa_server.cli", "demo"],
        env=environ,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )

    assert done.returncode == 1
    assert f"port {web.settings.port} is taken" in done.stderr
    assert "LOA_PORT=" in done.stderr
    assert "Traceback" not in done.stderr


SLOW = {
    "silent": b"",
    "half_a_head": b"GET / HTTP/1.1\r\nHost: loa\r\n",
    "half_a_body": b"POST /api/v1/session HTTP/1.1\r\nHost: loa\r\n"
    b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
    "endless_body": b"POST /api/v1/session HTTP/1.1\r\nHost: loa\r\n"
    b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
    "never_hangs_up": b"GET /healthz HTTP/1.1\r\nHost: loa\r\nConnection: close\r\n\r\n",
}


@pytest.mark.parametrize("sent", SLOW.values(), ids=SLOW)
def test_visitors_who_never_finish_do_not_keep_the_others_waiting(mortal: Web, sent: bytes) -> None:
    with contextlib.ExitStack() as visitors:
        for _ in range(60):
            visitor = socket.create_connection(("127.0.0.1", mortal.settings.port))
            visitors.enter_context(contextlib.closing(visitor))
            with contextlib.suppress(OSError):
                visitor.sendall(sent)

        answered = answers(f"{address(mortal.settings)}/healthz")

    assert answered
