"""Remembers that a data folder is ready, so that the next start need not load everything to see.

Only for SQLite in the data folder: a database elsewhere may have been changed by anybody.
"""

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from loa_server.config import Settings
from loa_server.demo.programs import is_enrolled

STAMP = "prepared.json"
PACKAGE = Path(__file__).parent.parent

Said = dict[str, Any]  # Any: what `loa prepare` prints


def remembered(settings: Settings, *, demo: bool) -> Said | None:
    """What was printed last time, if it still holds: same code, settings, schema and stations."""
    try:
        found: Said = json.loads((settings.data / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    said: Said = found["said"]
    holds = (
        found["fingerprint"] == _fingerprint(settings, demo=demo)
        and found["schema"] == _schema(settings) is not None
        and all(is_enrolled(settings, each["station"]) for each in said["stations"])
        and (settings.broker_folder / "nats-server.conf").exists()
    )
    return said if holds else None


def remember(settings: Settings, *, demo: bool, said: Said) -> None:
    """Keep what was said, unless it held something that is told once only."""
    path = settings.data / STAMP
    told_once = said["password"] or any(each["code"] for each in said["stations"])
    schema = _schema(settings)
    if told_once or schema is None or not settings.broker_embedded:
        path.unlink(missing_ok=True)
        return
    kept = {"fingerprint": _fingerprint(settings, demo=demo), "schema": schema, "said": said}
    path.write_text(json.dumps(kept), encoding="utf-8")


def _fingerprint(settings: Settings, *, demo: bool) -> str:
    digest = hashlib.sha256(f"{settings!r} {demo}".encode())
    for path in sorted(PACKAGE.rglob("*.py")):
        facts = path.stat()
        digest.update(f"{path} {facts.st_size} {facts.st_mtime_ns}".encode())
    return digest.hexdigest()


def _schema(settings: Settings) -> str | None:
    """Revision of the database, when it has accounts; None for anything else."""
    path = settings.data / "loa.db"
    if settings.database_url or not path.exists():
        return None
    try:
        with closing(sqlite3.connect(path)) as connection:
            accounts = connection.execute("SELECT count(*) FROM account").fetchone()
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error:
        return None
    return str(revision[0]) if accounts[0] and revision else None
