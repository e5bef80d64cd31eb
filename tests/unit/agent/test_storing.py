"""A disk that refuses delays what must survive and loses nothing of it."""

import pytest
from fakes.disk import FakeDocuments, FakeJournal
from loa_agent.protocol.reports import Record, RecordKind
from loa_agent.runtime.storing import MAX_WAITING_RECORDS, Storing
from makers import NOON


@pytest.fixture
def journal() -> FakeJournal:
    return FakeJournal()


@pytest.fixture
def documents() -> FakeDocuments:
    return FakeDocuments()


@pytest.fixture
def storing(journal: FakeJournal, documents: FakeDocuments) -> Storing:
    return Storing(journal, documents, lambda: False)


def a_record(code: str = "a") -> Record:
    return Record(sequence=0, boot=1, at=NOON, kind=RecordKind.BOOTED, code=code)


def test_a_record_is_on_the_disk_when_its_number_is_told(
    storing: Storing, journal: FakeJournal
) -> None:
    storing.write_down(a_record())

    assert storing.flush() == [1]
    assert [record.sequence for record in journal.records] == [1]
    assert not storing.is_waiting


def test_what_a_full_disk_refused_is_written_in_order_once_there_is_room(
    storing: Storing, journal: FakeJournal
) -> None:
    journal.refuse = "disk_full"
    storing.write_down(a_record("first"))
    assert storing.flush() == []
    assert storing.is_waiting
    storing.write_down(a_record("second"))
    storing.flush()

    journal.refuse = None

    assert storing.flush() == [1, 2]
    assert [record.code for record in journal.records] == ["first", "second"]


def test_room_set_aside_is_given_up_before_anything_has_to_wait(
    journal: FakeJournal, documents: FakeDocuments
) -> None:
    def make_room() -> bool:
        journal.refuse = None
        return True

    storing = Storing(journal, documents, make_room)
    journal.refuse = "disk_full"
    storing.write_down(a_record())

    assert storing.flush() == [1]
    assert not storing.is_waiting


def test_a_document_goes_before_the_record_that_tells_of_it(
    storing: Storing, journal: FakeJournal, documents: FakeDocuments
) -> None:
    documents.refuse = "disk_full"
    storing.keep("manifest/a-x", b"sealed")
    storing.write_down(a_record())

    assert storing.flush() == []
    assert journal.records == []

    documents.refuse = None

    assert storing.flush() == [1]
    assert documents.stored == {"manifest/a-x": b"sealed"}


def test_a_disk_that_refuses_for_ever_does_not_fill_the_memory(
    storing: Storing, journal: FakeJournal
) -> None:
    journal.refuse = "disk_failed"
    for number in range(MAX_WAITING_RECORDS + 5):
        storing.write_down(a_record(str(number)))

    journal.refuse = None
    storing.flush()

    assert len(journal.records) == MAX_WAITING_RECORDS
    assert journal.records[0].code == "5"
