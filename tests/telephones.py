"""A telephone with somebody's one-time codes, as an authenticator app has them."""

import pyotp
from loa_server.application.begin_second_factor import begin_second_factor
from loa_server.application.confirm_second_factor import confirm_second_factor
from loa_server.domain.people import Account
from world import World


class Telephone:
    """Shows the code of the world's clock."""

    def __init__(self, world: World, secret: str) -> None:
        self._world = world
        self._totp = pyotp.TOTP(secret)
        self.recovery_codes: tuple[str, ...] = ()

    def code(self, steps_off: int = 0) -> str:
        """What it shows now; `steps_off` is how far its own clock is off, in half minutes."""
        return self._totp.at(self._world.now, counter_offset=steps_off)


def set_up_telephone(world: World, account: Account) -> Telephone:
    """A second factor in force; the code that confirmed it is spent, so the clock moves on."""
    offer = begin_second_factor(world.services, account, password=account.username)
    telephone = Telephone(world, offer.secret)
    telephone.recovery_codes = confirm_second_factor(
        world.services, account, code=telephone.code(-1)
    )
    return telephone
