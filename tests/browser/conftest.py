"""A real demo, a real browser, and a visitor who never leaves this machine."""

import json
import os
import subprocess
import sys
import threading
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from loa_server.serve.ports import free_ports
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from browser.people import Demo, Visitor

CHROMIUM = "/usr/bin/chromium"
START_S = 90.0
TONE_HZ = 440
TONE_S = 30
SAMPLE_RATE = 48_000

expect.set_options(timeout=20_000)


@pytest.fixture(scope="package")
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


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
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


@pytest.fixture(scope="package")
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
