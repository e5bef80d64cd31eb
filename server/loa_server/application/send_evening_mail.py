"""Sends each person who wants it the list of the next 24 hours, once an evening."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from loa_server.application.list_coming import list_coming
from loa_server.application.services import Services
from loa_server.application.timeline_queries import Air
from loa_server.application.write_evening_mail import Mail, Reader, write_evening_mail
from loa_server.domain.areas import AreaTree
from loa_server.domain.evening import MAIL_REACH, mail_day
from loa_server.domain.people import Account
from loa_server.domain.rights import Reach

MAX_PER_ROUND = 500
"""Letters of one round; the next one goes on."""


class MailServerAwayError(Exception):
    """Nobody can be written to now: the server is away or does not let us in."""


class MailDelayedError(Exception):
    """This letter is not taken now; others may be."""


class MailRefusedError(Exception):
    """This letter will never be taken: the address is wrong."""


class Mailer(Protocol):
    """Sends letters."""

    def send(self, mail: Mail) -> None:
        """Hand over one letter; raises the errors above."""


@dataclass(frozen=True, slots=True)
class Round:
    """What became of the letters that were due; `away` says why a round ended early."""

    sent: tuple[str, ...] = ()
    delayed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    away: str | None = None


@dataclass(frozen=True, slots=True)
class _Due:
    account: Account
    reader: Reader
    day: str


def send_evening_mail(
    services: Services, mailer: Mailer, stopped: Callable[[], bool] = lambda: False
) -> Round:
    """One round, from 19:00 until midnight of each person's day; again and again is once.

    The claim comes before the letter: whoever dies between the two has cost one letter, never sent
    two. What the server does not take now is given back and tried in the next round.
    """
    now = services.clock()
    airs: dict[Reach, Air] = {}
    sent, delayed, refused = [], [], []
    for due in _due(services, now)[:MAX_PER_ROUND]:
        if stopped():
            break
        account = due.account
        if account.reach not in airs:
            window = (now, now + MAIL_REACH)
            airs[account.reach] = services.queries.air(window, account.reach, account.area)
        coming = list_coming(airs[account.reach], now, now + MAIL_REACH)
        mail = write_evening_mail(due.reader, coming, now, now + MAIL_REACH)
        with services.store.write() as rows:
            if not rows.evenings.claim(account.id, due.day, now):
                continue
        try:
            mailer.send(mail)
            sent.append(account.id)
        except MailRefusedError:
            refused.append(account.id)
        except MailDelayedError:
            _give_back(services, due)
            delayed.append(account.id)
        except MailServerAwayError as error:
            _give_back(services, due)
            return Round(tuple(sent), (*delayed, account.id), tuple(refused), str(error))
    return Round(tuple(sent), tuple(delayed), tuple(refused))


def _give_back(services: Services, due: _Due) -> None:
    with services.store.write() as rows:
        rows.evenings.give_back(due.account.id, due.day)


def _due(services: Services, now: datetime) -> Sequence[_Due]:
    """Everybody whose letter has not left although it is time."""
    with services.store.read() as rows:
        tree = rows.places.tree()
        found = []
        for account in rows.people.may_sign_in():
            if not (account.mail_evening and account.email and account.grants):
                continue
            reader = _reader(tree, account, account.email, services.zone)
            day = mail_day(now, reader.zone)
            if day is not None:
                found.append(_Due(account, reader, day.isoformat()))
        done = rows.evenings.done({each.day for each in found})
    return [each for each in found if (each.account.id, each.day) not in done]


def _reader(tree: AreaTree, account: Account, email: str, default: str) -> Reader:
    known = tree.has(account.area)
    places = sorted(tree.name(area) for area in account.reach)
    return Reader(
        name=account.name,
        email=email,
        locale=account.locale,
        place=", ".join(places),
        zone=tree.zone(account.area, default) if known else default,
    )
