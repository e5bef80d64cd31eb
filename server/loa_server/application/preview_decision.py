"""What whoever decides on a broadcast looks at: when it would sound, and what it would meet."""

from dataclasses import replace
from datetime import datetime

from loa_server.application.judging import Places, read_places
from loa_server.application.ports import Transaction
from loa_server.application.preview_broadcast import RAISED, Preview, previewed
from loa_server.application.services import Services
from loa_server.application.take_over import require_first
from loa_server.domain.broadcasts import ApprovalState, Broadcast
from loa_server.domain.changing import TakenOver, take_over
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.when import Now, timing


def preview_decision(services: Services, actor: Account, *, broadcast: str) -> Preview:
    """Judge a broadcast as its approval would now; one that is decided, as it stands.

    Raises:
        Problem: `not_found` outside the reach of the asker, `audience_unknown`.
    """
    now = services.clock()
    with services.store.read() as rows:
        found = rows.broadcasts.seen(broadcast, actor.reach)
        if found is None:
            raise Problem("not_found", {"broadcast": broadcast})
        places = read_places(rows, services.zone)
        if found.at_once and found.approval.state is ApprovalState.WAITING:
            found = replace(found, schedule=timing(Now(), found.rule.zone, now).schedule)
        try:
            both = _both(rows, places, found, now)
            meant, old = (found, None) if both is None else (both.new, both.old)
            return previewed(rows, places, actor, meant, now, old)
        except Problem as problem:
            if problem.code in RAISED:
                raise
            return Preview(places.tree, problems=[problem])


def _both(rows: Transaction, places: Places, found: Broadcast, now: datetime) -> TakenOver | None:
    """What waits and what it would replace, as they would be from now on; else None."""
    if found.replaces is None or found.approval.state is not ApprovalState.WAITING:
        return None
    old = rows.broadcasts.get(found.replaces.broadcast)
    if old is None:
        raise Problem("not_found", {"broadcast": found.replaces.broadcast})
    require_first(rows, old)
    return take_over(old, found, places.calendars.of(old.area), now)
