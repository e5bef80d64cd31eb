"""A person comes in by password, and by a code where they have set one up."""

from loa_server.application.check_password import check_password
from loa_server.application.check_second_factor import check_second_factor
from loa_server.application.open_session import Opened, open_session
from loa_server.application.services import Services
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem


def sign_in(services: Services, *, username: str, password: str, code: str | None = None) -> Opened:
    """Check the proofs and open a session.

    Raises:
        Problem: `wrong_credentials`, `account_disabled`, `second_factor_needed`, `wrong_code`, or
            `too_many_attempts` with `seconds` to wait.
    """
    account = check_password(services, username=username, password=password)
    check_code_if_set_up(services, account, code)
    return open_session(services, account, by="password")


def check_code_if_set_up(services: Services, account: Account, code: str | None) -> None:
    """Ask for a second factor of whoever has one.

    Raises:
        Problem: `second_factor_needed`, `wrong_code`, `too_many_attempts`.
    """
    try:
        check_second_factor(services, account, code)
    except Problem as problem:
        if problem.code != "second_factor_missing":
            raise
