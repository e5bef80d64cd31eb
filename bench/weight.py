"""How heavy a running `loa demo` is: memory, idle work and the first page.

Figures: `server_idle_mb` (all server processes together), `agent_playing_mb` (the heaviest
station while it plays), `agent_idle_core_pct` (the busiest station), `first_page_kb` (all that
travels until the first page is quiet). Memory is the proportional set size, in which pages that
processes share count once. Yardstick: an interpreter that imported the same libraries and does
nothing, in memory, and the same interpreter asleep, in work.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from loa_server.demo.browser import Browser
from loa_server.demo.check import check
from loa_server.serve.ports import free_ports
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
SPEECH = ROOT / "audio_samples" / "speech.mp3"
MB = 1_000_000
START_S = 60.0
SETTLE_S = 20.0
IDLE_S = 30.0
LOOK_EVERY_S = 0.25
SERVER_LIBRARIES = "flask, sqlalchemy, paho.mqtt.client, apscheduler, pydantic"
AGENT_LIBRARIES = "paho.mqtt.client, pydantic, jwt, apscheduler"


@dataclass(frozen=True)
class Demo:
    process: psutil.Process
    address: str
    username: str
    password: str

    def agents(self) -> list[psutil.Process]:
        return [each for each in self._all() if _is_agent(each)]

    def server(self) -> list[psutil.Process]:
        return [each for each in self._all() if not _is_agent(each)]

    def _all(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one object, nothing else")
    parser.add_argument("--idle-seconds", type=float, default=IDLE_S)
    arguments = parser.parse_args()
    result = {
        "name": "weight",
        "figures": measure(arguments.idle_seconds),
        "yardstick": yardstick(arguments.idle_seconds),
    }
    print(json.dumps(result, indent=None if arguments.json else 2))


def measure(idle_s: float) -> dict[str, float]:
    with running_demo() as demo:
        time.sleep(SETTLE_S)
        idle_pct = max(busy_pct(demo.agents(), idle_s))
        server_mb = sum(map(memory_mb, demo.server()))
        playing_mb = heaviest_while_playing(demo)
        page_kb = first_page_kb(demo)
    return {
        "server_idle_mb": round(server_mb, 1),
        "agent_playing_mb": round(playing_mb, 1),
        "agent_idle_core_pct": round(idle_pct, 2),
        "first_page_kb": round(page_kb, 1),
    }


def yardstick(idle_s: float) -> dict[str, float]:
    with sleeping(SERVER_LIBRARIES) as server, sleeping(AGENT_LIBRARIES) as agent:
        return {
            "server_libraries_mb": round(memory_mb(server), 1),
            "agent_libraries_mb": round(memory_mb(agent), 1),
            "sleeping_core_pct": round(max(busy_pct([agent], idle_s)), 2),
        }


@contextmanager
def running_demo() -> Iterator[Demo]:
    port, broker_port, control_port = free_ports(3)
    with tempfile.TemporaryDirectory() as folder, Path(folder, "demo.log").open("w") as log:
        environ = {
            **os.environ,
            "LOA_DATA": folder,
            "LOA_PORT": str(port),
            "LOA_BROKER_PORT": str(broker_port),
            "LOA_BROKER_CONTROL_PORT": str(control_port),
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "loa_server.cli", "demo", "--json"],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        # A demo that never says where it is ends, and reading its output ends with it.
        guard = threading.Timer(START_S, process.terminate)
        guard.start()
        try:
            demo = demo_of(process)
            guard.cancel()
            yield demo
        finally:
            guard.cancel()
            stop(process)


def demo_of(process: subprocess.Popen[str]) -> Demo:
    line = next((line for line in process.stdout or () if line.startswith("{")), None)
    if line is None:
        raise SystemExit("weight: the demo did not start")
    said = json.loads(line)
    guarded = psutil.Process(process.pid)
    return Demo(guarded, said["address"], said["username"], said["password"])


def stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def sleeping(libraries: str) -> Iterator[psutil.Process]:
    code = f"import {libraries}, sys; print('ready', flush=True); sys.stdin.read()"
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        if process.stdout is None or process.stdout.readline() != "ready\n":
            raise SystemExit("weight: the yardstick did not start")
        try:
            yield psutil.Process(process.pid)
        finally:
            process.terminate()


def heaviest_while_playing(demo: Demo) -> float:
    """The peak from the send until every station has proved its play."""
    browser = Browser(demo.address)
    browser.sign_in(demo.username, demo.password)
    proofs: list[bool] = []
    player = threading.Thread(
        target=lambda: proofs.extend(each.ok for each in check(browser, SPEECH)), daemon=True
    )
    player.start()
    peak = 0.0
    while player.is_alive():
        peak = max([peak, *map(memory_mb, demo.agents())])
        time.sleep(LOOK_EVERY_S)
    if not proofs or not all(proofs):
        raise SystemExit("weight: the stations did not play, so nothing was measured")
    return peak


def first_page_kb(demo: Demo) -> float:
    """Bytes on the wire, headers included, of the first page after signing in, cache empty."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        context = chromium.new_context(locale="vi-VN")
        body = {"username": demo.username, "password": demo.password}
        if not context.request.post(f"{demo.address}/api/v1/session", data=body).ok:
            raise SystemExit("weight: could not sign in")
        page = context.new_page()
        wire: list[float] = []
        devtools = context.new_cdp_session(page)
        devtools.send("Network.enable")
        devtools.on("Network.loadingFinished", lambda done: wire.append(done["encodedDataLength"]))
        page.goto(f"{demo.address}/", wait_until="load")
        page.wait_for_timeout(2_000)
        chromium.close()
    return sum(wire) / 1_000


def busy_pct(processes: list[psutil.Process], seconds: float) -> list[float]:
    before = [_cpu_s(each) for each in processes]
    started = time.monotonic()
    time.sleep(seconds)
    elapsed = time.monotonic() - started
    pairs: Iterable[tuple[psutil.Process, float]] = zip(processes, before, strict=True)
    return [100 * (_cpu_s(each) - used) / elapsed for each, used in pairs]


def memory_mb(process: psutil.Process) -> float:
    return float(process.memory_full_info().pss) / MB


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _is_agent(process: psutil.Process) -> bool:
    try:
        words = process.cmdline()
    except psutil.NoSuchProcess:
        # A decoder that has just ended; a zombie counts as none, too.
        return False
    return any("loa_agent" in word or word.endswith("loa-agent") for word in words)


if __name__ == "__main__":
    main()
