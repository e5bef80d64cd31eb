"""A station's disk in memory: it keeps state, and can be told to refuse."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from loa_agent.ports import StorageError
from loa_agent.protocol import topics
from loa_agent.protocol.reports import Record


class FakeJournal:
    def __init__(self, first_sequence: int = 1) -> None:
        self.records: list[Record] = []
        self.acked = first_sequence - 1
        self.last = first_sequence - 1
        self.refuse: str | None = None

    def append(self, record: Record) -> Record:
        self._may_refuse()
        self.last += 1
        self.records.append(record.model_copy(update={"sequence": self.last}))
        return self.records[-1]

    def after(self, sequence: int, limit: int) -> Sequence[Record]:
        return [record for record in self.records if record.sequence > sequence][:limit]

    def mark_acked(self, sequence: int) -> None:
        self._may_refuse()
        self.acked = max(self.acked, sequence)

    def oldest(self) -> int:
        return self.records[0].sequence if self.records else 0

    def _may_refuse(self) -> None:
        if self.refuse is not None:
            raise StorageError(self.refuse)


class FakeDocuments:
    def __init__(self) -> None:
        self.stored: dict[str, bytes] = {}
        self.refuse: str | None = None

    def keep(self, key: str, raw: bytes) -> None:
        if self.refuse is not None:
            raise StorageError(self.refuse)
        self.stored[key] = raw

    def all(self) -> Mapping[str, bytes]:
        return {f"{topics.PREFIX}/{key}": raw for key, raw in self.stored.items()}


class FakeBlobs:
    def __init__(self) -> None:
        self.held: dict[str, Path] = {}

    def path(self, sha256: str) -> Path | None:
        return self.held.get(sha256)

    def all(self) -> frozenset[str]:
        return frozenset(self.held)

    def drop(self, sha256: str) -> None:
        self.held.pop(sha256, None)
