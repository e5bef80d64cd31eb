"""Take a bulletin off the list; its audio stays while any record of a play names it."""

from loa_server.application.find_usable import require_own
from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.bulletins import Uses
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem


def delete_bulletin(services: Services, actor: Account, *, bulletin: str) -> None:
    """Delete what nothing needs any more.

    While it is shared it is needed too: withdrawing the share is what takes it from the libraries
    below, and the sender does that knowingly.

    Raises:
        Problem: `not_found`, `forbidden`, `bulletin_in_use` with the titles of the `broadcasts`
            and `programmes` that hold it and the number of `shares`.
    """
    now = services.clock()
    with services.store.write() as rows:
        found = rows.bulletins.get(bulletin)
        if found is None:
            raise Problem("not_found", {"bulletin": bulletin})
        require_own(rows.places.tree(), actor, found.area)
        uses = Uses(
            broadcasts=tuple(rows.bulletins.on_air(bulletin, now)),
            programmes=tuple(each.title for each in rows.programmes.holding(bulletin)),
            shares=rows.shares.open_of(bulletin=bulletin),
        )
        if uses:
            raise Problem("bulletin_in_use", {"bulletin": bulletin, **uses.facts()})
        rows.bulletins.delete(bulletin, now)
        rows.audit(AuditRow(now, actor.id, "bulletin_deleted", bulletin, {"title": found.title}))
        rows.announce("bulletins")
