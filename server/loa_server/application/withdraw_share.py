"""Take a share out of the libraries below; what was already placed there goes on."""

from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.rights import Deed, may, require


def withdraw_share(services: Services, actor: Account, *, share: str) -> None:
    """Withdraw; twice is once. Raises Problem `not_found`, `forbidden`."""
    now = services.clock()
    with services.store.write() as rows:
        rows.areas.keep_still()
        found = rows.shares.get(share)
        tree = rows.places.tree()
        if found is None or not may(actor.grants, tree, Deed.SEE, found.from_area):
            raise Problem("not_found", {"share": share})
        require(actor.grants, tree, Deed.WRITE, found.from_area)
        if found.withdrawn_at is not None:
            return
        rows.shares.withdraw(share, now)
        rows.audit(AuditRow(now, actor.id, "share_withdrawn", share, {"areas": list(found.areas)}))
        rows.announce("bulletins" if found.bulletin else "programmes", "requests")
