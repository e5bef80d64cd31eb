"""Buổi phát: what was ordered, as rows say it and as stations hear it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from loa_agent.protocol import documents as wire

from loa_server.domain.bulletins import Bulletin, BulletinStatus
from loa_server.domain.holidays import Calendar
from loa_server.domain.problems import Problem
from loa_server.domain.schedule import Schedule, travelling

COMPILED_BACK = timedelta(days=2)
COMPILED_AHEAD = timedelta(days=60)
"""Holidays travel worked into the rule for this long; documents live for 30 days."""


ON_TIME = wire.Late()
"""Entered where the clock says, should it begin late."""


class BroadcastStatus(StrEnum):
    """Where a broadcast stands as a whole."""

    WAITING = "waiting"
    REFUSED = "refused"
    SCHEDULED = "scheduled"
    ON_AIR = "on_air"
    FINISHED = "finished"
    STOPPED = "stopped"


class ApprovalState(StrEnum):
    """Whether a broadcast may be told to stations: only what is approved ever is."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Approval:
    """Who decided, when, and what they said; `by` is None while it waits."""

    state: ApprovalState
    by: str | None = None
    at: datetime | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """A wish to pass permitted hours and caps until an instant, and who agreed as the second.

    Without `second_by` it passes nothing.
    """

    reason: str
    asked_by: str
    until: datetime
    second_by: str | None = None
    agreed_at: datetime | None = None


class ChangeScope(StrEnum):
    """How much of a series a change takes the place of."""

    ONE = "one"
    FROM_HERE = "from_here"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Replaces:
    """What this broadcast takes the place of once it is approved; `occurrence` is a local start."""

    broadcast: str
    scope: ChangeScope
    occurrence: str | None = None


@dataclass(frozen=True, slots=True)
class Withheld:
    """An audience that is not told of it since `at`: by `code` nothing of it may sound there."""

    audience: str
    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Broadcast:
    """Bulletins in order, to whom and when; it is over at `ends_at` or once `stopped_at`.

    `slot_ms` is the time kept for it in the timetable, which its audio may not fill. `at_once`
    was meant to sound as soon as it may: when it has to wait, approval sets its time.
    """

    id: str
    title: str
    class_: wire.BroadcastClass
    bulletins: tuple[str, ...]
    audiences: tuple[str, ...]
    schedule: Schedule
    area: str
    author: str
    created_at: datetime
    ends_at: datetime | None = None
    stopped_at: datetime | None = None
    late: wire.Late = ON_TIME
    slot_ms: int | None = None
    programme: str | None = None
    approval: Approval = Approval(ApprovalState.APPROVED)
    override: Override | None = None
    replaces: Replaces | None = None
    at_once: bool = False
    withheld: tuple[Withheld, ...] = ()

    @property
    def told_from(self) -> datetime:
        """Since when stations may be told: occurrences before that do not exist."""
        return max(self.created_at, self.approval.at or self.created_at)

    @property
    def rule(self) -> wire.Rule:
        """The rule as people meant it, before holidays."""
        return self.schedule.rule


def item(bulletin: Bulletin) -> wire.Item:
    """What stations are told of a bulletin; raises Problem `bulletin_not_ready`."""
    if bulletin.status is not BulletinStatus.READY or bulletin.voice is None:
        raise Problem("bulletin_not_ready", {"bulletin": bulletin.id})
    voice = bulletin.voice
    return wire.Item(
        id=bulletin.id,
        title=bulletin.title,
        sha256=voice.sha256,
        bytes=voice.bytes,
        duration_ms=voice.duration_ms,
    )


def on_air(
    broadcast: Broadcast, bulletins: tuple[Bulletin, ...], calendar: Calendar, now: datetime
) -> wire.Broadcast:
    """The broadcast as it travels at `now`; occurrences before it was approved do not exist."""
    begin, end = (now - COMPILED_BACK).date(), (now + COMPILED_AHEAD).date()
    return wire.Broadcast(
        id=broadcast.id,
        title=broadcast.title,
        class_=broadcast.class_,
        items=tuple(item(bulletin) for bulletin in bulletins),
        rule=travelling(broadcast.schedule, calendar, begin, end),
        late=broadcast.late,
        exemptions=_exemptions(broadcast),
        begins_at=broadcast.told_from,
        ends_at=broadcast.ends_at,
    )


def _exemptions(broadcast: Broadcast) -> tuple[wire.Exemption, ...]:
    """Passing hours takes two people: a wish alone passes nothing."""
    wish = broadcast.override
    if wish is None or wish.second_by is None or wish.agreed_at is None:
        return ()
    return (wire.Exemption(id=broadcast.id, begin_at=wish.agreed_at, end_at=wish.until),)
