"""The golden messages as values, and their keys; run as a program it writes files not yet there.

Append-only: a message once published is never edited, a new one gets a new name. The keys are for
tests alone: everybody can read them here.
"""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from loa_agent.protocol import topics
from loa_agent.protocol.documents import (
    MAX_DATES,
    Ack,
    Alert,
    Broadcast,
    BroadcastClass,
    Caps,
    Command,
    CommandAction,
    Config,
    Exemption,
    Item,
    Late,
    LatePolicy,
    Manifest,
    Rule,
    VolumeWindow,
    Window,
    Wire,
)
from loa_agent.protocol.reports import (
    ClockTrust,
    Record,
    RecordKind,
    Report,
    State,
    StationStatus,
)
from loa_agent.protocol.seal import MAX_SEALED_BYTES, SigningKey, b64url, seal

FOLDER = Path(__file__).parent / "protocol" / "golden" / "v1"
EVIL = FOLDER / "evil"


def key_for_tests(number: int) -> SigningKey:
    """A private key that is no secret: thirty-two times one byte."""
    return SigningKey(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32))


AUTHORITY = key_for_tests(1)
STATION_KEY = key_for_tests(2)
STRANGER = key_for_tests(3)
STATION = "phu-cat-1"
ZONE = "Asia/Ho_Chi_Minh"
ISSUED = datetime(2026, 11, 23, tzinfo=UTC)
UNTIL = ISSUED + timedelta(days=30)
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
OCCURRENCE = "bp-7k2m@2026-11-23T17:00:00"

MORNING = Broadcast(
    id="bp-7k2m",
    title="Bản tin sáng",
    items=(
        Item(id="bt-1", title="Tiêm phòng", sha256="a" * 64, bytes=480_000, duration_ms=60_000),
    ),
    rule=Rule(
        start="2026-11-23T05:30:00",
        zone=ZONE,
        rrule="FREQ=DAILY",
        times=("05:30", "17:00"),
        except_dates=("2026-11-25T17:00:00",),
    ),
    begins_at=ISSUED,
)
MEETING = Broadcast(
    id="bp-9qq4",
    title="Mời họp thôn",
    class_=BroadcastClass.PRIORITY,
    items=(
        Item(id="bt-2", title="Nhạc hiệu", sha256="b" * 64, bytes=80_000, duration_ms=10_000),
        Item(id="bt-3", title="Mời họp", sha256="c" * 64, bytes=240_000, duration_ms=30_500),
    ),
    rule=Rule(start="2026-11-24T18:00:00", zone=ZONE, dates=("2026-11-26T18:00:00",)),
    late=Late(policy=LatePolicy.SLIP, slip_ms=600_000),
    ends_at=UNTIL,
)
MANIFEST = Manifest(
    version=7,
    issued_at=ISSUED,
    not_after=UNTIL,
    audience="a-phu-cat",
    level=2,
    broadcasts=(MORNING, MEETING),
)
CONFIG = Config(
    version=3,
    issued_at=ISSUED,
    not_after=UNTIL,
    station=STATION,
    name="Phù Cát 1",
    audiences=("s-phu-cat-1", "a-phu-cat", "a-gia-lai", "a-vn"),
    zone=ZONE,
    hours=(
        Window(start="05:00", end="21:00"),
        Window(weekdays=(6, 7), start="21:00", end="24:00"),
    ),
    volume_percent=75,
    delay_ms=120,
    keys={AUTHORITY.kid: AUTHORITY.public_b64},
)
FESTIVAL = Broadcast(
    id="bp-3t9x",
    title="Đêm giao thừa",
    class_=BroadcastClass.PRIORITY,
    items=(Item(id="bt-4", title="Chúc Tết", sha256="d" * 64, bytes=960_000, duration_ms=120_000),),
    rule=Rule(
        start="2027-02-05T23:55:00",
        zone=ZONE,
        rrule="FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR;UNTIL=20270630T235500",
    ),
    late=Late(policy=LatePolicy.RESUME, slip_ms=900_000),
    exemptions=(
        Exemption(
            begin_at=datetime(2027, 2, 5, 16, tzinfo=UTC),
            end_at=datetime(2027, 2, 5, 18, tzinfo=UTC),
        ),
    ),
)
ORDERED = MANIFEST.model_copy(
    update={"version": 9, "broadcasts": (FESTIVAL, MEETING), "order": ("bp-9qq4", "bp-3t9x")}
)
CAPPED = CONFIG.model_copy(
    update={
        "version": 4,
        "volumes": (
            VolumeWindow(weekdays=(6, 7), start="05:00", end="07:00", percent=40),
            VolumeWindow(start="20:00", end="24:00", percent=55),
        ),
        "caps": Caps(sessions_per_day=3, session_ms=1_800_000, day_ms=5_400_000),
    }
)
TONE = Command(
    audience="s-phu-cat-1",
    id="k-9",
    issued_at=NOW,
    expires_at=NOW + timedelta(minutes=1),
    action=CommandAction.TEST_TONE,
)


def _record(sequence: int, kind: RecordKind, **fields: object) -> Record:
    return Record.model_validate(
        {"sequence": sequence, "boot": 12, "at": NOW, "kind": kind, **fields}
    )


PLAY = {
    "occurrence": OCCURRENCE,
    "broadcast": "bp-7k2m",
    "item": "a" * 64,
    "planned_at": NOW,
    "offset_ms": 0,
    "volume_percent": 75,
}
RECORDS = (
    _record(402, RecordKind.BOOTED),
    _record(403, RecordKind.RECEIVED, document="manifest/a-phu-cat", version=7),
    _record(404, RecordKind.FETCHED, item="a" * 64),
    _record(405, RecordKind.FETCH_FAILED, item="b" * 64, code="network"),
    _record(406, RecordKind.REFUSED, document="manifest/a-phu-cat", version=6, code="older"),
    _record(407, RecordKind.ARMED, **PLAY),
    _record(408, RecordKind.STARTED, **PLAY, actual_at=NOW + timedelta(milliseconds=4)),
    _record(409, RecordKind.ENDED, **PLAY, played_ms=60_000, code="completed"),
    _record(
        410,
        RecordKind.MISSED,
        occurrence="bp-9qq4@2026-11-22T18:00:00",
        broadcast="bp-9qq4",
        item="b" * 64,
        planned_at=NOW - timedelta(hours=23),
        code="not_fetched",
    ),
)

GOOD: dict[str, tuple[Wire, str, SigningKey]] = {
    "manifest": (MANIFEST, topics.manifest("a-phu-cat"), AUTHORITY),
    "manifest-empty": (
        Manifest(version=8, issued_at=ISSUED, not_after=UNTIL, audience="a-phu-cat", level=2),
        topics.manifest("a-phu-cat"),
        AUTHORITY,
    ),
    "alert": (
        Alert(version=1, issued_at=ISSUED, not_after=UNTIL, audience="a-phu-cat"),
        topics.alert("a-phu-cat"),
        AUTHORITY,
    ),
    "config": (CONFIG, topics.config(STATION), AUTHORITY),
    "manifest-ordered": (ORDERED, topics.manifest("a-phu-cat"), AUTHORITY),
    "config-capped": (CAPPED, topics.config(STATION), AUTHORITY),
    "command-test-tone": (TONE, topics.command("s-phu-cat-1"), AUTHORITY),
    "ack": (Ack(station=STATION, sequence=410, issued_at=NOW), topics.ack(STATION), AUTHORITY),
    "state-online": (
        State(
            station=STATION,
            boot=12,
            connection=3,
            status=StationStatus.ONLINE,
            sent_at=NOW,
            versions={"config/phu-cat-1": 3, "manifest/a-phu-cat": 7},
            playing=OCCURRENCE,
            clock=ClockTrust.SYNCHRONISED,
            agent_version="0.1.0",
            free_bytes=21_000_000_000,
            conditions=("no_sound_card",),
        ),
        topics.state(STATION),
        STATION_KEY,
    ),
    "state-will": (
        State(station=STATION, boot=12, connection=3, status=StationStatus.OFFLINE, sent_at=NOW),
        topics.state(STATION),
        STATION_KEY,
    ),
    "report": (
        Report(station=STATION, boot=12, oldest=402, records=RECORDS),
        topics.report(STATION),
        STATION_KEY,
    ),
}


def _sealed(payload: bytes, key: SigningKey = AUTHORITY, **header: object) -> bytes:
    """A seal by hand, since the library does not sign what it would refuse."""
    head = json.dumps({"typ": "JWT", "alg": "EdDSA", "kid": key.kid, **header}).encode()
    signed = f"{b64url(head)}.{b64url(payload)}".encode()
    return signed + b"." + b64url(key.private.sign(signed)).encode()


def _changed(message: Wire, **changes: object) -> bytes:
    fields = json.loads(message.model_dump_json(by_alias=True, exclude_none=True))
    fields |= changes
    return json.dumps({k: v for k, v in fields.items() if v is not None}).encode()


def _confused() -> bytes:
    """The public key used as a shared secret: the classic mistake of careless verifiers."""
    head = json.dumps({"typ": "JWT", "alg": "HS256", "kid": AUTHORITY.kid}).encode()
    signed = f"{b64url(head)}.{b64url(_changed(MANIFEST, version=9))}".encode()
    mac = hmac.new(AUTHORITY.public_raw, signed, hashlib.sha256).digest()
    return signed + b"." + base64.urlsafe_b64encode(mac).rstrip(b"=")


def _altered() -> bytes:
    head, _, signature = seal(MANIFEST, AUTHORITY).split(b".")
    return b".".join((head, b64url(_changed(MANIFEST, version=9)).encode(), signature))


def _rule(**changes: object) -> list[object]:
    broadcast = json.loads(MORNING.model_dump_json(by_alias=True, exclude_none=True))
    broadcast["rule"] |= changes
    return [broadcast]


def _exempt(exemption: dict[str, str]) -> list[object]:
    broadcast = json.loads(FESTIVAL.model_dump_json(by_alias=True, exclude_none=True))
    return [broadcast | {"exemptions": [exemption]}]


MINE = topics.manifest("a-phu-cat")
EVILS: dict[str, tuple[bytes, str, str]] = {
    "unsigned": (_changed(MANIFEST, version=9), MINE, "unsigned"),
    "alg-none": (
        (b64url(b'{"alg":"none"}') + "." + b64url(_changed(MANIFEST, version=9)) + ".").encode(),
        MINE,
        "unsigned",
    ),
    "alg-hs256": (_confused(), MINE, "unsigned"),
    "foreign-key": (_sealed(_changed(MANIFEST, version=9), STRANGER), MINE, "foreign_key"),
    "borrowed-kid": (
        _sealed(_changed(MANIFEST, version=9), STRANGER, kid=AUTHORITY.kid),
        MINE,
        "bad_signature",
    ),
    "altered-payload": (_altered(), MINE, "bad_signature"),
    "no-signature": (seal(MANIFEST, AUTHORITY).rpartition(b".")[0] + b".", MINE, "bad_signature"),
    "header-no-object": (b64url(b"[]").encode() + b".e30.AA", MINE, "malformed"),
    "header-not-utf8": (b64url(b"\xff\xfe").encode() + b".e30.AA", MINE, "malformed"),
    "header-nested": (b64url(b"[" * 5000).encode() + b".e30.AA", MINE, "malformed"),
    "payload-not-utf8": (_sealed(b'{"title":"\xff"}'), MINE, "malformed_document"),
    "payload-nested": (_sealed(b'{"x":' + b"[" * 5000), MINE, "malformed_document"),
    "payload-empty": (_sealed(b""), MINE, "malformed_document"),
    "no-version": (_sealed(_changed(MANIFEST, version=None)), MINE, "malformed_document"),
    "naive-instant": (
        _sealed(_changed(MANIFEST, version=9, not_after="2026-12-23T00:00:00")),
        MINE,
        "malformed_document",
    ),
    "unknown-zone": (
        _sealed(_changed(MANIFEST, version=9, broadcasts=_rule(zone="Asia/Nowhere"))),
        MINE,
        "malformed_document",
    ),
    "rule-not-promised": (
        _sealed(_changed(MANIFEST, version=9, broadcasts=_rule(rrule="FREQ=YEARLY", times=[]))),
        MINE,
        "malformed_document",
    ),
    "rule-standing-still": (
        _sealed(_changed(MANIFEST, version=9, broadcasts=_rule(rrule="FREQ=DAILY;INTERVAL=0"))),
        MINE,
        "malformed_document",
    ),
    "no-such-day": (
        _sealed(_changed(MANIFEST, version=9, broadcasts=_rule(start="2026-02-30T05:30:00"))),
        MINE,
        "malformed_document",
    ),
    "dates-beyond-count": (
        _sealed(
            _changed(
                MANIFEST,
                version=9,
                broadcasts=_rule(except_dates=["2026-11-25T17:00:00"] * (MAX_DATES + 1)),
            )
        ),
        MINE,
        "malformed_document",
    ),
    "exemption-ends-first": (
        _sealed(
            _changed(
                ORDERED,
                broadcasts=_exempt({"begin_at": "2027-02-05T18:00:00Z", "end_at": NOW.isoformat()}),
            )
        ),
        MINE,
        "malformed_document",
    ),
    "broken-key": (
        _sealed(_changed(CONFIG, version=9, keys={"0" * 16: "short"})),
        topics.config(STATION),
        "malformed_document",
    ),
    "settings-as-manifest": (seal(CONFIG, AUTHORITY), MINE, "malformed_document"),
    "wrong-topic": (
        _sealed(_changed(MANIFEST, version=9, audience="a-gia-lai")),
        MINE,
        "wrong_topic",
    ),
    "not-for-me": (
        _sealed(_changed(MANIFEST, version=9, audience="a-tuy-phuoc")),
        topics.manifest("a-tuy-phuoc"),
        "not_for_me",
    ),
    "older": (_sealed(_changed(MANIFEST, version=6)), MINE, "older"),
    "expired": (
        _sealed(_changed(MANIFEST, version=9, not_after="2026-11-23T09:59:59Z")),
        MINE,
        "expired",
    ),
    "command-expired": (
        _sealed(_changed(TONE, id="k-8", expires_at="2026-11-23T09:59:59Z")),
        topics.command("s-phu-cat-1"),
        "expired",
    ),
    "command-elsewhere": (
        seal(TONE, AUTHORITY),
        topics.command("a-phu-cat"),
        "wrong_topic",
    ),
}

OVERSIZE = b"x" * (MAX_SEALED_BYTES + 1)
"""Not kept as a file: what it holds does not matter."""


def payload_of(message: Wire) -> bytes:
    """The payload as it is signed."""
    return message.model_dump_json(by_alias=True, exclude_none=True).encode()


def _write(path: Path, content: bytes) -> None:
    if not path.exists():
        path.write_bytes(content)
        with (FOLDER.parent / "HASHES").open("a", encoding="ascii") as hashes:
            digest = hashlib.sha256(content).hexdigest()
            hashes.write(f"{digest}  {path.relative_to(FOLDER.parent).as_posix()}\n")


def main() -> None:
    """Write what is not there yet; what is there stays as it is."""
    EVIL.mkdir(parents=True, exist_ok=True)
    for name, (message, _, key) in GOOD.items():
        _write(FOLDER / f"{name}.json", payload_of(message))
        _write(FOLDER / f"{name}.jws", seal(message, key))
    for name, (raw, topic, code) in EVILS.items():
        _write(EVIL / f"{name}.jws", raw)
        expected = json.dumps({"topic": topic, "code": code}).encode()
        _write(EVIL / f"{name}.expected.json", expected)


if __name__ == "__main__":
    main()
