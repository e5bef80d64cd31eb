"""A person gives their account a new password."""

from dataclasses import replace

from loa_server.application.check_password import check_password
from loa_server.application.digest import digest
from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import Account, require_strong
from loa_server.domain.problems import Problem


def change_password(
    services: Services, actor: Account, *, token: str, current: str, fresh: str
) -> None:
    """Replace the password; every session but the one of `token` ends.

    Raises:
        Problem: `wrong_credentials`, `too_many_attempts`, `weak_password`.
    """
    require_strong(fresh, actor.username)
    # Guessing through a stolen session costs the same growing patience as signing in.
    check_password(services, username=actor.username, password=current)
    fresh_hash = services.passwords.hash(fresh)
    now = services.clock()
    with services.store.write() as rows:
        account = rows.people.by_username(actor.username)
        if account is None or account.id != actor.id:
            raise Problem("wrong_credentials")
        rows.people.keep(
            replace(account, password_hash=fresh_hash, failed_attempts=0, locked_until=None)
        )
        rows.people.close_sessions_of(account.id, but=digest(token))
        rows.audit(AuditRow(now, account.id, "password_changed", account.username, {}))
