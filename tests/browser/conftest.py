"""A real demo, a real browser, and a visitor who never leaves this machine."""

import json
import os
import subprocess
import sys
import threading
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import numpy as np
import pytest
from loa_server.demo.programs import free_ports
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
START_S = 90.0
PREPARE_S = 20
TONE_HZ = 440
TONE_S = 30
SAMPLE_RATE = 48_000

expect.set_options(timeout=20_000)


@dataclass(frozen=True)
class Demo:
    """Where the demo runs and who may sign in."""

    address: str
    username: str
    password: str
    stations: tuple[str, ...]


@dataclass
class Visitor:
    """A person at a screen; what went wrong behind it is written down."""

    demo: Demo
    context: BrowserContext
    page: Page
    foreign: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to a screen and wait until its title stands there."""
        self.page.goto(self.demo.address + path)
        expect(self.page.locator("h1")).to_be_visible()

    def api(self, method: str, path: str, **body: Any) -> Any:
        """Ask the API with the visitor's own session, to prepare what a test needs."""
        answer = self.context.request.get(f"{self.demo.address}/api/v1/session")
        headers = {"X-CSRF-Token": answer.json()["csrf"]}
        url = f"{self.demo.address}/api/v1{path}"
        answer = self.context.request.fetch(url, method=method, headers=headers, **body)
        assert answer.ok, answer.text()
        return answer.json() if answer.body() else None

    def ready_bulletin(self, sample: str, title: str) -> str:
        """Upload a sample past the screens and wait until it may be broadcast."""
        voice = (ROOT / "audio_samples" / sample).read_bytes()
        file = {"name": sample, "mimeType": "application/octet-stream", "buffer": voice}
        made = self.api("POST", "/bulletins", multipart={"title": title, "file": file})
        waiting = threading.Event()
        for _ in range(PREPARE_S * 10):
            found = self.api("GET", f"/bulletins/{made['id']}")
            if found["status"] == "ready":
                return str(made["id"])
            assert found["status"] == "preparing", found
            waiting.wait(0.1)
        raise AssertionError("the bulletin was not prepared in time")

    def watch(self, page: Page) -> None:
        """Write down every request that leaves the machine and every fault on the page."""
        page.on("request", lambda request: self._note_request(request.url))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self._note_console(said.type, said.text))

    def _note_request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname != "127.0.0.1":
            self.foreign.append(url)

    def _note_console(self, kind: str, text: str) -> None:
        # A refused or broken request is told to the person; the browser notes it as well.
        if kind == "error" and "Failed to load resource" not in text:
            self.faults.append(text)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    port, broker_port, control_port = free_ports(3)
    data = tmp_path_factory.mktemp("demo")
    environ = {
        **os.environ,
        "LOA_DATA": str(data),
        "LOA_PORT": str(port),
        "LOA_BROKER_PORT": str(broker_port),
        "LOA_BROKER_CONTROL_PORT": str(control_port),
    }
    command = [sys.executable, "-m", "loa_server.cli", "demo", "--json"]
    with (
        (data / "said.log").open("w") as said,
        subprocess.Popen(
            command, env=environ, stdout=subprocess.PIPE, stderr=said, text=True
        ) as process,
    ):
        guard = threading.Timer(START_S, process.terminate)
        guard.start()
        line = next((each for each in process.stdout or () if each.startswith("{")), None)
        guard.cancel()
        assert line is not None, (data / "said.log").read_text()
        told = json.loads(line)
        yield Demo(told["address"], told["username"], told["password"], tuple(told["stations"]))
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Debian's Chromium with a microphone that hears one tone."""
    voice = tmp_path_factory.mktemp("microphone") / "tone.wav"
    write_tone(voice)
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=[
            "--no-sandbox",
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-audio-capture={voice}",
            "--autoplay-policy=no-user-gesture-required",
        ],
    )
    yield browser
    browser.close()


def write_tone(path: Path) -> None:
    times = np.arange(SAMPLE_RATE * TONE_S) / SAMPLE_RATE
    tone = (0.4 * 32767 * np.sin(2 * np.pi * TONE_HZ * times)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(tone.tobytes())


@pytest.fixture(scope="session")
def signed_in(demo: Demo, chromium: Browser) -> Any:
    """Cookies of one session, so that not every test signs in anew."""
    context = chromium.new_context()
    body = {"username": demo.username, "password": demo.password}
    assert context.request.post(f"{demo.address}/api/v1/session", data=body).ok
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def visit(demo: Demo, chromium: Browser, signed_in: Any) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors, and at the end asks whether anything went wrong behind their screens."""
    visitors: list[Visitor] = []

    def begin(
        width: int = 1440,
        scheme: Literal["light", "dark"] = "light",
        *,
        as_guest: bool = False,
        **more: Any,
    ) -> Visitor:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            storage_state=None if as_guest else signed_in,
            **more,
        )
        page = context.new_page()
        visitor = Visitor(demo, context, page)
        visitor.watch(page)
        visitors.append(visitor)
        return visitor

    yield begin
    for visitor in visitors:
        visitor.context.close()
    assert [fault for visitor in visitors for fault in visitor.faults] == []
    assert [url for visitor in visitors for url in visitor.foreign] == []


@pytest.fixture
def visitor(visit: Callable[..., Visitor]) -> Visitor:
    """Somebody signed in at a wide screen."""
    return visit()
