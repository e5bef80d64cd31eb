"""An administrator takes away the second factor of who lost their telephone."""

from loa_server.application.reset_person_password import commanded
from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import Account


def drop_second_factor(services: Services, actor: Account, *, person: str) -> None:
    """Remove it and end the person's sessions; raises Problem `forbidden`, `not_found`."""
    now = services.clock()
    with services.store.write() as rows:
        found = commanded(rows, actor, person)
        rows.proofs.drop_second_factor(found.id)
        rows.people.close_sessions_of(found.id)
        rows.audit(AuditRow(now, actor.id, "second_factor_removed", found.username, {}))
        rows.announce("people")
