"""What can be seen on the board itself: disk, documents, journal."""

import shutil
import sqlite3
import tempfile
from contextlib import closing
from datetime import datetime

from loa_agent.adapters.disk_errors import disk_code
from loa_agent.adapters.documents_disk import DiskDocuments
from loa_agent.check.finding import Finding
from loa_agent.config import Folder, Identity
from loa_agent.core.documents import TRUST, restore_documents
from loa_agent.core.fetching import MIN_FREE_BYTES
from loa_agent.core.state import Brain
from loa_agent.protocol import topics
from loa_agent.protocol.documents import Config, Document
from loa_agent.protocol.seal import TrustedKeys

MIB = 1024 * 1024


def check_disk(folder: Folder) -> Finding:
    """Free room, and whether a file can be written."""
    try:
        folder.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder.root) as probe:
            probe.write(b"\0" * 4096)
            probe.flush()
        free = shutil.disk_usage(folder.root).free
    except OSError as error:
        facts = {"folder": str(folder.root), "detail": str(error)}
        return Finding("disk", good=False, outcome=disk_code(error), facts=facts)
    facts = {"folder": str(folder.root), "free_mib": str(free // MIB)}
    if free < MIN_FREE_BYTES:
        return Finding("disk", good=False, outcome="disk_low", facts=facts)
    return Finding("disk", good=True, outcome="disk_fine", facts=facts)


def check_keys(folder: Folder, identity: Identity, now: datetime) -> Finding:
    """Whether what the disk holds is still vouched for by a key this station obeys."""
    stored = DiskDocuments(folder.documents).all()
    nothing = Brain(
        station=identity.station,
        boot=0,
        booted_at=now,
        now=now,
        since=now,
        keys=TrustedKeys.of(identity.keys),
    )
    good = restore_documents(nothing, stored).documents
    kept = {topics.document_key(topic) for topic in stored}
    bad = {key for key in kept if not key.startswith(TRUST)} - good.keys()
    return _judge_documents(list(good.values()), bad, now)


def _judge_documents(good: list[Document], bad: set[str], now: datetime) -> Finding:
    if bad:
        facts = {"documents": ", ".join(sorted(bad))}
        return Finding("keys", good=False, outcome="documents_not_vouched_for", facts=facts)
    if not any(isinstance(document, Config) for document in good):
        return Finding("keys", good=False, outcome="no_settings_yet")
    expired = [document for document in good if document.not_after <= now]
    if expired:
        return Finding(
            "keys", good=False, outcome="documents_expired", facts={"count": len(expired)}
        )
    age = max(now - document.issued_at for document in good)
    facts_good = {"count": len(good), "days": max(0, age.days)}
    return Finding("keys", good=True, outcome="documents_fine", facts=facts_good)


def check_journal(folder: Folder) -> Finding:
    """Whether the journal can be read, and how much of it the server does not hold yet."""
    if not folder.journal.exists():
        return Finding("journal", good=True, outcome="journal_not_begun")
    try:
        address = f"{folder.journal.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=5)) as database:
            (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
            facts = dict(database.execute("SELECT name, value FROM facts").fetchall())
            unsent = int(facts["last"]) - int(facts["acked"])
    except (sqlite3.Error, KeyError, ValueError) as error:
        facts = {"detail": str(error)}
        return Finding("journal", good=False, outcome="journal_broken", facts=facts)
    if verdict != "ok":
        return Finding("journal", good=False, outcome="journal_broken", facts={"detail": verdict})
    return Finding("journal", good=True, outcome="journal_fine", facts={"unsent": unsent})
