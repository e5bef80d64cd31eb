"""Accounts and what they may touch."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from loa_server.domain.problems import Problem
from loa_server.domain.rights import Grant, Reach, reach_of

FREE_ATTEMPTS = 5
LOCK_FIRST = timedelta(seconds=30)
LOCK_CAP = timedelta(minutes=15)
LEAST_PASSWORD = 10
MOST_PASSWORD = 200
MOST_USERNAME = 100
MOST_EMAIL = 200
LOCALES = ("vi", "en")
EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+\.[^\s@<>,;:\"()\[\]\\]+")
SESSION_LIFE = timedelta(days=14)
SESSION_IDLE = timedelta(days=3)
SESSION_TOUCH = timedelta(minutes=5)
"""How old `seen_at` may grow, so that reading a page is not a write."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person who signs in; `area` is where they belong, `grants` are what they may do where."""

    id: str
    username: str
    name: str
    area: str
    grants: tuple[Grant, ...]
    password_hash: str
    locale: str = "vi"
    failed_attempts: int = 0
    locked_until: datetime | None = None
    email: str | None = None
    mail_evening: bool = False
    disabled_at: datetime | None = None

    @property
    def reach(self) -> Reach:
        """The areas whose subtrees this person sees."""
        return reach_of(self.grants)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An open session. `csrf` must come back with every unsafe request."""

    account: Account
    csrf: str
    seen_at: datetime


def plain_username(text: str) -> str:
    """How a name is kept and looked up: telephones like to begin it with a capital letter."""
    return unicodedata.normalize("NFC", text).strip().lower()[:MOST_USERNAME]


def new_username(text: str) -> str:
    """The kept form of a wished name; raises Problem `bad_request` for what cannot be typed."""
    if len(text) > MOST_USERNAME or not re.fullmatch(r"[\w.@+-]+", plain_username(text)):
        raise Problem("bad_request", {"field": "username", "most": MOST_USERNAME})
    return plain_username(text)


def plain_email(text: str | None) -> str | None:
    """The kept form of an address, None for an empty one; raises Problem `bad_request`."""
    email = unicodedata.normalize("NFC", text or "").strip().lower()
    if not email:
        return None
    if len(email) > MOST_EMAIL or not email.isprintable() or not EMAIL.fullmatch(email):
        raise Problem("bad_request", {"field": "email", "most": MOST_EMAIL})
    return email


def require_strong(password: str, username: str) -> None:
    """Raise Problem `weak_password` for what is guessed first or is no password at all."""
    same = plain_username(password) == plain_username(username)
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD or len(set(password)) == 1 or same:
        raise Problem("weak_password", {"least": LEAST_PASSWORD, "most": MOST_PASSWORD})


def require_unlocked(account: Account, now: datetime) -> None:
    """Raise Problem `too_many_attempts` while the account takes neither password nor code."""
    refuse_until(account.locked_until, now)


def refuse_until(locked_until: datetime | None, now: datetime) -> None:
    """Raise Problem `too_many_attempts` with the `seconds` left, if any are."""
    if locked_until is not None and locked_until > now:
        seconds = int((locked_until - now).total_seconds()) + 1
        raise Problem("too_many_attempts", {"seconds": seconds})


def lock_after(failed_attempts: int, now: datetime) -> datetime | None:
    """Until when an account takes no password after so many wrong ones; doubles up to a cap."""
    over = failed_attempts - FREE_ATTEMPTS
    if over < 0:
        return None
    return now + min(LOCK_FIRST * (1 << min(over, 10)), LOCK_CAP)
