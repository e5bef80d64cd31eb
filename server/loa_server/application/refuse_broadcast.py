"""A second pair of eyes says no, and why."""

from dataclasses import replace

from loa_server.application.approve_broadcast import decidable
from loa_server.application.judging import read_places
from loa_server.application.services import Services
from loa_server.domain.approval import require_note
from loa_server.domain.audit import AuditRow
from loa_server.domain.broadcasts import Approval, ApprovalState
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem


def refuse_broadcast(services: Services, actor: Account, *, broadcast: str, note: str) -> None:
    """Refuse for good; the author may order anew.

    Raises:
        Problem: `not_found`, `already_decided`, `broadcast_over`, `forbidden`, `own_work`,
            `needs_second_person`, `note_needed`, `note_too_long`.
    """
    now = services.clock()
    said = require_note(note, needed=True)
    with services.store.write() as rows:
        rows.areas.keep_still()
        rows.broadcasts.hold(broadcast)
        found = decidable(rows, read_places(rows, services.zone), actor, broadcast)
        refused = replace(found, approval=Approval(ApprovalState.REFUSED, actor.id, now, said))
        if not rows.broadcasts.decide(refused):
            raise Problem("already_decided", {"by": "", "state": "", "at": None})
        facts = {"title": found.title, "note": said}
        rows.audit(AuditRow(now, actor.id, "broadcast_refused", broadcast, facts))
        rows.announce("broadcasts", "approvals")
