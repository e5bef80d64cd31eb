"""All a station knows: one frozen value, replaced by every step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from loa_agent.core.commands import Cue
from loa_agent.protocol.documents import Config, Document, Manifest
from loa_agent.protocol.reports import ClockTrust, State
from loa_agent.protocol.seal import TrustedKeys
from loa_agent.protocol.timeline import Planned


@dataclass(frozen=True, slots=True)
class Play:
    """One stretch of sound asked of the player.

    `ends_at` is when it falls silent by itself; `delay` is how much later than planned it sounds.
    `late`: it sounds where the station itself found room, since the plan's own place had passed.
    """

    cue: Cue
    occurrence: str
    broadcast: str
    planned_at: datetime
    ends_at: datetime
    delay: timedelta
    rank: int
    late: bool
    stop_code: str | None = None
    """Why we stopped it ourselves, once we did."""
    stopped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """How often something failed and when it may be tried again."""

    count: int
    retry_at: datetime


@dataclass(frozen=True, slots=True)
class Pending:
    """An occurrence that may still sound; `rank` is its place in the plan, 0 wins."""

    opens_at: datetime
    over_at: datetime
    rank: int
    planned: Planned

    @property
    def name(self) -> str:
        """Id of the occurrence."""
        return self.planned.occurrence.id


@dataclass(frozen=True, slots=True)
class Plan:
    """The timetable as computed at one moment, who wins first.

    `pending` is what of it is not settled, by the instant from which on it has to be looked at.
    """

    planned: tuple[Planned, ...]
    pending: tuple[Pending, ...]
    stale_at: datetime

    def of(self, occurrence: str) -> Planned | None:
        """What is planned for an occurrence."""
        return next((each for each in self.planned if each.occurrence.id == occurrence), None)

    def without(self, occurrence: str) -> "Plan":
        """The same plan with an occurrence settled."""
        left = tuple(each for each in self.pending if each.name != occurrence)
        return Plan(self.planned, left, self.stale_at)


@dataclass(frozen=True, slots=True)
class Brain:
    """The station's state; nothing but `step` makes a new one."""

    station: str
    boot: int
    booted_at: datetime
    since: datetime
    keys: TrustedKeys
    now: datetime
    """The instant of the last event."""
    agent_version: str = ""
    documents: Mapping[str, Document] = field(default_factory=dict)
    subscribed: tuple[str, ...] = ()
    blobs: frozenset[str] = frozenset()
    fetching: str | None = None
    failures: Mapping[str, Failure] = field(default_factory=dict)
    plan: Plan | None = None
    needs: tuple[tuple[str, int], ...] = ()
    """Audio to have, as (sha256, bytes), soonest first."""
    plays: Mapping[str, Play] = field(default_factory=dict)
    play_count: int = 0
    settled: frozenset[str] = frozenset()
    """Occurrences that need nothing more: played, missed or withdrawn."""
    tried: frozenset[str] = frozenset()
    """Occurrences whose play was begun at least once."""
    reached: Mapping[str, int] = field(default_factory=dict)
    """Occurrences of which a stretch was completed, and up to which ms of the programme."""
    heard: Mapping[str, int] = field(default_factory=dict)
    """Up to which ms of its programme an occurrence sounded, whatever ended it."""
    setbacks: Mapping[str, Failure] = field(default_factory=dict)
    """Occurrences whose play failed at the card or the decoder."""
    stepped: bool = False
    """The wall clock was just set: nothing that sounds is where it should be."""
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
