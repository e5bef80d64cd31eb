"""River 9: keep what a station wrote down and say how far it is held without a hole."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from loa_agent.protocol.reports import Record, Report


class Journals(Protocol):
    """The server's copy of the journals of all stations."""

    def acknowledged(self, station: str) -> int:
        """Highest sequence below which nothing is awaited any more; 0 at first."""

    def acknowledge(self, station: str, sequence: int) -> None:
        """Raise the acknowledged sequence."""

    def keep(self, station: str, records: Sequence[Record], received_at: datetime) -> int:
        """Store records not stored yet, by (station, sequence); how many were new."""

    def kept_after(self, station: str, sequence: int) -> list[int]:
        """Stored sequences above `sequence`, ascending."""

    def note_gap(self, station: str, first: int, last: int, noted_at: datetime) -> None:
        """Write down that the station no longer holds what we never got."""


@dataclass(frozen=True, slots=True)
class Ingested:
    """What to acknowledge, and how many records were new."""

    acknowledged: int
    fresh: int


def ingest_report(*, report: Report, journals: Journals, now: datetime) -> Ingested:
    """Store a report; the same report twice changes nothing.

    Where the station's oldest record lies beyond what we await, the hole can never be filled:
    it is noted as a gap and passed over, so that the station may forget what it delivered.
    """
    station = report.station
    before = journals.acknowledged(station)
    records = [record for record in report.records if record.sequence > before]
    fresh = journals.keep(station, records, now) if records else 0
    held = journals.kept_after(station, before)
    oldest = _oldest(report)
    for first, last in _holes(before, held, oldest):
        journals.note_gap(station, first, last, now)
    acknowledged = _contiguous(max(before, oldest - 1), held)
    if acknowledged > before:
        journals.acknowledge(station, acknowledged)
    return Ingested(acknowledged, fresh)


def _oldest(report: Report) -> int:
    """Lowest sequence the station holds; never beyond what it just sent."""
    if not report.records:
        return 0
    return min(report.oldest, report.records[0].sequence)


def _holes(before: int, held: Iterable[int], oldest: int) -> list[tuple[int, int]]:
    """Runs in (before, oldest) that are not stored, as inclusive pairs."""
    found = []
    expected = before + 1
    for sequence in [*(each for each in held if each < oldest), oldest]:
        if sequence > expected:
            found.append((expected, sequence - 1))
        expected = max(expected, sequence + 1)
    return found


def _contiguous(start: int, held: Iterable[int]) -> int:
    reached = start
    for sequence in held:
        if sequence == reached + 1:
            reached = sequence
        elif sequence > reached:
            break
    return reached
