"""Small documents for tests; every value that matters to a claim is given by the test."""

from datetime import UTC, datetime, timedelta
from typing import Any

from loa_agent.protocol.documents import Broadcast, Config, Item, Late, Manifest, Rule, Window
from loa_agent.protocol.seal import SigningKey

ZONE = "Asia/Ho_Chi_Minh"
NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
"""12:00 on a Monday in Viet Nam."""
ALL_DAY = (Window(start="00:00", end="24:00"),)
AUTHORITY = SigningKey.generate()
STATION = "tram-1"


def sha(letter: str) -> str:
    return letter * 64


def an_item(letter: str = "a", duration_ms: int = 60_000) -> Item:
    return Item(
        id=f"bt-{letter}",
        title="Thông báo",
        sha256=sha(letter),
        bytes=1000,
        duration_ms=duration_ms,
    )


def a_broadcast(name: str = "b1", at: datetime = NOON, **changes: Any) -> Broadcast:
    """Once at the instant `at`; `letter` and `duration_ms` shape its only item."""
    item = an_item(changes.pop("letter", "a"), changes.pop("duration_ms", 60_000))
    local = at + timedelta(hours=7)
    rule = Rule(
        start=local.strftime("%Y-%m-%dT%H:%M:%S"), zone=ZONE, rrule=changes.pop("rrule", None)
    )
    fields: dict[str, Any] = {"title": "Thông báo", "items": (item,), "rule": rule, **changes}
    return Broadcast(id=name, **fields)


def a_manifest(*broadcasts: Broadcast, audience: str = "a-xa", **changes: Any) -> Manifest:
    fields: dict[str, Any] = {
        "version": 1,
        "issued_at": NOON - timedelta(days=1),
        "not_after": NOON + timedelta(days=29),
        "level": 2,
        **changes,
    }
    return Manifest(audience=audience, broadcasts=broadcasts, **fields)


def a_config(**changes: Any) -> Config:
    fields: dict[str, Any] = {
        "version": 1,
        "issued_at": NOON - timedelta(days=1),
        "not_after": NOON + timedelta(days=29),
        "station": STATION,
        "name": "Cụm loa thôn 1",
        "audiences": ("a-xa", f"s-{STATION}"),
        "zone": ZONE,
        "hours": ALL_DAY,
        "keys": {AUTHORITY.kid: AUTHORITY.public_b64},
        **changes,
    }
    return Config(**fields)


def slip(minutes: int) -> Late:
    return Late(policy="slip", slip_ms=minutes * 60_000)  # type: ignore[arg-type]
