"""Bản tin: one item that can be broadcast, and the job that makes it fit to sound."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

CLAIM_FOR = timedelta(minutes=45)
"""Longer than any preparation may take; a worker that died gives its job back after this."""
RETRY_AFTER = timedelta(minutes=1)
MAX_ATTEMPTS = 3
"""Claims that may run out before an upload is held to be what kills the worker."""


MOST_NAMED = 5
"""Titles a refusal names."""


class BulletinStatus(StrEnum):
    """Where an upload stands."""

    PREPARING = "preparing"
    READY = "ready"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Voice:
    """Prepared audio, named by its content."""

    sha256: str
    bytes: int
    duration_ms: int
    loudness_lufs: float


@dataclass(frozen=True, slots=True)
class Bulletin:
    """One item; `code` and `facts` say why it was rejected or still waits."""

    id: str
    title: str
    category: str | None
    author: str
    area: str
    created_at: datetime
    source_sha256: str
    status: BulletinStatus = BulletinStatus.PREPARING
    voice: Voice | None = None
    code: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AudioJob:
    """A claimed piece of work; the claim is ours until `claimed_until`."""

    id: int
    bulletin: str
    source_sha256: str
    claimed_until: datetime
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class Uses:
    """What would miss a bulletin; empty is false."""

    broadcasts: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    shares: int = 0

    def __bool__(self) -> bool:
        return bool(self.broadcasts or self.programmes or self.shares)

    def facts(self) -> dict[str, Any]:
        """Titles and numbers as JSON values, the first few of many."""
        return {
            "broadcasts": list(self.broadcasts[:MOST_NAMED]),
            "programmes": list(self.programmes[:MOST_NAMED]),
            "shares": self.shares,
        }
