"""A second proof beside the password: one-time codes by time, and codes for a lost telephone."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

RECOVERY_CODES = 10
MAX_CODE = 40


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """What is kept of it: the secret sealed, recovery codes as hashes of those not yet used.

    `last_step` is the time step of the last code taken: none of that step or before is taken again.
    """

    account: str
    sealed_secret: str
    confirmed_at: datetime | None = None
    last_step: int | None = None
    recovery: tuple[str, ...] = ()

    @property
    def in_force(self) -> bool:
        """Whether it is asked for; a set-up that was never confirmed is not."""
        return self.confirmed_at is not None


def after_code(factor: SecondFactor, steps: Iterable[int]) -> SecondFactor | None:
    """The factor once a code good at these `steps` was used; None when it was used before."""
    fresh = [step for step in steps if factor.last_step is None or step > factor.last_step]
    return replace(factor, last_step=min(fresh)) if fresh else None


def after_recovery(factor: SecondFactor, code_sha256: str) -> SecondFactor | None:
    """The factor without the recovery code of this hash; None when it has no such code."""
    if code_sha256 not in factor.recovery:
        return None
    left = tuple(each for each in factor.recovery if each != code_sha256)
    return replace(factor, recovery=left)
