"""River 3: bulletins are ordered for an audience and a time, judged, and put in the outbox."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from loa_server.application.draft_broadcast import Order, drafted
from loa_server.application.judging import Judged, Places, judged, read_places
from loa_server.application.ports import Transaction
from loa_server.application.services import Services
from loa_server.domain.approval import approved, approves_alone, as_if_agreed
from loa_server.domain.audit import AuditRow
from loa_server.domain.broadcasts import ApprovalState, Broadcast
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem


def create_broadcast(services: Services, actor: Account, order: Order) -> Broadcast:
    """Judge and keep the order. Approved at once where the author may, else it waits.

    Raises:
        Problem: what `drafted` and `require_permitted` refuse.
    """
    now = services.clock()
    with services.store.write() as rows:
        rows.areas.keep_still()
        places = read_places(rows, services.zone)
        draft = drafted(rows, places, actor, order, now, services.secrets.identifier("bp"))
        found = require_permitted(rows, places, draft, now)
        broadcast = decided_alone(places, actor, draft, now)
        keep(rows, broadcast, actor, found)
    return broadcast


def require_permitted(
    rows: Transaction,
    places: Places,
    draft: Broadcast,
    now: datetime,
    instead: Broadcast | None = None,
) -> Judged:
    """What it meets, if it may be ordered; an override it asks for counts as agreed.

    Raises:
        Problem: `outside_permitted_hours`, `over_sessions`, `over_session_length`,
            `over_day_length`, `override_not_needed`, and what `judged` refuses.
    """
    found = judged(rows, places, as_if_agreed(draft, now), now, instead)
    require_none(found.problems)
    if draft.override is not None and draft.override.second_by is None:
        without = judged(rows, places, replace(draft, override=None), now, instead)
        if not without.problems:
            raise Problem("override_not_needed", {"field": "override"})
    return found


def require_none(problems: Sequence[Problem]) -> None:
    """Raise the first problem."""
    for each in problems:
        raise each


def decided_alone(places: Places, actor: Account, draft: Broadcast, now: datetime) -> Broadcast:
    """Approved by its author where every area lets them, and nothing passes its hours."""
    if draft.override is None and approves_alone(actor, places.tree, places.areas(draft)):
        return approved(draft, actor, now)
    return draft


def keep(rows: Transaction, broadcast: Broadcast, actor: Account, found: Judged) -> None:
    """Store it; stations are told only of what is approved, approvers of the rest."""
    rows.broadcasts.add(broadcast)
    if broadcast.approval.state is ApprovalState.APPROVED:
        rows.documents_changed(*manifests(broadcast))
    rows.audit(
        AuditRow(
            broadcast.created_at,
            actor.id,
            "broadcast_created",
            broadcast.id,
            {
                "title": broadcast.title,
                "audiences": list(broadcast.audiences),
                "rule": broadcast.rule.model_dump(mode="json"),
                "class": broadcast.class_.value,
                "approval": broadcast.approval.state.value,
                "override": None if broadcast.override is None else broadcast.override.reason,
                "replaces": None if broadcast.replaces is None else broadcast.replaces.broadcast,
                "conflicts": len(found.conflicts),
            },
        )
    )
    rows.announce("broadcasts", "approvals")


def manifests(broadcast: Broadcast) -> tuple[str, ...]:
    """The documents that tell of it."""
    return tuple(f"manifest/{audience}" for audience in broadcast.audiences)
