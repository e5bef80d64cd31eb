"""The parts of `check` that look at the board itself."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from loa_agent.adapters.documents_disk import DiskDocuments
from loa_agent.adapters.journal_sqlite import SqliteJournal
from loa_agent.check.local import check_disk, check_journal, check_keys
from loa_agent.config import Broker, Folder, Identity
from loa_agent.protocol.documents import Document
from loa_agent.protocol.reports import Record, RecordKind
from loa_agent.protocol.seal import SigningKey, seal
from makers import AUTHORITY, NOON, STATION, a_config, a_manifest


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


IDENTITY = Identity(
    server="https://loa.example.vn",
    station=STATION,
    name="Cụm loa thôn 1",
    kid="0",
    keys={AUTHORITY.kid: AUTHORITY.public_b64},
    broker=Broker(host="loa.example.vn", port=8883, tls=True),
    broker_password="secret",
    first_boot=1,
    first_sequence=1,
    enrolled_at=NOON,
)


def keep(folder: Folder, key: str, document: Document, signer: SigningKey = AUTHORITY) -> None:
    DiskDocuments(folder.documents).keep(key, seal(document, signer))


def test_a_disk_with_room_is_fine(folder: Folder) -> None:
    finding = check_disk(folder)

    assert (finding.good, finding.outcome) == (True, "disk_fine")
    assert list(folder.root.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    finding = check_disk(Folder(tmp_path / "file" / "data"))

    assert (finding.good, finding.outcome) == (False, "disk_failed")


def test_documents_that_verify_are_fine_and_their_age_is_told(folder: Folder) -> None:
    keep(folder, f"config/{STATION}", a_config())
    keep(folder, "manifest/a-xa", a_manifest())

    finding = check_keys(folder, IDENTITY, NOON + timedelta(days=2))

    assert (finding.good, finding.outcome) == (True, "documents_fine")
    assert finding.facts == {"count": 2, "days": 3}


def test_a_document_of_a_stranger_is_named(folder: Folder) -> None:
    keep(folder, f"config/{STATION}", a_config())
    keep(folder, "manifest/a-xa", a_manifest(), SigningKey.generate())

    finding = check_keys(folder, IDENTITY, NOON)

    assert (finding.good, finding.outcome) == (False, "documents_not_vouched_for")
    assert finding.facts == {"documents": "manifest/a-xa"}


def test_documents_past_their_end_are_told(folder: Folder) -> None:
    keep(folder, f"config/{STATION}", a_config())

    finding = check_keys(folder, IDENTITY, NOON + timedelta(days=60))

    assert (finding.good, finding.outcome) == (False, "documents_expired")


def test_a_station_that_heard_nothing_yet_says_so(folder: Folder) -> None:
    assert check_keys(folder, IDENTITY, NOON).outcome == "no_settings_yet"


def test_the_journal_tells_how_much_is_unsent(folder: Folder) -> None:
    journal = SqliteJournal(folder.journal, "owner", first_boot=1, first_sequence=1)
    journal.open()
    for _ in range(3):
        journal.append(Record(sequence=0, boot=1, at=NOON, kind=RecordKind.BOOTED))
    journal.mark_acked(1)

    finding = check_journal(folder)

    journal.close()
    assert (finding.good, finding.facts) == (True, {"unsent": 2})


def test_no_journal_yet_is_no_fault(folder: Folder) -> None:
    finding = check_journal(folder)

    assert (finding.good, finding.outcome) == (True, "journal_not_begun")


Spoil = Callable[[Path], object]


@pytest.mark.parametrize(
    "spoil",
    [lambda path: path.write_bytes(b"no database" * 500), lambda path: path.touch()],
    ids=["rubbish", "empty"],
)
def test_a_broken_journal_is_told(folder: Folder, spoil: Spoil) -> None:
    spoil(folder.journal)

    finding = check_journal(folder)

    assert (finding.good, finding.outcome) == (False, "journal_broken")
