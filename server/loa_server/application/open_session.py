"""A session begins for somebody whose proofs have been judged."""

from dataclasses import dataclass, replace

from loa_server.application.digest import digest
from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import SESSION_LIFE, Account, SignedIn
from loa_server.domain.problems import Problem


@dataclass(frozen=True, slots=True)
class Opened:
    """A fresh session; `token` goes into the cookie and is kept here only as a hash."""

    token: str
    signed_in: SignedIn


def open_session(services: Services, account: Account, *, by: str) -> Opened:
    """Open it; `by` says in the audit how the person proved who they are.

    Raises:
        Problem: `wrong_credentials` when the account changed its password or went meanwhile,
            `account_disabled`.
    """
    now = services.clock()
    token, csrf = services.secrets.token(), services.secrets.token()
    with services.store.write() as rows:
        # Read anew: the password may have been replaced while the slow check ran.
        fresh = rows.people.by_username(account.username)
        if fresh is None or fresh.password_hash != account.password_hash:
            raise Problem("wrong_credentials")
        if fresh.disabled_at is not None:
            raise Problem("account_disabled")
        fresh = replace(fresh, failed_attempts=0, locked_until=None)
        rows.people.keep(fresh)
        rows.people.open_session(digest(token), fresh.id, csrf, now, now + SESSION_LIFE)
        rows.audit(AuditRow(now, fresh.id, "signed_in", fresh.username, {"by": by}))
    return Opened(token, SignedIn(fresh, csrf, now))
