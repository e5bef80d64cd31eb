"""One occurrence, all from one on, or all to come are changed, by a broadcast that replaces."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from loa_server.application.create_broadcast import decided_alone, keep, require_permitted
from loa_server.application.draft_broadcast import (
    WAITING,
    Content,
    content_of,
    meant_audiences,
    require_slot,
)
from loa_server.application.judging import Places, read_places
from loa_server.application.ports import Transaction
from loa_server.application.preview_broadcast import RAISED, UNNAMED, Preview, previewed
from loa_server.application.services import Services
from loa_server.application.take_over import require_first, told_of_both
from loa_server.domain.approval import commands
from loa_server.domain.broadcasts import ApprovalState, Broadcast, ChangeScope, Override, Replaces
from loa_server.domain.changing import (
    TakenOver,
    changed_schedule,
    instant_of,
    require_coming,
    take_over,
)
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.rights import Deed, require
from loa_server.domain.schedule import local_text


@dataclass(frozen=True, slots=True)
class Change:
    """What is different from `occurrence`, a local start, on; None stays as it is."""

    broadcast: str
    scope: ChangeScope
    occurrence: datetime
    start: datetime | None = None
    slot: timedelta | None = None
    audiences: tuple[str, ...] | None = None
    bulletins: tuple[str, ...] | None = None
    programme: str | None = None


def change_broadcast(services: Services, actor: Account, change: Change) -> Broadcast:
    """The broadcast that replaces; where it waits for approval, the old one goes on till then.

    Raises:
        Problem: `not_found`, `forbidden`, `broadcast_over`, `not_approved`, `already_replaced`,
            `occurrence_unknown`, `occurrence_over`, `start_in_past`, `series_keeps_days`,
            `only_this_one`, `bad_rule`, and what `create_broadcast` refuses.
    """
    now = services.clock()
    with services.store.write() as rows:
        rows.areas.keep_still()
        rows.broadcasts.hold(change.broadcast)
        places = read_places(rows, services.zone)
        name = services.secrets.identifier("bp")
        both = _changed(rows, places, actor, change, now, name)
        found = require_permitted(rows, places, both.new, now, both.old)
        new = decided_alone(places, actor, both.new, now)
        keep(rows, new, actor, found)
        if new.approval.state is ApprovalState.APPROVED:
            told_of_both(rows, new, both)
    return new


def preview_change(services: Services, actor: Account, change: Change) -> Preview:
    """What a change would do, without making it."""
    now = services.clock()
    with services.store.read() as rows:
        places = read_places(rows, services.zone)
        try:
            both = _changed(rows, places, actor, change, now, UNNAMED)
            return previewed(rows, places, actor, both.new, now, both.old)
        except Problem as problem:
            if problem.code in RAISED:
                raise
            return Preview(places.tree, problems=[problem])


def _changed(
    rows: Transaction,
    places: Places,
    actor: Account,
    change: Change,
    now: datetime,
    name: str,
) -> TakenOver:
    old = own(rows, places, actor, change.broadcast, Deed.WRITE)
    require_first(rows, old)
    calendar = places.calendars.of(old.area)
    require_coming(old, calendar, change.occurrence, now)
    start = change.start or change.occurrence
    if instant_of(old, start) <= now:
        raise Problem("start_in_past", {"field": "start", "start": local_text(start)})
    content = _content(rows, actor, old, change)
    replaces = Replaces(old.id, change.scope, local_text(change.occurrence))
    new = replace(
        old,
        id=name,
        title=content.title,
        bulletins=content.bulletins,
        programme=content.programme,
        audiences=_audiences(places, actor, old, change),
        schedule=changed_schedule(old, replaces, start),
        author=actor.id,
        created_at=now,
        slot_ms=_slot(old, change, content),
        approval=WAITING,
        override=_asked_again(old, actor, now),
        replaces=replaces,
        at_once=False,
        withheld=(),
    )
    if new.rule.rrule is None:
        new = replace(new, ends_at=None)
    return take_over(old, new, calendar, now)


def own(rows: Transaction, places: Places, actor: Account, broadcast: str, deed: Deed) -> Broadcast:
    """A broadcast the actor may do this to; outside the reach it does not exist."""
    found = rows.broadcasts.seen(broadcast, actor.reach)
    if found is None:
        raise Problem("not_found", {"broadcast": broadcast})
    require(actor.grants, places.tree, deed, found.area)
    if not commands(actor, places.tree, found, deed, places.areas(found)):
        raise Problem("forbidden", {"deed": deed.value})
    return found


def _content(rows: Transaction, actor: Account, old: Broadcast, change: Change) -> Content:
    if change.bulletins is None and change.programme is None:
        pieces = rows.broadcasts.pieces(old.bulletins)
        voices = [pieces[each].voice for each in old.bulletins]
        duration_ms = sum(voice.duration_ms for voice in voices if voice is not None)
        return Content(old.title, old.bulletins, old.programme, duration_ms)
    return content_of(rows, actor, change.bulletins or (), change.programme)


def _audiences(places: Places, actor: Account, old: Broadcast, change: Change) -> tuple[str, ...]:
    if change.audiences is None:
        return meant_audiences(places, actor, old.audiences)
    return meant_audiences(places, actor, change.audiences)


def _slot(old: Broadcast, change: Change, content: Content) -> int | None:
    """A slot that what sounds now does not fit into is given up, unless it was asked for."""
    if change.slot is not None:
        return require_slot(change.slot, content.duration_ms)
    if old.slot_ms is None or old.slot_ms < content.duration_ms:
        return None
    return old.slot_ms


def _asked_again(old: Broadcast, actor: Account, now: datetime) -> Override | None:
    """What passes its hours passes them changed only once a second person agrees to that."""
    wish = old.override
    if wish is None or wish.until <= now:
        return None
    return Override(wish.reason, actor.id, wish.until)
