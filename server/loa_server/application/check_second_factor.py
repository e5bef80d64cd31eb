"""A person proves once more who they are, by a code good for one use."""

from dataclasses import replace
from datetime import datetime

from loa_server.application.digest import digest
from loa_server.application.ports import Transaction
from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import Account, lock_after, require_unlocked
from loa_server.domain.problems import Problem
from loa_server.domain.second_factor import SecondFactor, after_code, after_recovery
from loa_server.domain.stations import plain


def check_second_factor(services: Services, actor: Account, code: str | None) -> None:
    """Use up one code of the actor; a wrong one counts like a wrong password.

    Commits by itself, before what it is asked for: a code is spent even if that fails.

    Raises:
        Problem: `second_factor_missing` when none is set up, `second_factor_needed` without a
            code, `wrong_code`, or `too_many_attempts` with `seconds` to wait.
    """
    now = services.clock()
    with services.store.write() as rows:
        # Held until the end: two requests with the same code take turns, and the second fails.
        account = rows.people.by_username(actor.username)
        factor = rows.proofs.second_factor(actor.id)
        if account is None or factor is None or not factor.in_force:
            raise Problem("second_factor_missing")
        require_unlocked(account, now)
        if code is None or not code.strip():
            raise Problem("second_factor_needed")
        used = spent(services, factor, code, now)
        if used is None:
            _note_wrong(rows, account, now)
        else:
            rows.proofs.keep_second_factor(used)
            _note_right(rows, account, factor, used, now)
    if used is None:
        raise Problem("wrong_code")


def spent(
    services: Services, factor: SecondFactor, code: str, now: datetime
) -> SecondFactor | None:
    """The factor after one of its codes was used; None for a wrong or a used one."""
    typed = plain(code)
    secret = services.codes.opened(factor.account, factor.sealed_secret)
    steps = services.codes.steps(secret, typed, now)
    return after_code(factor, steps) or after_recovery(factor, digest(typed))


def _note_wrong(rows: Transaction, account: Account, now: datetime) -> None:
    failed = account.failed_attempts + 1
    rows.people.keep(replace(account, failed_attempts=failed, locked_until=lock_after(failed, now)))
    facts = {"failed_attempts": failed}
    rows.audit(AuditRow(now, account.id, "second_factor_refused", account.username, facts))


def _note_right(
    rows: Transaction, account: Account, before: SecondFactor, used: SecondFactor, now: datetime
) -> None:
    if account.failed_attempts:
        rows.people.keep(replace(account, failed_attempts=0, locked_until=None))
    left = len(used.recovery)
    if left < len(before.recovery):
        row = AuditRow(now, account.id, "recovery_code_used", account.username, {"left": left})
        rows.audit(row)
