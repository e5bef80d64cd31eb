"""Enrolment: key pair and broker password are made here, the server says who we are."""

import ipaddress
import platform
import secrets
import shutil
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from pydantic import AwareDatetime, Field, ValidationError

from loa_agent.config import Broker, Folder, Identity, save_identity
from loa_agent.durable import write_durably
from loa_agent.protocol.documents import Id, Wire
from loa_agent.protocol.seal import SigningKey, TrustedKeys

PASSWORD_BYTES = 32
MODEL = Path("/proc/device-tree/model")
MAX_HARDWARE = 120

Resolve = Callable[[str], list[str]]


class EnrolError(Exception):
    """The station was not enrolled; `reason` names a sentence in `words`, `facts` fill it."""

    def __init__(self, reason: str, **facts: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts = facts


class Answer(Wire):
    """What the server says to a device whose claim code is good."""

    station: Id
    name: str
    keys: dict[str, str] = Field(min_length=1)
    broker: Broker
    first_boot: int = Field(ge=0)
    first_sequence: int = Field(ge=1)
    server_time: AwareDatetime


class Pending(Wire):
    """Kept until the answer is stored, so that a repeated try shows the same key."""

    server: str
    code: str = Field(repr=False)
    key_pem: str = Field(repr=False)
    broker_password: str = Field(repr=False)


class Desk(Protocol):
    """The server's enrolment desk."""

    def enrol(self, server: str, body: dict[str, str]) -> bytes:
        """The answer's body; raises EnrolError."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What the technician typed."""

    server: str
    code: str


def enrol(folder: Folder, claim: Claim, desk: Desk, agent_version: str) -> Identity:
    """Become the station of this claim code; what the board was before is forgotten.

    Audio stays, since it is named by its content. The journal of the former station is dropped
    when the new one is opened, since it belongs to another key.

    Raises:
        EnrolError: with a reason for people.
        OSError: the data folder cannot be written.
    """
    server = server_address(claim.server)
    pending = _pending(folder, server, claim.code.strip())
    key = SigningKey.from_pem(pending.key_pem.encode())
    body = {
        "code": pending.code,
        "public_key": key.public_b64,
        "broker_password": pending.broker_password,
        "agent_version": agent_version,
        "hardware": hardware(),
    }
    identity = _identity(desk.enrol(server, body), server, key, pending.broker_password)
    shutil.rmtree(folder.documents, ignore_errors=True)
    folder.clock.unlink(missing_ok=True)
    save_identity(folder, identity, key)
    folder.pending.unlink(missing_ok=True)
    return identity


def server_address(text: str, resolve: Resolve | None = None) -> str:
    """The address without a trailing slash; raises EnrolError when it must not be used."""
    parts = urlsplit(text if "://" in text else f"https://{text}")
    try:
        port = parts.port
    except ValueError as error:
        raise EnrolError("address_unreadable", address=text) from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise EnrolError("address_unreadable", address=text)
    if parts.scheme == "http" and not _is_near(parts.hostname, resolve or _resolve):
        raise EnrolError("plain_http_refused", host=parts.hostname)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "") + parts.path.rstrip("/")


def hardware() -> str:
    """What board this is."""
    with suppress(OSError):
        return MODEL.read_text(errors="replace").strip("\0\n ")[:MAX_HARDWARE]
    return f"{platform.system()} {platform.machine()}"[:MAX_HARDWARE]


def _is_near(host: str, resolve: Resolve) -> bool:
    """Whether every address of the host is on this machine or in a private network."""
    try:
        found = [ipaddress.ip_address(address) for address in resolve(host)]
    except (OSError, ValueError) as error:
        raise EnrolError("name_unknown", host=host) from error
    return bool(found) and all(each.is_loopback or each.is_private for each in found)


def _resolve(host: str) -> list[str]:
    return [str(each[4][0]).partition("%")[0] for each in socket.getaddrinfo(host, None)]


def _pending(folder: Folder, server: str, code: str) -> Pending:
    """The same key and password again for the same claim, else new ones, stored first."""
    with suppress(OSError, ValidationError):
        kept = Pending.model_validate_json(folder.pending.read_bytes())
        if (kept.server, kept.code) == (server, code):
            return kept
    fresh = Pending(
        server=server,
        code=code,
        key_pem=SigningKey.generate().to_pem().decode(),
        broker_password=secrets.token_urlsafe(PASSWORD_BYTES),
    )
    write_durably(folder.pending, fresh.model_dump_json().encode())
    return fresh


def _identity(raw: bytes, server: str, key: SigningKey, password: str) -> Identity:
    try:
        answer = Answer.model_validate_json(raw)
        TrustedKeys.of(answer.keys)
    except (ValidationError, ValueError) as error:
        raise EnrolError("wrong_server", address=server) from error
    return Identity(
        server=server,
        station=answer.station,
        name=answer.name,
        kid=key.kid,
        keys=answer.keys,
        broker=answer.broker,
        broker_password=password,
        first_boot=answer.first_boot,
        first_sequence=answer.first_sequence,
        enrolled_at=answer.server_time,
    )
