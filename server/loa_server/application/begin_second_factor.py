"""First step of a second factor: a secret for the telephone, in force once a code proves it."""

from dataclasses import dataclass

from loa_server.application.check_password import check_password
from loa_server.application.services import Services
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.second_factor import SecondFactor


@dataclass(frozen=True, slots=True)
class FactorOffer:
    """What the telephone must learn, shown once."""

    secret: str
    uri: str


def begin_second_factor(services: Services, actor: Account, *, password: str) -> FactorOffer:
    """Make a secret; one never confirmed is replaced.

    Asks for the password: whoever finds a screen open must not make their own telephone the proof.

    Raises:
        Problem: `wrong_credentials`, `too_many_attempts`, `second_factor_exists`.
    """
    check_password(services, username=actor.username, password=password)
    sealed = services.codes.new_secret(actor.id)
    with services.store.write() as rows:
        rows.people.by_username(actor.username)  # held, so that two beginnings take turns
        found = rows.proofs.second_factor(actor.id)
        if found is not None and found.in_force:
            raise Problem("second_factor_exists")
        rows.proofs.keep_second_factor(SecondFactor(actor.id, sealed))
    secret = services.codes.opened(actor.id, sealed)
    return FactorOffer(secret, services.codes.uri(secret, actor.username))
