"""Second step of a second factor: a first code puts it in force."""

from dataclasses import replace

from loa_server.application.digest import digest
from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.second_factor import RECOVERY_CODES, after_code
from loa_server.domain.stations import plain, spoken


def confirm_second_factor(services: Services, actor: Account, *, code: str) -> tuple[str, ...]:
    """Put it in force; returns recovery codes, each good once, told this once only.

    Raises:
        Problem: `second_factor_missing` when nothing was begun, `second_factor_exists`,
            `wrong_code`.
    """
    now = services.clock()
    codes = tuple(services.secrets.claim_code() for _ in range(RECOVERY_CODES))
    with services.store.write() as rows:
        rows.people.by_username(actor.username)  # held, so that two confirmations take turns
        factor = rows.proofs.second_factor(actor.id)
        if factor is None:
            raise Problem("second_factor_missing")
        if factor.in_force:
            raise Problem("second_factor_exists")
        secret = services.codes.opened(actor.id, factor.sealed_secret)
        # Wrong codes are not counted: whoever asks has just been shown the secret itself.
        used = after_code(factor, services.codes.steps(secret, plain(code), now))
        if used is None:
            raise Problem("wrong_code")
        hashes = tuple(digest(each) for each in codes)
        rows.proofs.keep_second_factor(replace(used, confirmed_at=now, recovery=hashes))
        rows.audit(AuditRow(now, actor.id, "second_factor_set_up", actor.username, {}))
        rows.announce("people")
    return tuple(spoken(each) for each in codes)
