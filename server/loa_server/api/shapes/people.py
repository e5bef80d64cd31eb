"""People: who is signed in, who works here, and what is asked of either."""

from pydantic import Field

from loa_server.api.shapes.base import Shape, Wish, Word
from loa_server.domain.rights import Deed, Role

MAX_PASSWORD = 1000
"""Hashing a password costs time by its length, too."""
MAX_CODE = 100
MAX_GRANTS = 1000
"""More than any person may hold, so that the use-case can say how many; less than floods it."""


class Grant(Shape):
    """A role held at an area; it reaches all that lies under it."""

    role: Role
    area: str
    area_name: str


class Account(Shape):
    """Who is signed in, and what they may do where; `area` is where they belong.

    `deeds` names for each deed the areas at which, and under which, it is allowed.
    """

    id: str
    username: str
    name: str
    email: str | None
    mail_evening: bool
    second_factor: bool
    grants: list[Grant]
    deeds: dict[Deed, list[str]]
    area: str
    area_name: str
    locale: str


class Session(Shape):
    """An open session; `csrf` goes back as the header X-CSRF-Token with every unsafe request.

    Without `mail_possible` no letters are sent, whoever wants them.
    """

    csrf: str
    account: Account
    mail_possible: bool


class Person(Shape):
    """Somebody with the roles within the asker's places.

    `may_change` is false when roles elsewhere keep name, address and password in other hands.
    """

    id: str
    username: str
    name: str
    email: str | None
    disabled: bool
    second_factor: bool
    may_change: bool
    grants: list[Grant]


class NewAccount(Shape):
    """A person just made; the password is told this once."""

    person: Person
    password: str


class FreshPassword(Shape):
    """Told this once."""

    password: str


class SecondFactorOffer(Shape):
    """What a telephone must learn: the secret to type, or the square to read."""

    secret: str
    uri: str
    qr_svg: str


class RecoveryCodes(Shape):
    """Each lets in once without the telephone; told this once."""

    recovery_codes: list[str]


class Credentials(Wish):
    """A sign-in; `code` where a second factor is set up."""

    username: Word
    password: str = Field(max_length=MAX_PASSWORD)
    code: str | None = Field(default=None, max_length=MAX_CODE)


class PasswordChange(Wish):
    """The password so far and the one from now on."""

    current: str = Field(max_length=MAX_PASSWORD)
    fresh: str = Field(max_length=MAX_PASSWORD)


class AccountChange(Wish):
    """What a person writes of themselves."""

    name: Word
    email: Word | None
    mail_evening: bool
    locale: Word


class PasswordProof(Wish):
    """The password once more, from who is already signed in."""

    password: str = Field(max_length=MAX_PASSWORD)


class CodeProof(Wish):
    """A one-time code."""

    code: str = Field(max_length=MAX_CODE)


class WishedGrant(Wish):
    """A role to be held at an area."""

    role: Role
    area: Word


class NewPerson(Wish):
    """An account to be made."""

    username: Word
    name: Word
    email: Word | None = None
    grants: list[WishedGrant] = Field(max_length=MAX_GRANTS)


class PersonChange(Wish):
    """What a person shall be; `grants` are those within the asker's places."""

    name: Word
    email: Word | None
    disabled: bool
    grants: list[WishedGrant] = Field(max_length=MAX_GRANTS)
