"""What the brain asks of the edges; the runtime carries each out and answers with events."""

from dataclasses import dataclass
from datetime import datetime

from loa_agent.protocol.reports import Record, State


@dataclass(frozen=True, slots=True)
class Command:
    """A request; carrying it out twice does no harm."""


@dataclass(frozen=True, slots=True)
class Subscribe(Command):
    """Listen to exactly these topics (QoS 0); topics no longer named are dropped."""

    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoreDocument(Command):
    """Keep sealed bytes durably under the document key, e.g. `manifest/a-x` or `trust/3`."""

    key: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Fetch(Command):
    """Get a blob; answered by FetchDone or FetchFailed."""

    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class DropBlob(Command):
    """Nothing on the timetable needs this blob any more."""

    sha256: str


@dataclass(frozen=True, slots=True)
class VolumeStep:
    """From `after_ms` of sound on the volume is another."""

    after_ms: int
    volume_percent: int


@dataclass(frozen=True, slots=True)
class Cue(Command):
    """Blobs to sound one after another without gap, so that the first sample leaves at `start_at`.

    `offset_ms` is skipped at the beginning; sound ends with a fade after `length_ms`.
    It begins at `volume_percent`; `volume_steps` change that, in order of time.
    Answered by PlayStarted and PlayEnded; a cue may come while another still sounds.
    """

    play: str
    blobs: tuple[str, ...]
    start_at: datetime
    offset_ms: int
    length_ms: int
    volume_percent: int
    volume_steps: tuple[VolumeStep, ...] = ()


@dataclass(frozen=True, slots=True)
class StopPlay(Command):
    """Fade out and end a play; answered by PlayEnded with code `stopped`."""

    play: str
    fade_ms: int


@dataclass(frozen=True, slots=True)
class Journal(Command):
    """Write a record durably; the journal gives the sequence number and answers Journaled."""

    record: Record


@dataclass(frozen=True, slots=True)
class MarkAcked(Command):
    """The server holds everything up to `sequence`."""

    sequence: int


@dataclass(frozen=True, slots=True)
class SendReport(Command):
    """Publish journal records after `after_sequence`, at most one report's worth."""

    after_sequence: int


@dataclass(frozen=True, slots=True)
class PublishState(Command):
    """Publish the retained state."""

    state: State


@dataclass(frozen=True, slots=True)
class WakeAt(Command):
    """Send a Tick at this instant; replaces the earlier wish."""

    at: datetime


@dataclass(frozen=True, slots=True)
class PlayTestTone(Command):
    """Sound a short test tone now."""


@dataclass(frozen=True, slots=True)
class Restart(Command):
    """End the process with success; the service manager starts it again."""
