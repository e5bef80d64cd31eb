"""What the runtime needs of the world; each port is one concept, chosen in `runtime`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from loa_agent.core.commands import Cue
from loa_agent.core.events import Event
from loa_agent.protocol.reports import ClockTrust, Record

Emit = Callable[[Event], None]
"""Hands an event to the brain's queue; safe from any thread, never blocks for long."""


class FetchError(Exception):
    """A blob could not be had; `code` is one of the codes of the event FetchFailed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class StorageError(Exception):
    """The disk does not take what must survive; `code` is `disk_full` or `disk_failed`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SinkError(Exception):
    """Sound cannot leave; `code` is `no_sound_card`, `sink_failed` or `sink_stalled`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Clock(Protocol):
    """The wall clock and how far it may be believed."""

    def now(self) -> datetime:
        """Aware UTC."""

    def trust(self) -> ClockTrust:
        """From the system's own time synchronisation and from what the server said."""

    def compare(self, server_time: datetime, asked_at: datetime, answered_at: datetime) -> None:
        """The server's signed time, which it wrote between these two instants of our own clock."""


class Journal(Protocol):
    """Records that survive the plug being pulled."""

    def append(self, record: Record) -> Record:
        """Write durably; the record comes back with its sequence; raises StorageError."""

    def after(self, sequence: int, limit: int) -> Sequence[Record]:
        """Records above `sequence`, ascending; raises StorageError."""

    def mark_acked(self, sequence: int) -> None:
        """The server holds everything up to here; old rows may go."""

    def oldest(self) -> int:
        """Lowest sequence still held; 0 when empty."""


class Documents(Protocol):
    """Sealed documents by key, each wholly old or wholly new after a crash."""

    def keep(self, key: str, raw: bytes) -> None:
        """Store durably; raises StorageError."""

    def all(self) -> Mapping[str, bytes]:
        """Topic to sealed bytes."""


class Blobs(Protocol):
    """Audio by the SHA-256 of its content."""

    def path(self, sha256: str) -> Path | None:
        """Where it lies, or None."""

    def all(self) -> frozenset[str]:
        """Hashes held; half fetched audio is not among them."""

    def drop(self, sha256: str) -> None:
        """Forget it; an unknown hash is no error."""


class Fetcher(Protocol):
    """Brings one blob from the server to the disk, resuming what broke off."""

    def fetch(self, sha256: str, size_bytes: int) -> None:
        """Returns when the blob is durable and its hash was right; raises FetchError."""


class Bus(Protocol):
    """The station's MQTT connection; what comes in is emitted as events."""

    def start(self, emit: Emit) -> None:
        """Begin connecting and keep trying."""

    def subscribe(self, topics: Sequence[str]) -> None:
        """Listen to exactly these."""

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """Hand over; what is lost is repeated by the brain."""

    def stop(self) -> None:
        """Say goodbye."""


class Sink(Protocol):
    """One open output for mono 16-bit samples at 48 kHz; raises SinkError."""

    def write(self, samples: bytes) -> None:
        """Hand over samples; returns when there was room for them."""

    def next_sample_at(self) -> float | None:
        """Wall-clock instant (Unix seconds) at which the next written sample is heard."""

    def close(self) -> None:
        """Let what was written sound, then release the card."""


class Player(Protocol):
    """Sounds cues at their instant; answers with PlayStarted and PlayEnded."""

    def cue(self, cue: Cue) -> None:
        """Accept a play; may come while another still sounds."""

    def stop(self, play: str, fade_ms: int) -> None:
        """Fade out and end; an unknown play is no error."""

    def test_tone(self, volume_percent: int) -> None:
        """Sound a short tone when nothing else does."""

    def close(self) -> None:
        """End all plays and release the card."""
