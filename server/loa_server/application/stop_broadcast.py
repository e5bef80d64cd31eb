"""Stopping is publishing a manifest without the broadcast (docs/adr/0001)."""

from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.rights import Deed, require


def stop_broadcast(services: Services, actor: Account, *, broadcast: str) -> None:
    """Stop now and for good; twice is once. Raises Problem `not_found`, `forbidden`."""
    now = services.clock()
    with services.store.write() as rows:
        found = rows.broadcasts.get(broadcast)
        if found is None:
            raise Problem("not_found", {"broadcast": broadcast})
        require(actor.grants, rows.places.tree(), Deed.STOP, found.area)
        if found.stopped_at is not None:
            return
        rows.broadcasts.stop(broadcast, now)
        rows.documents_changed(*(f"manifest/{audience}" for audience in found.audiences))
        rows.audit(AuditRow(now, actor.id, "broadcast_stopped", broadcast, {"title": found.title}))
        rows.announce("broadcasts")
