"""All a station knows: one frozen value, replaced by every step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from loa_agent.core.commands import Cue
from loa_agent.protocol.documents import Config, Document, Manifest
from loa_agent.protocol.reports import ClockTrust, State
from loa_agent.protocol.seal import TrustedKeys
from loa_agent.protocol.timeline import Planned


@dataclass(frozen=True, slots=True)
class Play:
    """One stretch of sound asked of the player."""

    cue: Cue
    occurrence: str
    broadcast: str
    planned_at: datetime
    ends_at: datetime
    rank: int
    slipped: bool
    stop_code: str | None = None
    """Why we stopped it ourselves: `withdrawn`, `preempted`, `outside_hours`."""


@dataclass(frozen=True, slots=True)
class Failure:
    """How often a blob failed and when it may be tried again."""

    count: int
    retry_at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """The timetable as computed at one moment; `needs` lists (sha256, bytes), soonest first."""

    planned: tuple[Planned, ...]
    needs: tuple[tuple[str, int], ...]
    stale_at: datetime


@dataclass(frozen=True, slots=True)
class Brain:
    """The station's state; nothing but `step` makes a new one."""

    station: str
    boot: int
    booted_at: datetime
    since: datetime
    keys: TrustedKeys
    agent_version: str = ""
    documents: Mapping[str, Document] = field(default_factory=dict)
    subscribed: tuple[str, ...] = ()
    blobs: frozenset[str] = frozenset()
    fetching: str | None = None
    failures: Mapping[str, Failure] = field(default_factory=dict)
    plan: Plan | None = None
    plays: Mapping[str, Play] = field(default_factory=dict)
    play_count: int = 0
    settled: frozenset[str] = frozenset()
    """Occurrences that need nothing more: played, missed or withdrawn."""
    tried: frozenset[str] = frozenset()
    """Occurrences whose play was begun at least once."""
    device_retry_at: datetime | None = None
    clock: ClockTrust = ClockTrust.UNTRUSTED
    trusted_since: datetime | None = None
    connected: bool = False
    connection: int = 0
    last_sequence: int = 0
    acked_sequence: int = 0
    report_after: int | None = None
    report_sent_at: datetime | None = None
    state_sent: State | None = None
    refused: frozenset[str] = frozenset()
    commands_seen: tuple[str, ...] = ()
    conditions: frozenset[str] = frozenset()
    free_bytes: int | None = None

    @property
    def config(self) -> Config | None:
        """The settings in force, if any have arrived."""
        found = self.documents.get(f"config/{self.station}")
        return found if isinstance(found, Config) else None

    @property
    def manifests(self) -> list[Manifest]:
        """Manifests of the audiences this station belongs to now."""
        config = self.config
        wanted = () if config is None else config.audiences
        found = (self.documents.get(f"manifest/{audience}") for audience in wanted)
        return [each for each in found if isinstance(each, Manifest)]
