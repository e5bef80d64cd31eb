"""One broadcast goes on where another ends: both rows change together, both are told together."""

from datetime import datetime

from loa_server.application.judging import Places
from loa_server.application.ports import Transaction
from loa_server.domain.broadcasts import Broadcast
from loa_server.domain.changing import TakenOver, require_changeable, take_over
from loa_server.domain.problems import Problem


def taken_over(
    rows: Transaction, places: Places, new: Broadcast, now: datetime
) -> TakenOver | None:
    """The old and the new broadcast as they are from now on; None when it replaces nothing.

    The old one's row is held until the end of the transaction, so that nothing left out of it
    meanwhile is lost.

    Raises:
        Problem: `already_replaced`, and what `take_over` refuses.
    """
    if new.replaces is None:
        return None
    rows.broadcasts.hold(new.replaces.broadcast)
    old = rows.broadcasts.get(new.replaces.broadcast)
    if old is None:
        raise Problem("not_found", {"broadcast": new.replaces.broadcast})
    require_first(rows, old)
    return take_over(old, new, places.calendars.of(old.area), now)


def require_first(rows: Transaction, old: Broadcast) -> None:
    """Whether the series may be changed, and nobody else has taken it over already.

    Raises:
        Problem: `broadcast_over`, `not_approved`, `already_replaced`.
    """
    require_changeable(old)
    successor = rows.broadcasts.successor(old.id)
    if successor is not None:
        raise Problem("already_replaced", {"broadcast": old.id, "by": successor})


def told_of_both(rows: Transaction, new: Broadcast, both: TakenOver | None) -> None:
    """Keep what becomes of the old one, and let every audience of either hear in one round."""
    audiences = set(new.audiences)
    if both is not None:
        rows.broadcasts.reschedule(both.old)
        audiences |= set(both.old.audiences)
        audiences |= {f"a-{area}" for area in _inherit_place(rows, both)}
    rows.documents_changed(*(f"manifest/{each}" for each in audiences))


def _inherit_place(rows: Transaction, both: TakenOver) -> list[str]:
    """Where an area decided about the old one, the new one stands beside it."""
    changed = []
    for area, order in rows.broadcasts.orders_naming(both.old.id).items():
        if both.new.id not in order:
            at = order.index(both.old.id) + 1
            rows.broadcasts.decide_order(area, (*order[:at], both.new.id, *order[at:]))
            changed.append(area)
    return changed
