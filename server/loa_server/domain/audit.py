"""Sổ kiểm tra: rows that name who did what, each sealed by the hash of the one before."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One deed; `actor` is an account id, or `station:<id>` or `system`."""

    at: datetime
    actor: str
    action: str
    subject: str
    facts: Mapping[str, Any]


def chained(previous: str, row: AuditRow) -> str:
    """Hash of a row that follows the row with hash `previous`, in hexadecimal."""
    content = [previous, row.at.isoformat(), row.actor, row.action, row.subject, dict(row.facts)]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def first_break(rows: Iterable[tuple[AuditRow, str]]) -> int | None:
    """Position of the first row whose hash does not follow, or None when the chain holds."""
    previous = GENESIS
    for position, (row, digest) in enumerate(rows):
        if chained(previous, row) != digest:
            return position
        previous = digest
    return None
