"""Whose password is this? Wrong ones cost growing patience."""

from dataclasses import replace

from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import Account, lock_after, plain_username, refuse_until
from loa_server.domain.problems import Problem


def check_password(services: Services, *, username: str, password: str) -> Account:
    """The account whose password this is; a wrong one is counted.

    Raises:
        Problem: `wrong_credentials`, or `too_many_attempts` with `seconds` to wait.
    """
    name = plain_username(username)
    with services.store.read() as rows:
        account = rows.people.by_username(name)
    # A name nobody has is answered as any other: it must not tell who works here.
    locked_until = (
        services.strangers.locked_until(name) if account is None else account.locked_until
    )
    refuse_until(locked_until, services.clock())
    known_hash = None if account is None else account.password_hash
    right = services.passwords.verify(known_hash, password)
    if account is None or not right:
        _note_wrong(services, name)
        raise Problem("wrong_credentials")
    return account


def _note_wrong(services: Services, name: str) -> None:
    """Counted anew from the row, since many may guess at the same moment."""
    now = services.clock()
    with services.store.write() as rows:
        fresh = rows.people.by_username(name)
        if fresh is None:
            services.strangers.note_wrong(name, now)
            return
        failed = fresh.failed_attempts + 1
        rows.people.keep(
            replace(fresh, failed_attempts=failed, locked_until=lock_after(failed, now))
        )
        facts = {"failed_attempts": failed}
        rows.audit(AuditRow(now, fresh.id, "sign_in_refused", name, facts))
