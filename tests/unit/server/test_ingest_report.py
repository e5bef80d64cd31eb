"""Reports are stored once, holes are named, and the acknowledgement never jumps over a hope."""

from collections.abc import Sequence
from datetime import UTC, datetime

from loa_agent.protocol.reports import Record, RecordKind, Report
from loa_server.application.ingest_report import Ingested, ingest_report

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


class FakeJournals:
    """Journals in memory; `gaps` lists what was given up."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, int], Record] = {}
        self.acked: dict[str, int] = {}
        self.gaps: list[tuple[str, int, int]] = []

    def acknowledged(self, station: str) -> int:
        return self.acked.get(station, 0)

    def acknowledge(self, station: str, sequence: int) -> None:
        self.acked[station] = sequence

    def keep(self, station: str, records: Sequence[Record], received_at: datetime) -> int:
        assert received_at == NOW
        new = {
            (station, r.sequence): r for r in records if (station, r.sequence) not in self.records
        }
        self.records |= new
        return len(new)

    def kept_after(self, station: str, sequence: int) -> list[int]:
        return sorted(s for owner, s in self.records if owner == station and s > sequence)

    def note_gap(self, station: str, first: int, last: int, noted_at: datetime) -> None:
        assert noted_at == NOW
        self.gaps.append((station, first, last))


def report(*sequences: int, oldest: int | None = None, station: str = "phu-cat-1") -> Report:
    records = tuple(
        Record(sequence=each, boot=1, at=NOW, kind=RecordKind.FETCHED) for each in sequences
    )
    first = min(sequences, default=1) if oldest is None else oldest
    return Report(station=station, boot=1, oldest=first, records=records)


def ingest(journals: FakeJournals, message: Report) -> Ingested:
    return ingest_report(report=message, journals=journals, now=NOW)


def test_a_first_report_is_stored_and_acknowledged_to_its_end() -> None:
    journals = FakeJournals()

    result = ingest(journals, report(1, 2, 3))

    assert result == Ingested(acknowledged=3, fresh=3)
    assert len(journals.records) == 3


def test_the_same_report_twice_is_stored_once_and_acknowledged_alike() -> None:
    journals = FakeJournals()
    ingest(journals, report(1, 2, 3))

    again = ingest(journals, report(1, 2, 3))

    assert again == Ingested(acknowledged=3, fresh=0)
    assert len(journals.records) == 3
    assert journals.gaps == []


def test_a_report_that_overlaps_stores_only_what_is_new() -> None:
    journals = FakeJournals()
    ingest(journals, report(1, 2, 3))

    result = ingest(journals, report(2, 3, 4, 5, oldest=1))

    assert result == Ingested(acknowledged=5, fresh=2)


def test_a_report_from_ahead_is_kept_but_not_acknowledged_over_the_hole() -> None:
    journals = FakeJournals()
    ingest(journals, report(1, 2))

    ahead = ingest(journals, report(5, 6, oldest=1))
    filled = ingest(journals, report(3, 4, oldest=1))

    assert ahead == Ingested(acknowledged=2, fresh=2)
    assert filled == Ingested(acknowledged=6, fresh=2)
    assert journals.gaps == []


def test_what_the_station_no_longer_holds_is_noted_as_a_gap_and_passed_over() -> None:
    journals = FakeJournals()
    ingest(journals, report(1, 2))

    result = ingest(journals, report(6, 7, oldest=6))

    assert result == Ingested(acknowledged=7, fresh=2)
    assert journals.gaps == [("phu-cat-1", 3, 5)]


def test_a_gap_spares_the_records_that_came_early() -> None:
    journals = FakeJournals()
    ingest(journals, report(1))
    ingest(journals, report(4, oldest=1))

    result = ingest(journals, report(7, oldest=7))

    assert journals.gaps == [("phu-cat-1", 2, 3), ("phu-cat-1", 5, 6)]
    assert result.acknowledged == 7


def test_a_gap_is_noted_once_however_often_the_report_comes() -> None:
    journals = FakeJournals()

    ingest(journals, report(4, 5, oldest=4))
    ingest(journals, report(4, 5, oldest=4))

    assert journals.gaps == [("phu-cat-1", 1, 3)]


def test_an_oldest_beyond_the_records_sent_gives_up_nothing_that_was_sent() -> None:
    journals = FakeJournals()

    result = ingest(journals, report(1, 2, oldest=900))

    assert result.acknowledged == 2
    assert journals.gaps == []


def test_an_empty_report_changes_nothing() -> None:
    journals = FakeJournals()

    assert ingest(journals, report(oldest=50)) == Ingested(acknowledged=0, fresh=0)
    assert journals.gaps == []


def test_an_unwritten_record_is_left_out() -> None:
    journals = FakeJournals()

    assert ingest(journals, report(0, 1)) == Ingested(acknowledged=1, fresh=1)


def test_stations_are_counted_apart() -> None:
    journals = FakeJournals()
    ingest(journals, report(1, 2, 3))

    result = ingest(journals, report(1, station="tuy-phuoc-1"))

    assert result == Ingested(acknowledged=1, fresh=1)
