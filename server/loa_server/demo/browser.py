"""What a browser does with the API, for the check: cookies, CSRF header, JSON and one upload."""

import json
import secrets
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

TIMEOUT_S = 15.0


class ApiError(Exception):
    """The server answered with a code, or not at all."""


class Browser:
    """One signed-in visitor of `address`."""

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")
        self._cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        # No proxy: the demo lives on this machine.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), self._cookies)
        self._csrf = ""

    def sign_in(self, username: str, password: str) -> None:
        """Open a session and remember its CSRF token."""
        answer = self.post("/session", {"username": username, "password": password})
        self._csrf = answer["csrf"]

    def get(self, path: str) -> Any:
        """The parsed answer."""
        return self._send("GET", path, None, {})

    def post(self, path: str, body: dict[str, object]) -> Any:
        """Send JSON."""
        headers = {"Content-Type": "application/json"}
        return self._send("POST", path, json.dumps(body).encode(), headers)

    def upload(self, path: str, file: Path, fields: dict[str, str]) -> Any:
        """Send a form with one file, as a page does."""
        mark = secrets.token_hex(16)
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
            for name, text in fields.items()
        ]
        head = (
            f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        body = b"".join([*parts, head.encode(), file.read_bytes(), f"\r\n--{mark}--\r\n".encode()])
        headers = {"Content-Type": f"multipart/form-data; boundary={mark}"}
        return self._send("POST", path, body, headers)

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Any:
        request = urllib.request.Request(  # noqa: S310 - our own loopback address
            f"{self._address}/api/v1{path}",
            data=body,
            method=method,
            headers={**headers, "Accept": "application/json", "X-CSRF-Token": self._csrf},
        )
        try:
            with self._opener.open(request, timeout=TIMEOUT_S) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                text = error.read().decode(errors="replace")[:300]
            raise ApiError(f"{method} {path}: {error.code} {text}") from error
        except OSError as error:
            raise ApiError(f"{method} {path}: {error}") from error
