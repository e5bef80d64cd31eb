"""Broadcasts: what is ordered, what would come of it, who decides, and how it is changed."""

from datetime import date
from typing import Any

from loa_agent.protocol.documents import BroadcastClass, LatePolicy
from loa_agent.protocol.timeline import Outcome
from pydantic import Field

from loa_server.api.shapes.base import Day, Instant, LunarDay, Shape, Wish, Word
from loa_server.api.shapes.when import At, LocalStart, Now, OrderedAt, OrderedRule, Rule
from loa_server.domain.approval import Needs
from loa_server.domain.broadcasts import ApprovalState, BroadcastStatus, ChangeScope
from loa_server.domain.holidays import HolidayName
from loa_server.domain.progress import Step

MAX_AUDIENCES = 500
MAX_PIECES = 200
"""More than a broadcast may hold, so that the use-case can say how many it may."""
MAX_TEXT = 2000
MAX_MINUTES = 24 * 60
MAX_ORDERED = 1000


class LateWish(Wish):
    """How it gives way; `slip_min` belongs to `slip` and `resume`."""

    policy: LatePolicy = LatePolicy.JOIN
    slip_min: int = Field(default=0, ge=0, le=MAX_MINUTES)


class OverrideWish(Wish):
    """Pass permitted hours and caps up to and with a local day, for a reason."""

    reason: str = Field(max_length=MAX_TEXT)
    until: Day


class Order(Wish):
    """Bulletins in order, or a programme, for audiences at a time; `delay_s` belongs to `now`.

    The title is that of the programme or of the first bulletin when it is left out.
    """

    bulletins: list[Word] = Field(default=[], max_length=MAX_PIECES)
    programme: Word | None = None
    title: Word | None = None
    audiences: list[Word] = Field(max_length=MAX_AUDIENCES)
    when: Now | At | Rule = Field(discriminator="mode")
    class_: BroadcastClass = Field(default=BroadcastClass.ORDINARY, alias="class")
    late: LateWish = LateWish()
    slot_min: int | None = Field(default=None, ge=1, le=MAX_MINUTES)
    override: OverrideWish | None = None
    delay_s: int = Field(default=15, ge=0, le=3600)


class Change(Wish):
    """What is different from `occurrence` (a local start) on; what is left out stays."""

    scope: ChangeScope
    occurrence: LocalStart
    start: LocalStart | None = None
    slot_min: int | None = Field(default=None, ge=1, le=MAX_MINUTES)
    audiences: list[Word] | None = Field(default=None, max_length=MAX_AUDIENCES)
    bulletins: list[Word] | None = Field(default=None, max_length=MAX_PIECES)
    programme: Word | None = None


class End(Wish):
    """The first occurrence, by its local start, that shall not sound any more."""

    occurrence: LocalStart


class Approve(Wish):
    """`code` of the second factor is needed for what passes permitted hours or caps."""

    code: Word | None = None
    note: str | None = Field(default=None, max_length=MAX_TEXT)


class Refuse(Wish):
    """Why not; the author reads it."""

    note: str = Field(max_length=MAX_TEXT)


class Precedence(Wish):
    """Priority broadcasts of an area, the one that goes first first."""

    broadcasts: list[Word] = Field(max_length=MAX_ORDERED)


class PreviewStart(Shape):
    """An occurrence to come, with what its local day is called."""

    starts_at: Instant
    lunar: LunarDay | None
    holidays: list[HolidayName]


class PreviewProblem(Shape):
    """What keeps it from being ordered."""

    code: str
    facts: dict[str, Any]  # Any: JSON values that differ by code


class Side(Shape):
    """One of two broadcasts that meet."""

    broadcast: str | None
    title: str
    area_name: str
    class_: BroadcastClass = Field(alias="class")


class Conflict(Shape):
    """What becomes of `loser` where it meets `winner`, and at how many stations.

    The broadcast being ordered has no id yet: its `broadcast` is null. `starts_at` is the
    loser's, `new_start_at` says from when it sounds instead. `may_reorder_area` is the area whose
    order of priority broadcasts the asker may decide to turn it round.
    """

    starts_at: Instant
    winner: Side
    loser: Side
    outcome: Outcome
    reason: str
    new_start_at: Instant | None
    lost_ms: int
    station_count: int
    may_reorder_area: str | None


class Preview(Shape):
    """What an order would do; `conflict_count` may be more than the conflicts listed."""

    duration_ms: int
    slot_ms: int | None
    station_count: int
    starts: list[PreviewStart]
    problems: list[PreviewProblem]
    conflicts: list[Conflict]
    conflict_count: int
    needs: Needs


class Audience(Shape):
    """Who is meant: `a-<area>`, `g-<group>` or `s-<station>`."""

    id: str
    name: str


class Late(Shape):
    """How it gives way."""

    policy: LatePolicy
    slip_min: int


class Approval(Shape):
    """Who decided, when, and what they said; nobody yet while it waits."""

    state: ApprovalState
    by_name: str | None
    at: Instant | None
    note: str | None


class Override(Shape):
    """A wish to pass permitted hours and caps; nobody's second name: it passes nothing yet."""

    reason: str
    asked_by_name: str
    second_by_name: str | None
    until: date


class Replaces(Shape):
    """What it takes the place of once approved; `occurrence` is a local start."""

    broadcast: str
    scope: ChangeScope
    occurrence: str | None


class Withheld(Shape):
    """An audience that is not told of it any more: permitted nowhere there since `at`."""

    audience: str
    code: str
    at: Instant


class Broadcast(Shape):
    """A broadcast as a list shows it; `next_at` is null when nothing more will sound.

    `may_stop` and `may_change` are false for what was ordered above and only sounds here.
    `at_once` was meant to sound at once and begins when it is approved.
    """

    id: str
    title: str
    class_: BroadcastClass = Field(alias="class")
    bulletins: list[str]
    programme: str | None
    audiences: list[Audience]
    when: OrderedAt | OrderedRule = Field(discriminator="mode")
    at_once: bool
    late: Late
    slot_ms: int | None
    area: str
    area_name: str
    author_name: str
    created_at: Instant
    ends_at: Instant | None
    stopped_at: Instant | None
    next_at: Instant | None
    station_count: int
    duration_ms: int
    status: BroadcastStatus
    approval: Approval
    override: Override | None
    replaces: Replaces | None
    withheld: list[Withheld]
    may_stop: bool
    may_change: bool
    may_approve: bool


class PrecedenceRow(Shape):
    """A priority broadcast heard in an area; `decided` tells whether the area placed it."""

    id: str
    title: str
    area_name: str
    decided: bool


class AreaPrecedence(Shape):
    """Priority broadcasts of an area in the order in which they win."""

    area: str
    broadcasts: list[PrecedenceRow]


class ProgressRow(Shape):
    """One station's way through the occurrence now of interest."""

    station: str
    station_name: str
    occurrence: str | None
    step: Step
    planned_at: Instant | None
    actual_at: Instant | None
    difference_ms: float | None
    code: str | None
