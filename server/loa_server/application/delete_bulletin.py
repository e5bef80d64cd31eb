"""Take a bulletin off the list; its audio stays while any record of a play names it."""

from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.rights import Deed, require


def delete_bulletin(services: Services, actor: Account, *, bulletin: str) -> None:
    """Delete; raises Problem `not_found`, `forbidden`, `bulletin_in_use`."""
    now = services.clock()
    with services.store.write() as rows:
        found = rows.bulletins.get(bulletin)
        if found is None:
            raise Problem("not_found", {"bulletin": bulletin})
        require(actor.grants, rows.places.tree(), Deed.WRITE, found.area)
        if rows.bulletins.on_air(bulletin, now):
            raise Problem("bulletin_in_use", {"bulletin": bulletin})
        rows.bulletins.delete(bulletin, now)
        rows.audit(AuditRow(now, actor.id, "bulletin_deleted", bulletin, {"title": found.title}))
        rows.announce("bulletins")
