"""Open, look up and close sessions; wrong passwords cost growing patience."""

import hashlib
from dataclasses import dataclass, replace

from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import (
    SESSION_IDLE,
    SESSION_LIFE,
    SESSION_TOUCH,
    Account,
    SignedIn,
    lock_after,
    plain_username,
)
from loa_server.domain.problems import Problem


@dataclass(frozen=True, slots=True)
class Opened:
    """A fresh session; `token` goes into the cookie and is kept here only as a hash."""

    token: str
    signed_in: SignedIn


def sign_in(services: Services, *, username: str, password: str) -> Opened:
    """Check a password and open a session.

    Raises:
        Problem: `wrong_credentials`, or `too_many_attempts` with `seconds` to wait.
    """
    return _open(services, check_password(services, username=username, password=password))


def check_password(services: Services, *, username: str, password: str) -> Account:
    """The account whose password this is; a wrong one is counted.

    Raises:
        Problem: `wrong_credentials`, or `too_many_attempts` with `seconds` to wait.
    """
    now = services.clock()
    with services.store.read() as rows:
        account = rows.people.by_username(plain_username(username))
    locked_until = None if account is None else account.locked_until
    if locked_until is not None and locked_until > now:
        seconds = int((locked_until - now).total_seconds()) + 1
        raise Problem("too_many_attempts", {"seconds": seconds})
    known_hash = None if account is None else account.password_hash
    right = services.passwords.verify(known_hash, password)
    if account is None or not right:
        _note_wrong(services, account)
        raise Problem("wrong_credentials")
    return account


def look_up(services: Services, token: str) -> SignedIn | None:
    """Who holds this token, or None."""
    now = services.clock()
    with services.store.read() as rows:
        found = rows.people.session(digest(token), now, now - SESSION_IDLE)
    if found is not None and found.seen_at < now - SESSION_TOUCH:
        with services.store.write() as rows:
            rows.people.touch_session(digest(token), now)
    return found


def sign_out(services: Services, token: str) -> None:
    """Close one session; an unknown token is no error."""
    with services.store.write() as rows:
        rows.people.close_session(digest(token))


def digest(token: str) -> str:
    """What is kept of a token that is itself unguessable."""
    return hashlib.sha256(token.encode()).hexdigest()


def _open(services: Services, account: Account) -> Opened:
    """Read anew: the password may have been replaced while the slow check ran."""
    now = services.clock()
    token, csrf = services.secrets.token(), services.secrets.token()
    with services.store.write() as rows:
        fresh = rows.people.by_username(account.username)
        if fresh is None or fresh.password_hash != account.password_hash:
            raise Problem("wrong_credentials")
        fresh = replace(fresh, failed_attempts=0, locked_until=None)
        rows.people.keep(fresh)
        rows.people.open_session(digest(token), fresh.id, csrf, now, now + SESSION_LIFE)
        rows.audit(AuditRow(now, fresh.id, "signed_in", fresh.username, {}))
    return Opened(token, SignedIn(fresh, csrf, now))


def _note_wrong(services: Services, account: Account | None) -> None:
    """Counted anew from the row, since many may guess at the same moment."""
    if account is None:
        return
    now = services.clock()
    with services.store.write() as rows:
        fresh = rows.people.by_username(account.username)
        if fresh is None:
            return
        failed = fresh.failed_attempts + 1
        rows.people.keep(
            replace(fresh, failed_attempts=failed, locked_until=lock_after(failed, now))
        )
        facts = {"failed_attempts": failed}
        rows.audit(AuditRow(now, account.id, "sign_in_refused", account.username, facts))
