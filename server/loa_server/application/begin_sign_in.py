"""First step of signing in on a page: the password, or what stands for it, is judged."""

import json
from dataclasses import dataclass
from datetime import timedelta

from loa_server.application.check_password import check_password
from loa_server.application.digest import digest
from loa_server.application.open_session import Opened, open_session
from loa_server.application.people_queries import has_second_factor
from loa_server.application.services import Services
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem

HALF_PURPOSE = "half-way in"
HALF_LIFE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class HalfOpen:
    """A code is still needed; `token` proves for a while that the rest was right."""

    token: str


def begin_sign_in(services: Services, *, username: str, password: str) -> Opened | HalfOpen:
    """Check a password; opens a session unless a code is still needed.

    Raises:
        Problem: `wrong_credentials`, `account_disabled`, or `too_many_attempts` with `seconds`.
    """
    account = check_password(services, username=username, password=password)
    return go_on(services, account, by="password")


def go_on(services: Services, account: Account, *, by: str) -> Opened | HalfOpen:
    """Open a session for who is proven by `by`, or ask for their second factor."""
    if account.disabled_at is not None:
        raise Problem("account_disabled")
    if not has_second_factor(services, account.id):
        return open_session(services, account, by=by)
    facts = {"account": account.id, "password": digest(account.password_hash), "by": by}
    return HalfOpen(services.sealer.seal(HALF_PURPOSE, json.dumps(facts), services.clock()))
