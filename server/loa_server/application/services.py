"""The bag of ports that use-cases are called with; bootstrap fills it once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from loa_agent.protocol.seal import SigningKey

from loa_server.application.calendar_files import CalendarFormat
from loa_server.application.ports import Blobs, Passwords, Secrets, Store
from loa_server.application.proofs import OneTimeCodes, OutsideSignIn, Sealer, Strangers
from loa_server.application.queries import Queries


@dataclass(frozen=True, slots=True)
class Services:
    """Everything `api` and `workers` need; `zone` is the default time zone."""

    store: Store
    queries: Queries
    blobs: Blobs
    secrets: Secrets
    passwords: Passwords
    codes: OneTimeCodes
    sealer: Sealer
    strangers: Strangers
    calendar_format: CalendarFormat
    authority: SigningKey
    clock: Callable[[], datetime]
    zone: str
    max_upload_bytes: int
    broker_host: str | None
    broker_port: int
    broker_tls: bool
    outside: OutsideSignIn | None = None
    """A provider that says who people are, if there is one."""
    mail_possible: bool = False
    """Whether letters can be sent at all."""
