"""Cụm loa: a station as the server knows it, and the claim that binds a device to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from loa_agent.protocol.documents import Caps, VolumeWindow, Window

CLAIM_LIFE = timedelta(hours=24)
CLAIM_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""No 0/O, 1/I/L: people read the code aloud and type it at a cabinet."""
CLAIM_LENGTH = 12
BLOB_REQUEST_LIFE = timedelta(minutes=5)


class StationCondition(StrEnum):
    """What the server believes of a station; `lost` said it was online and fell silent."""

    ONLINE = "online"
    OFFLINE = "offline"
    LOST = "lost"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Station:
    """One site. `kid` and `public_key` are None until a device enrols.

    Hours, caps and volumes by hour left out are its area's.
    """

    id: str
    name: str
    area: str
    created_at: datetime
    volume_percent: int = 80
    delay_ms: int = 0
    kid: str | None = None
    public_key: str | None = None
    enrolled_at: datetime | None = None
    retired_at: datetime | None = None
    hours: tuple[Window, ...] | None = None
    caps: Caps | None = None
    volumes: tuple[VolumeWindow, ...] | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A one-time right to be `station`; only the hash of its code is kept."""

    code_sha256: str
    station: str
    expires_at: datetime
    used_at: datetime | None = None


def spoken(code: str) -> str:
    """`ABCDEFGHJKMN` -> `ABCD-EFGH-JKMN`, easier to read aloud."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def plain(code: str) -> str:
    """What was typed, without spaces, dashes and small letters."""
    return "".join(letter for letter in code.upper() if letter.isalnum())
