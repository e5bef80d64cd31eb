"""Ports for how people prove who they are, beside the password."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from loa_server.domain.second_factor import SecondFactor


class Proofs(Protocol):
    """Second factors, and who somebody is at a provider outside."""

    def second_factor(self, account: str) -> SecondFactor | None:
        """What is kept of an account's, confirmed or not."""

    def with_second_factor(self) -> frozenset[str]:
        """Ids of all accounts that have one in force."""

    def keep_second_factor(self, factor: SecondFactor) -> None:
        """Store it, new or changed."""

    def drop_second_factor(self, account: str) -> None:
        """Forget it."""

    def linked_account(self, issuer: str, subject: str) -> str | None:
        """Id of the account an identity outside belongs to."""

    def is_linked(self, issuer: str, account: str) -> bool:
        """Whether some identity of this issuer belongs to the account."""

    def link(self, issuer: str, subject: str, account: str, now: datetime) -> None:
        """From now on this identity is this account; Problem `id_taken` when it is another's."""


class OneTimeCodes(Protocol):
    """Codes by time (RFC 6238); what is kept of a secret is sealed for one account."""

    def new_secret(self, account: str) -> str:
        """A new secret, sealed."""

    def opened(self, account: str, sealed_secret: str) -> str:
        """The secret as people type it; ValueError when it was not sealed for this account."""

    def uri(self, secret: str, username: str) -> str:
        """What a telephone reads from the square."""

    def steps(self, secret: str, code: str, now: datetime) -> Sequence[int]:
        """Time steps around `now` at which this is the code, earliest first."""


class Sealer(Protocol):
    """Seals short texts that travel through a browser and come back."""

    def seal(self, purpose: str, text: str, now: datetime) -> str:
        """Neither readable nor changeable by who carries it."""

    def opened(self, purpose: str, token: str, now: datetime, life: timedelta) -> str | None:
        """The text; None when it is older than `life`, for another purpose, or not ours."""


class Strangers(Protocol):
    """Counts tries at names nobody has, so that they are answered as known ones are."""

    def locked_until(self, username: str) -> datetime | None:
        """Until when this name is refused at once."""

    def note_wrong(self, username: str, now: datetime) -> None:
        """One more try."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a provider outside says somebody is; `email` only when the provider verified it."""

    issuer: str
    subject: str
    email: str | None


@dataclass(frozen=True, slots=True)
class Departure:
    """Where a browser is sent to sign in outside, and what must be remembered until it is back."""

    url: str
    state: str
    nonce: str
    verifier: str


class OutsideSignIn(Protocol):
    """A provider outside that says who somebody is (OpenID Connect)."""

    @property
    def name(self) -> str:
        """What people call the provider."""

    def depart(self, return_to: str) -> Departure:
        """Begin; Problem `outside_unreachable`."""

    def arrive(self, departure: Departure, return_to: str, code: str, now: datetime) -> Identity:
        """Exchange the code; Problem `outside_unreachable`, `outside_refused`."""
