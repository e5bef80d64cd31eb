"""A little OpenID provider on a real port: discovery, keys, codes, signed tokens, and lies."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from typing_extensions import override

CLIENT_ID = "loa"
CLIENT_SECRET = "a secret both sides know, 32 bytes"
TOKEN_LIFE_S = 300


@cache
def key_pair(_whose: str) -> RSAKey:
    """Made once: it takes long."""
    return RSAKey.generate_key(2048, {"kid": "k-1"})


@dataclass
class Person:
    """Who sits at the browser, as the provider knows them."""

    subject: str = "s-1"
    email: str | None = "phu-cat@gia-lai.vn"
    email_verified: bool = True


@dataclass
class Provider:
    """Its state; what a test changes makes it lie."""

    clock: Callable[[], datetime]
    port: int = 0
    key: RSAKey = field(default_factory=lambda: key_pair("own"))
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    """Claims that replace the honest ones."""
    sign: Callable[[dict[str, Any]], str] | None = None
    """How to sign instead of honestly."""
    said_issuer: str | None = None
    asked: list[str] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def agree(self, url: str, person: Person) -> str:
        """The person signs in at `url` and is sent back: path and query of our page."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        code = f"code-{len(self.asked)}-{len(self.codes)}"
        self.codes[code] = {**query, "person": person}
        return f"{urlsplit(query['redirect_uri']).path}?code={code}&state={query['state']}"

    def signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": "k-1"}, claims, self.key)

    def unsigned(self, claims: dict[str, Any]) -> str:
        """`alg: none`, as in the oldest attack of all."""
        parts = [json.dumps(part).encode() for part in ({"alg": "none", "kid": "k-1"}, claims)]
        return ".".join([*(_b64(part) for part in parts), ""])

    def signed_with_client_secret(self, claims: dict[str, Any]) -> str:
        key = OctKey.import_key(CLIENT_SECRET, {"kid": "k-1"})
        return jwt.encode({"alg": "HS256", "kid": "k-1"}, claims, key, algorithms=["HS256"])

    def signed_with_public_key(self, claims: dict[str, Any]) -> str:
        """The public key taken for a shared secret."""
        pem = self.key.as_pem(private=False)
        header = _b64(json.dumps({"alg": "HS256", "kid": "k-1"}).encode())
        content = f"{header}.{_b64(json.dumps(claims).encode())}"
        digest = hmac.digest(pem, content.encode(), "sha256")
        return f"{content}.{_b64(digest)}"

    def signed_by_stranger(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": "k-1"}, claims, key_pair("stranger"))

    def description(self) -> dict[str, Any]:
        return {
            "issuer": self.said_issuer or self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
        }

    def exchange(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """Takes each code once, from its client, for its redirect, with its PKCE verifier."""
        granted = self.codes.pop(form.get("code", ""), None)
        known = "Basic " + base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        challenge = _b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        fits = (
            granted is not None
            and authorization == known
            and form.get("redirect_uri") == granted["redirect_uri"]
            and granted.get("code_challenge_method") == "S256"
            and granted["code_challenge"] == challenge
        )
        if not fits or granted is None:
            return 400, {"error": "invalid_grant"}
        person: Person = granted["person"]
        now = int(self.clock().timestamp())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": person.subject,
            "nonce": granted["nonce"],
            "iat": now,
            "exp": now + TOKEN_LIFE_S,
            "email": person.email,
            "email_verified": person.email_verified,
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        token = (self.sign or self.signed)(claims)
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": token}

    def answer(self, path: str) -> tuple[int, Any]:
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            return 200, self.description()
        if path == "/jwks":
            return 200, KeySet([self.key]).as_dict(private=False)
        return 404, {}


@contextmanager
def running_provider(clock: Callable[[], datetime]) -> Iterator[Provider]:
    """Serves until the end of the block."""
    provider = Provider(clock)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(*provider.answer(urlsplit(self.path).path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            provider.asked.append(self.path)
            self._send(*provider.exchange(form, self.headers.get("Authorization", "")))

        def _send(self, status: int, body: Any) -> None:
            raw = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        @override
        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
