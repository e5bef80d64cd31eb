"""Whatever a network does to reports, every record is stored once and none is given up."""

from datetime import UTC, datetime

from fakes.bridge import STATION, FakeLedger
from hypothesis import given, settings
from hypothesis import strategies as st
from loa_agent.protocol.reports import Record, RecordKind, Report
from loa_server.application.ingest_report import ingest_report

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

moves = st.lists(
    st.tuples(
        st.sampled_from(["write", "send", "deliver", "repeat", "lose", "hear_ack", "forget"]),
        st.integers(0, 9),
    ),
    max_size=60,
)


class Line:
    """A station's journal, a server's copy, and between them a network that does as it likes."""

    def __init__(self) -> None:
        self.ledger = FakeLedger()
        self.journal: list[int] = []
        self.acked = 0
        self.forgotten = 0
        self.reports: list[Report] = []
        self.acks: list[int] = []
        self.answers: list[int] = []

    def write(self, number: int) -> None:
        start = len(self.journal)
        self.journal += range(start + 1, start + 1 + number)

    def send(self, number: int) -> None:
        sequences = self.journal[self.acked : self.acked + 1 + number]
        if sequences:
            records = tuple(
                Record(sequence=each, boot=1, at=NOW, kind=RecordKind.FETCHED) for each in sequences
            )
            oldest = self.forgotten + 1
            self.reports.append(Report(station=STATION, boot=1, oldest=oldest, records=records))

    def deliver(self, number: int) -> None:
        if self.reports:
            self._ingest(self.reports.pop(number % len(self.reports)))

    def repeat(self, number: int) -> None:
        if self.reports:
            self._ingest(self.reports[number % len(self.reports)])

    def lose(self, number: int) -> None:
        if self.reports:
            self.reports.pop(number % len(self.reports))

    def hear_ack(self, number: int) -> None:
        """In any order, again and again: a station raises what it believes, never lowers it."""
        if self.acks:
            self.acked = max(self.acked, self.acks[number % len(self.acks)])

    def forget(self, number: int) -> None:
        """Acknowledged records may go, in any number."""
        self.forgotten = min(self.acked, self.forgotten + number)

    def _ingest(self, report: Report) -> None:
        result = ingest_report(report=report, journals=self.ledger, now=NOW)
        self.acks.append(result.acknowledged)
        self.answers.append(result.acknowledged)

    def mend(self) -> None:
        """The network works at last."""
        while self.acked < len(self.journal):
            self.reports = []
            self.send(9)
            self.deliver(0)
            self.hear_ack(len(self.acks) - 1)


@settings(max_examples=400, deadline=None)
@given(moves)
def test_every_record_is_stored_exactly_once_and_the_acknowledgement_never_falls(
    steps: list[tuple[str, int]],
) -> None:
    line = Line()
    line.write(3)

    for name, number in steps:
        getattr(line, name)(number)
        # Nothing may be acknowledged that is not stored, since the station forgets it.
        assert set(range(1, line.ledger.acked + 1)) <= line.ledger.records.keys()
    line.mend()

    assert sorted(line.ledger.records) == line.journal
    assert line.answers == sorted(line.answers)
    assert line.ledger.acked == len(line.journal)
