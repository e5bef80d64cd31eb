"""From what a person asked for to a broadcast that can be judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from loa_agent.protocol.documents import DAY_MS, MAX_ITEMS, BroadcastClass, Late, LatePolicy

from loa_server.application.find_usable import find_programme, find_usable
from loa_server.application.judging import Places
from loa_server.application.ports import Transaction
from loa_server.domain.approval import areas_of, require_sound_override
from loa_server.domain.broadcasts import (
    ON_TIME,
    Approval,
    ApprovalState,
    Broadcast,
    Override,
    item,
)
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.rights import Deed, ordering_place, require
from loa_server.domain.text import MAX_TITLE, one_line
from loa_server.domain.when import Now, When, timing

MAX_AUDIENCES = 500
MAX_IN_FORCE = 500
"""Broadcasts in one manifest: well below what a station reads and a broker carries."""
LEAST_SLIP = timedelta(minutes=1)
MOST_SLIP = timedelta(minutes=240)
WAITING = Approval(ApprovalState.WAITING)
_MS = timedelta(milliseconds=1)
_SENT = {BroadcastClass.PRIORITY, BroadcastClass.ORDINARY}


@dataclass(frozen=True, slots=True)
class OverrideWish:
    """Pass permitted hours and caps up to and with a local day."""

    reason: str
    until: date


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asked for: bulletins in order or a programme, to whom, when, how."""

    bulletins: tuple[str, ...]
    audiences: tuple[str, ...]
    when: When
    class_: BroadcastClass = BroadcastClass.ORDINARY
    programme: str | None = None
    title: str | None = None
    late: Late = ON_TIME
    slot: timedelta | None = None
    override: OverrideWish | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What is to sound, as it is at this moment."""

    title: str
    bulletins: tuple[str, ...]
    programme: str | None
    duration_ms: int


def drafted(
    rows: Transaction, places: Places, actor: Account, order: Order, now: datetime, name: str
) -> Broadcast:
    """The broadcast ordered, waiting for approval, under the id `name`.

    Raises:
        Problem: `forbidden`, `no_audience`, `audience_unknown`, `not_found`, `no_bulletin`,
            `bulletin_not_ready`, `programme_too_many_items`, `programme_too_long`,
            `slip_out_of_range`, `slot_too_short`, `too_many_broadcasts`, `override_reason`,
            `override_until`, and what `timing` refuses.
    """
    if order.class_ not in _SENT:
        # Emergencies need a second factor and travel as alerts; live voices have no broadcast.
        raise Problem("forbidden", {"class": order.class_.value})
    audiences = meant_audiences(places, actor, order.audiences)
    content = content_of(rows, actor, order.bulletins, order.programme)
    if rows.broadcasts.most_in_force(audiences, now) >= MAX_IN_FORCE:
        raise Problem("too_many_broadcasts", {"most": MAX_IN_FORCE})
    meant = areas_of(audiences, places.homes)
    home = ordering_place(actor.grants, places.tree, actor.area, meant)
    zone = places.tree.zone(min(meant), places.zone)
    chosen = timing(order.when, zone, now, places.calendars.of(home))
    return Broadcast(
        id=name,
        title=one_line(order.title, "title", MAX_TITLE) if order.title else content.title,
        class_=order.class_,
        bulletins=content.bulletins,
        audiences=audiences,
        schedule=chosen.schedule,
        area=home,
        author=actor.id,
        created_at=now,
        ends_at=chosen.ends_at,
        late=require_late(order.late),
        slot_ms=require_slot(order.slot, content.duration_ms),
        programme=content.programme,
        approval=WAITING,
        override=_override(order.override, actor, zone, now),
        at_once=isinstance(order.when, Now),
    )


def meant_audiences(places: Places, actor: Account, wanted: Sequence[str]) -> tuple[str, ...]:
    """Audiences in order and once; what lies outside the reach is answered as if unknown."""
    audiences = tuple(dict.fromkeys(wanted))
    if not audiences or len(audiences) > MAX_AUDIENCES:
        raise Problem("no_audience", {"field": "audiences", "most": MAX_AUDIENCES})
    seen = places.tree.within(actor.reach) | places.tree.above(actor.reach)
    for audience in audiences:
        (area,) = areas_of([audience], places.homes)
        if area not in seen:
            raise Problem("audience_unknown", {"field": "audiences", "audience": audience})
        require(actor.grants, places.tree, Deed.WRITE, area)
    if not places.reached(audiences):
        raise Problem("no_audience", {"field": "audiences", "audiences": sorted(audiences)})
    return audiences


def content_of(
    rows: Transaction, actor: Account, bulletins: Sequence[str], programme: str | None
) -> Content:
    """A snapshot of a programme, or bulletins by themselves, all ready to sound."""
    title = None
    if programme is not None:
        if bulletins:
            raise Problem("no_bulletin", {"field": "programme"})
        found = find_programme(rows, rows.places.tree(), actor, programme)
        title, bulletins = found.title, found.bulletins
    if not bulletins:
        raise Problem("no_bulletin", {"field": "bulletins"})
    if len(bulletins) > MAX_ITEMS:
        facts = {"field": "bulletins", "most": MAX_ITEMS}
        raise Problem("programme_too_many_items", facts)
    if programme is None:
        find_usable(rows, rows.places.tree(), actor, bulletins, or_heard=True)
    pieces = rows.broadcasts.pieces(bulletins)
    items = [item(pieces[each]) for each in bulletins]
    duration_ms = sum(each.duration_ms for each in items)
    if duration_ms > DAY_MS:
        facts = {"field": "bulletins", "duration_ms": duration_ms, "most_ms": DAY_MS}
        raise Problem("programme_too_long", facts)
    return Content(title or items[0].title, tuple(bulletins), programme, duration_ms)


def require_late(late: Late) -> Late:
    """What may slip says how far; raises Problem `slip_out_of_range`."""
    if late.policy in {LatePolicy.JOIN, LatePolicy.DROP}:
        return Late(policy=late.policy)
    slip = late.slip_ms * _MS
    if not LEAST_SLIP <= slip <= MOST_SLIP:
        minute = timedelta(minutes=1)
        facts = {"least": LEAST_SLIP // minute, "most": MOST_SLIP // minute}
        raise Problem("slip_out_of_range", {"field": "late.slip_min", **facts})
    return late


def require_slot(slot: timedelta | None, duration_ms: int) -> int | None:
    """The time kept in milliseconds; raises Problem `slot_too_short`."""
    if slot is None:
        return None
    if slot < duration_ms * _MS:
        raise Problem("slot_too_short", {"field": "slot_min", "duration_ms": duration_ms})
    return slot // _MS


def _override(
    wish: OverrideWish | None, actor: Account, zone: str, now: datetime
) -> Override | None:
    if wish is None:
        return None
    after = datetime.combine(wish.until + timedelta(days=1), time(), ZoneInfo(zone))
    until = after.astimezone(UTC)
    return Override(require_sound_override(wish.reason, until, now), actor.id, until)
