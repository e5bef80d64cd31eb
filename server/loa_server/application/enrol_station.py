"""A device shows a claim code and its public key, and becomes the station."""

from dataclasses import dataclass, replace
from datetime import datetime

from loa_agent.protocol.seal import TrustedKeys, b64url, from_b64url, key_id

from loa_server.application.digest import digest
from loa_server.application.ports import Transaction
from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.problems import Problem
from loa_server.domain.stations import Claim, plain

LEAST_PASSWORD = 16
MOST_PASSWORD = 128
MAX_WORDS = 200


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a device brings."""

    code: str
    public_key: str
    broker_password: str
    agent_version: str
    hardware: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What it is told: who it is, whom to trust, and numbers that clash with no earlier device."""

    station: str
    name: str
    keys: dict[str, str]
    first_boot: int
    first_sequence: int
    server_time: datetime


def enrol_station(services: Services, enrolment: Enrolment) -> Enrolled:
    """Bind the device; whatever device was this station before is shut out from now on.

    Raises:
        Problem: `claim_unknown`, `claim_used`, `claim_expired`, `bad_request` for key or password.
    """
    now = services.clock()
    kid, public_key = _key(enrolment.public_key)
    _require_password(enrolment.broker_password)
    with services.store.write() as rows:
        claim = _use(rows, digest(plain(enrolment.code)), now)
        station = rows.places.station(claim.station)
        if station is None or station.retired_at is not None:
            raise Problem("claim_unknown")
        bound = replace(station, kid=kid, public_key=public_key, enrolled_at=now)
        rows.places.bind(bound, enrolment.broker_password)
        first_boot, first_sequence = rows.places.next_numbers(station.id)
        facts = {
            "kid": kid,
            "agent": _words(enrolment.agent_version),
            "hardware": _words(enrolment.hardware),
        }
        rows.audit(AuditRow(now, f"station:{station.id}", "station_enrolled", station.id, facts))
        rows.announce("stations")
    authority = services.authority
    keys = {authority.kid: authority.public_b64}
    return Enrolled(station.id, station.name, keys, first_boot, first_sequence, now)


def _use(rows: Transaction, code_sha256: str, now: datetime) -> Claim:
    claim = rows.places.claim(code_sha256)
    if claim is None:
        raise Problem("claim_unknown")
    if claim.used_at is not None:
        raise Problem("claim_used")
    if claim.expires_at <= now:
        raise Problem("claim_expired")
    if not rows.places.use_claim(code_sha256, now):
        raise Problem("claim_used")
    return claim


def _key(public_key: str) -> tuple[str, str]:
    """Id and one spelling of a key: base64 has more than one for the same bytes."""
    try:
        raw = from_b64url(public_key.rstrip("="))
        TrustedKeys.of({"": b64url(raw)})
    except ValueError as error:
        raise Problem("bad_request", {"field": "public_key"}) from error
    return key_id(raw), b64url(raw)


def _require_password(password: str) -> None:
    """The broker's configuration carries it, so it holds plain visible letters only."""
    plain_letters = password.isascii() and password.isprintable() and " " not in password
    if not plain_letters or not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        raise Problem("bad_request", {"field": "broker_password", "least": LEAST_PASSWORD})


def _words(text: str) -> str:
    """What a device says of itself is only noted: bad letters and length are cut, not judged."""
    return "".join(letter for letter in text[:MAX_WORDS] if letter.isprintable())
