"""What every journal of a station promises, in memory and in SQLite."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.disk import FakeJournal
from loa_agent.adapters.journal_sqlite import SqliteJournal
from loa_agent.ports import Journal
from loa_agent.protocol.reports import Record, RecordKind
from makers import NOON

FIRST = 11


@pytest.fixture(params=["memory", "sqlite"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    if request.param == "memory":
        yield FakeJournal(FIRST)
        return
    real = SqliteJournal(tmp_path / "journal.db", "owner", first_boot=1, first_sequence=FIRST)
    real.open()
    yield real
    real.close()


def a_record(code: str | None = None) -> Record:
    return Record(sequence=0, boot=1, at=NOON, kind=RecordKind.BOOTED, code=code)


def test_records_get_numbers_without_holes_from_the_first_granted_one(journal: Journal) -> None:
    written = [journal.append(a_record()) for _ in range(3)]

    assert [record.sequence for record in written] == [FIRST, FIRST + 1, FIRST + 2]


def test_what_is_read_back_is_what_was_written(journal: Journal) -> None:
    full = a_record("completed").model_copy(
        update={
            "kind": RecordKind.ENDED,
            "occurrence": "b1@2026-11-23T12:00:00",
            "planned_at": NOON,
            "played_ms": 0,
        }
    )

    written = journal.append(full)

    assert list(journal.after(0, 10)) == [written]
    assert written == full.model_copy(update={"sequence": FIRST})


def test_reading_begins_after_a_number_and_ends_at_the_limit(journal: Journal) -> None:
    for _ in range(5):
        journal.append(a_record())

    found = journal.after(FIRST + 1, 2)

    assert [record.sequence for record in found] == [FIRST + 2, FIRST + 3]


def test_records_stay_readable_after_they_were_acknowledged(journal: Journal) -> None:
    journal.append(a_record())

    journal.mark_acked(FIRST)

    assert [record.sequence for record in journal.after(0, 10)] == [FIRST]


def test_the_oldest_of_nothing_is_zero(journal: Journal) -> None:
    assert journal.oldest() == 0

    journal.append(a_record())

    assert journal.oldest() == FIRST
