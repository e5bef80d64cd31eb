"""A new password for who forgot theirs, by order of who holds the machine."""

from dataclasses import replace

from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import plain_username
from loa_server.domain.problems import Problem


def reset_password(services: Services, *, username: str, second_factor: bool = False) -> str:
    """A new password, told once; all sessions of the account end.

    With `second_factor` a lost telephone is forgotten, too.

    Raises:
        Problem: `not_found`.
    """
    username = plain_username(username)
    password = services.secrets.claim_code()
    fresh_hash = services.passwords.hash(password)
    now = services.clock()
    with services.store.write() as rows:
        account = rows.people.by_username(username)
        if account is None:
            raise Problem("not_found", {"username": username})
        rows.people.keep(
            replace(account, password_hash=fresh_hash, failed_attempts=0, locked_until=None)
        )
        if second_factor:
            rows.proofs.drop_second_factor(account.id)
        rows.people.close_sessions_of(account.id)
        facts = {"second_factor": second_factor}
        rows.audit(AuditRow(now, "system", "password_reset", username, facts))
    return password
