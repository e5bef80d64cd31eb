"""A person takes their second factor away again, by one last code."""

from loa_server.application.check_second_factor import check_second_factor
from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import Account


def remove_second_factor(services: Services, actor: Account, *, code: str) -> None:
    """Remove it; raises Problem as `check_second_factor` does."""
    check_second_factor(services, actor, code)
    now = services.clock()
    with services.store.write() as rows:
        rows.proofs.drop_second_factor(actor.id)
        rows.audit(AuditRow(now, actor.id, "second_factor_removed", actor.username, {}))
        rows.announce("people")
