"""Who looks at the screens, and where they run."""

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, expect

SAMPLES = Path(__file__).resolve().parents[2] / "audio_samples"
PREPARE_S = 20


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
        voice = (SAMPLES / sample).read_bytes()
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
