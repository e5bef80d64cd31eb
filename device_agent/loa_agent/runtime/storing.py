"""What must survive goes to the disk in order; while the disk refuses, it waits in memory."""

import logging
from collections import deque
from collections.abc import Callable

from loa_agent.ports import Documents, Journal, StorageError
from loa_agent.protocol.reports import Record

log = logging.getLogger(__name__)

MAX_WAITING_RECORDS = 1_000
"""Then the oldest goes: a disk that refuses for days is told by the condition anyway."""


class Storing:
    """Documents and records on their way to the disk.

    `make_room` gives up what was set aside for this; False when there is nothing left to give.
    """

    def __init__(
        self, journal: Journal, documents: Documents, make_room: Callable[[], bool]
    ) -> None:
        self._journal = journal
        self._documents = documents
        self._make_room = make_room
        self._waiting_documents: dict[str, bytes] = {}
        self._waiting_records: deque[Record] = deque(maxlen=MAX_WAITING_RECORDS)
        self._refused = False

    @property
    def is_waiting(self) -> bool:
        """Whether something is not on the disk yet."""
        return bool(self._waiting_documents or self._waiting_records)

    def keep(self, key: str, raw: bytes) -> None:
        """A document to be stored by the next `flush`."""
        self._waiting_documents[key] = raw

    def write_down(self, record: Record) -> None:
        """A record to be stored by the next `flush`."""
        self._waiting_records.append(record)

    def flush(self) -> list[int]:
        """Store what waits, documents first; sequences of the records that are durable now.

        What the disk refused stays waiting: see `is_waiting`.
        """
        stored: list[int] = []
        refusal = self._store(stored)
        if refusal is not None and self._make_room():
            refusal = self._store(stored)
        if refusal is not None and not self._refused:
            log.error("storage_stalled code=%s", refusal)
        elif refusal is None and self._refused:
            log.warning("storage_works_again records=%s", len(stored))
        self._refused = refusal is not None
        return stored

    def _store(self, stored: list[int]) -> str | None:
        """Add to `stored` until all is done or the disk refuses; the code of the refusal."""
        try:
            for key in list(self._waiting_documents):
                self._documents.keep(key, self._waiting_documents[key])
                del self._waiting_documents[key]
            while self._waiting_records:
                stored.append(self._journal.append(self._waiting_records[0]).sequence)
                self._waiting_records.popleft()
        except StorageError as error:
            return error.code
        return None
