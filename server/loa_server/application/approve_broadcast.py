"""A second pair of eyes agrees, and only then are stations told."""

from dataclasses import replace

from loa_server.application.check_second_factor import check_second_factor
from loa_server.application.create_broadcast import require_none
from loa_server.application.draft_broadcast import MAX_IN_FORCE
from loa_server.application.judging import Places, judged, read_places
from loa_server.application.ports import Transaction
from loa_server.application.services import Services
from loa_server.application.take_over import taken_over, told_of_both
from loa_server.domain.approval import approved, require_decider, require_note, require_waiting
from loa_server.domain.audit import AuditRow
from loa_server.domain.broadcasts import Broadcast
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.when import Now, timing


def approve_broadcast(
    services: Services,
    actor: Account,
    *,
    broadcast: str,
    code: str | None = None,
    note: str | None = None,
) -> None:
    """Agree; of several who do at once exactly one counts.

    It is judged again: hours and other broadcasts may have changed since it was ordered. What was
    to sound at once begins now.

    Raises:
        Problem: `not_found`, `already_decided`, `broadcast_over`, `forbidden`, `own_work`,
            `needs_second_person`, those of `check_second_factor` where hours or caps are passed,
            `too_many_broadcasts`, and what `judged` and `taken_over` refuse.
    """
    now = services.clock()
    said = require_note(note, needed=False)
    with services.store.read() as rows:
        found = decidable(rows, read_places(rows, services.zone), actor, broadcast)
    if found.override is not None:
        check_second_factor(services, actor, code)
    with services.store.write() as rows:
        rows.areas.keep_still()
        rows.broadcasts.hold(broadcast)
        places = read_places(rows, services.zone)
        agreed = approved(decidable(rows, places, actor, broadcast), actor, now, said)
        if agreed.at_once:
            soon = timing(Now(), agreed.rule.zone, now)
            agreed = replace(agreed, schedule=soon.schedule)
        both = taken_over(rows, places, agreed, now)
        agreed = both.new if both is not None else agreed
        _require_room(rows, agreed)
        old = None if both is None else both.old
        require_none(judged(rows, places, agreed, now, old).problems)
        if not rows.broadcasts.decide(agreed):
            decidable(rows, places, actor, broadcast)
            raise Problem("already_decided", {"by": "", "state": "", "at": None})
        told_of_both(rows, agreed, both)
        facts = {"title": agreed.title, "note": said, "override": agreed.override is not None}
        rows.audit(AuditRow(now, actor.id, "broadcast_approved", broadcast, facts))
        rows.announce("broadcasts", "approvals")


def decidable(rows: Transaction, places: Places, actor: Account, broadcast: str) -> Broadcast:
    """The broadcast if this account may decide on it now; outside the reach it does not exist."""
    found = rows.broadcasts.seen(broadcast, actor.reach)
    if found is None:
        raise Problem("not_found", {"broadcast": broadcast})
    decider = None if found.approval.by is None else rows.people.by_id(found.approval.by)
    require_waiting(found, None if decider is None else decider.name)
    require_decider(actor, places.tree, found, places.areas(found))
    return found


def _require_room(rows: Transaction, agreed: Broadcast) -> None:
    if rows.broadcasts.most_in_force(agreed.audiences, agreed.told_from) >= MAX_IN_FORCE:
        raise Problem("too_many_broadcasts", {"most": MAX_IN_FORCE})
