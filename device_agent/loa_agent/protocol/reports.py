"""What a station says of itself: its state, and its journal record by record."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from loa_agent.protocol.documents import Id, Sha256, Wire

MAX_RECORDS_PER_REPORT = 200
MAX_OCCURRENCE = 80
MAX_CODE = 60
MAX_DOCUMENT = 120
"""Letters in these fields of a record: the server keeps no more."""
MAX_VERSIONS = 200
MAX_CONDITIONS = 20
MAX_LEAP = 100_000_000
"""How far beyond what the server knows of a station its boot or sequence may lie."""

Code = Annotated[str, Field(max_length=MAX_CODE)]
DocumentKey = Annotated[str, Field(max_length=MAX_DOCUMENT)]


class ClockTrust(StrEnum):
    """Whether a station may believe its clock."""

    SYNCHRONISED = "synchronised"
    HELD_OVER = "held_over"
    UNTRUSTED = "untrusted"


class StationStatus(StrEnum):
    """The station's own word; `offline` comes from its last will."""

    ONLINE = "online"
    OFFLINE = "offline"


class State(Wire):
    """Retained state and last will. A lower (boot, connection) than one already seen is stale."""

    type: Literal["state"] = "state"
    station: Id
    boot: int = Field(ge=0)
    connection: int = Field(ge=0)
    status: StationStatus
    sent_at: AwareDatetime
    versions: dict[DocumentKey, int] = Field(default_factory=dict, max_length=MAX_VERSIONS)
    playing: str | None = Field(default=None, max_length=MAX_OCCURRENCE)
    clock: ClockTrust = ClockTrust.UNTRUSTED
    agent_version: Code = ""
    free_bytes: int | None = None
    conditions: tuple[Code, ...] = Field(default=(), max_length=MAX_CONDITIONS)


class RecordKind(StrEnum):
    """What happened. Names are only ever added."""

    BOOTED = "booted"
    RECEIVED = "received"
    REFUSED = "refused"
    FETCHED = "fetched"
    FETCH_FAILED = "fetch_failed"
    ARMED = "armed"
    STARTED = "started"
    ENDED = "ended"
    MISSED = "missed"


class Record(Wire):
    """One row of a station's journal, identified by station, boot and sequence (0: unwritten)."""

    sequence: int = Field(ge=0)
    boot: int = Field(ge=0)
    at: AwareDatetime
    kind: RecordKind
    occurrence: str | None = Field(default=None, max_length=MAX_OCCURRENCE)
    broadcast: str | None = Field(default=None, max_length=MAX_OCCURRENCE)
    item: Sha256 | None = None
    planned_at: AwareDatetime | None = None
    actual_at: AwareDatetime | None = None
    offset_ms: int | None = None
    played_ms: int | None = None
    volume_percent: int | None = None
    code: Code | None = None
    document: DocumentKey | None = None
    version: int | None = None


class Report(Wire):
    """A run of journal records; `oldest` is the lowest sequence the station still holds."""

    type: Literal["report"] = "report"
    station: Id
    boot: int = Field(ge=0)
    oldest: int = Field(ge=0)
    records: tuple[Record, ...] = Field(max_length=MAX_RECORDS_PER_REPORT)
