"""Second step of signing in on a page: the code."""

import json

from loa_server.application.begin_sign_in import HALF_LIFE, HALF_PURPOSE
from loa_server.application.digest import digest
from loa_server.application.open_session import Opened, open_session
from loa_server.application.services import Services
from loa_server.application.sign_in import check_code_if_set_up
from loa_server.domain.problems import Problem


def finish_sign_in(services: Services, *, token: str, code: str) -> Opened:
    """Open the session that `begin_sign_in` left half open.

    Raises:
        Problem: `sign_in_expired` when that was long ago or the password changed since,
            `second_factor_needed`, `wrong_code`, `account_disabled`, `too_many_attempts`.
    """
    text = services.sealer.opened(HALF_PURPOSE, token, services.clock(), HALF_LIFE)
    if text is None:
        raise Problem("sign_in_expired")
    facts = json.loads(text)
    with services.store.read() as rows:
        account = rows.people.by_id(facts["account"])
    if account is None or digest(account.password_hash) != facts["password"]:
        raise Problem("sign_in_expired")
    check_code_if_set_up(services, account, code)
    return open_session(services, account, by=facts["by"])
