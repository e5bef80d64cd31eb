"""Stopping is publishing a manifest without the broadcast (docs/adr/0001)."""

from loa_server.application.change_broadcast import own
from loa_server.application.create_broadcast import manifests
from loa_server.application.judging import read_places
from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.broadcasts import ApprovalState
from loa_server.domain.people import Account
from loa_server.domain.rights import Deed


def stop_broadcast(services: Services, actor: Account, *, broadcast: str) -> None:
    """Stop now and for good; twice is once. What waits is withdrawn.

    Raises:
        Problem: `not_found`, `forbidden`.
    """
    now = services.clock()
    with services.store.write() as rows:
        rows.areas.keep_still()
        rows.broadcasts.hold(broadcast)
        found = own(rows, read_places(rows, services.zone), actor, broadcast, Deed.STOP)
        if found.stopped_at is not None:
            return
        rows.broadcasts.stop(broadcast, now)
        if found.approval.state is ApprovalState.APPROVED:
            rows.documents_changed(*manifests(found))
        rows.audit(AuditRow(now, actor.id, "broadcast_stopped", broadcast, {"title": found.title}))
        rows.announce("broadcasts", "approvals")
