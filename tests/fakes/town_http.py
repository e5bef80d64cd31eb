"""The three addresses of the server a station asks, with faults on demand."""

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from loa_agent.protocol.seal import TrustedKeys, unseal

from fakes.bridge import STATION

CODE = "good-code"
OLDEST = timedelta(minutes=5)
HOLD_S = 60


class Desk:
    """What is behind the addresses; `break_after` bytes of audio the line breaks."""

    def __init__(
        self,
        enrol: Callable[[dict[str, Any]], dict[str, Any]],
        public_key: Callable[[], tuple[str, str] | None],
    ) -> None:
        self.enrol = enrol
        self.public_key = public_key
        self.port = 0
        self.blobs: dict[str, bytes] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.break_after: int | None = None
        self.status: int | None = None
        self.ignore_range = False
        self.hold = threading.Event()
        self.hold.set()
        """Cleared, the audio begins and then nothing more comes."""


class Counter(ThreadingHTTPServer):
    """The listening socket."""

    daemon_threads = True

    def __init__(self, port: int, desk: Desk) -> None:
        super().__init__(("127.0.0.1", port), _Clerk)
        self.desk = desk


class _Clerk(BaseHTTPRequestHandler):
    server: Counter

    def log_message(self, *_: object) -> None:
        """Tests have their own words."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if body["code"] == CODE:
            self._answer(201, json.dumps(self.server.desk.enrol(body)).encode())
        else:
            self._answer(404, json.dumps({"code": body["code"], "facts": {}}).encode())

    def do_GET(self) -> None:
        desk = self.server.desk
        if self.path == "/healthz":
            self._answer(200, b"ok")
            return
        sha256 = self.path.rpartition("/")[2]
        wanted = None if desk.ignore_range else self.headers.get("Range")
        desk.asked.append((sha256, wanted))
        if desk.status is not None:
            self._answer(desk.status, b"{}")
        elif not self._is_allowed():
            self._answer(403, b'{"code": "forbidden"}')
        elif sha256 not in desk.blobs:
            self._answer(404, b'{"code": "not_found"}')
        else:
            self._send(desk.blobs[sha256], wanted)

    def _is_allowed(self) -> bool:
        token = self.headers["Authorization"].removeprefix("Loa ").encode()
        known = self.server.desk.public_key()
        assert known is not None
        claim = json.loads(unseal(token, TrustedKeys.of(dict([known]))))
        age = datetime.now(UTC) - datetime.fromisoformat(claim["at"])
        return bool(claim["station"] == STATION == self.headers["X-Loa-Station"]) and (
            abs(age) < OLDEST
        )

    def _send(self, raw: bytes, wanted: str | None) -> None:
        if wanted is None:
            self._answer(200, raw)
            return
        begin = int(wanted.removeprefix("bytes=").rstrip("-"))
        self._answer(206, raw[begin:], f"bytes {begin}-{len(raw) - 1}/{len(raw)}")

    def _answer(self, status: int, raw: bytes, content_range: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        if content_range is not None:
            self.send_header("Content-Range", content_range)
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(raw[: self.server.desk.break_after])
            self.server.desk.hold.wait(HOLD_S)
