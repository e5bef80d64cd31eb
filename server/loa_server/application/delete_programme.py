"""Take a programme off the lists; broadcasts ordered with it go on."""

from loa_server.application.find_usable import find_programme, require_own
from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem


def delete_programme(services: Services, actor: Account, *, programme: str) -> None:
    """Delete; raises Problem `not_found`, `forbidden`, `programme_in_use` while it is shared.

    A share is withdrawn first, by somebody who means to take it out of the libraries below.
    """
    now = services.clock()
    with services.store.write() as rows:
        tree = rows.places.tree()
        found = find_programme(rows, tree, actor, programme)
        require_own(tree, actor, found.area)
        shares = rows.shares.open_of(programme=programme)
        if shares:
            raise Problem("programme_in_use", {"programme": programme, "shares": shares})
        rows.programmes.delete(programme, now)
        rows.audit(AuditRow(now, actor.id, "programme_deleted", programme, {"title": found.title}))
        rows.announce("programmes")
