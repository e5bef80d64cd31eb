"""An administrator gives somebody who forgot it a new password."""

from dataclasses import replace

from loa_server.application.people_queries import seen
from loa_server.application.ports import Transaction
from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.managing import manager
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem


def reset_person_password(services: Services, actor: Account, *, person: str) -> str:
    """A new password, told once; all sessions of the person end.

    Raises:
        Problem: `forbidden`, `not_found`.
    """
    now = services.clock()
    with services.store.read() as rows:
        commanded(rows, actor, person)
    password = services.secrets.claim_code()
    fresh_hash = services.passwords.hash(password)
    with services.store.write() as rows:
        found = commanded(rows, actor, person)
        rows.people.keep(
            replace(found, password_hash=fresh_hash, failed_attempts=0, locked_until=None)
        )
        rows.people.close_sessions_of(found.id)
        rows.audit(AuditRow(now, actor.id, "password_reset", found.username, {}))
        rows.announce("people")
    return password


def commanded(rows: Transaction, actor: Account, person: str) -> Account:
    """The account, when all its roles are in the actor's hands.

    Raises:
        Problem: `forbidden`, `not_found`.
    """
    asked = manager(actor, rows.places.tree())
    found = seen(rows, asked, person)
    if not asked.commands(found):
        raise Problem("forbidden", {"person": person})
    return found
