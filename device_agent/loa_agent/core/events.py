"""What happens to a station: the only things its brain ever hears of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from loa_agent.protocol.reports import ClockTrust, Record


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at `now` (aware UTC by the station's own clock)."""

    now: datetime


@dataclass(frozen=True, slots=True)
class Booted(Event):
    """The process began; what it finds on its disk.

    `documents` maps topics to sealed bytes; `history` holds journal records of the last days.
    `since` is when this station was first started: nothing before it can be missed.
    """

    station: str
    boot: int
    since: datetime
    keys: Mapping[str, str]
    documents: Mapping[str, bytes]
    blobs: frozenset[str]
    history: tuple[Record, ...]
    last_sequence: int
    acked_sequence: int
    agent_version: str = ""


@dataclass(frozen=True, slots=True)
class Tick(Event):
    """The alarm the brain asked for, or a spurious wake; both are harmless."""


@dataclass(frozen=True, slots=True)
class ClockJudged(Event):
    """The clock's trust was looked at anew; at once when the wall clock was set.

    `step_ms` says by how much it was moved since the last judgement, against a clock that no one
    sets; what a time daemon turns slowly is no step.
    """

    trust: ClockTrust
    step_ms: int = 0


@dataclass(frozen=True, slots=True)
class Connected(Event):
    """The broker accepted us; `connection` counts connections of this boot from 1."""

    connection: int


@dataclass(frozen=True, slots=True)
class Disconnected(Event):
    """The broker is gone."""


@dataclass(frozen=True, slots=True)
class MessageArrived(Event):
    """Sealed bytes came on a topic; nothing about them is believed yet."""

    topic: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class FetchDone(Event):
    """A blob lies on the disk and its hash was read back."""

    sha256: str


@dataclass(frozen=True, slots=True)
class FetchFailed(Event):
    """A blob could not be had: `network`, `not_found`, `hash_mismatch`, `disk_full`, `refused`."""

    sha256: str
    code: str


@dataclass(frozen=True, slots=True)
class BlobLost(Event):
    """A blob held until now is gone, or its content no longer has its hash."""

    sha256: str


@dataclass(frozen=True, slots=True)
class StorageStalled(Event):
    """The disk does not take what must survive; records wait in memory until Journaled."""


@dataclass(frozen=True, slots=True)
class PlayStarted(Event):
    """The first sample left (or is placed to leave) the sound card at `actual_at`."""

    play: str
    actual_at: datetime


@dataclass(frozen=True, slots=True)
class PlayEnded(Event):
    """A play is over: `completed`, `stopped`, or what broke (`no_sound_card`, ...)."""

    play: str
    code: str
    played_ms: int


@dataclass(frozen=True, slots=True)
class Journaled(Event):
    """A record is durable under `sequence`."""

    sequence: int


@dataclass(frozen=True, slots=True)
class DiskMeasured(Event):
    """Free bytes where the station keeps its data."""

    free_bytes: int
