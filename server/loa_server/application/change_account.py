"""A person changes what is written of themselves."""

from dataclasses import dataclass, replace

from loa_server.application.create_person import require_free_email
from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import LOCALES, Account, plain_email
from loa_server.domain.problems import Problem
from loa_server.domain.text import MAX_NAME, one_line


@dataclass(frozen=True, slots=True)
class ChangedAccount:
    """What a person may change of themselves; roles are not among it."""

    name: str
    email: str | None
    mail_evening: bool
    locale: str


def change_account(services: Services, actor: Account, wish: ChangedAccount) -> Account:
    """Change it; raises Problem `bad_request` naming the field, `email_taken`."""
    name = one_line(wish.name, "name", MAX_NAME)
    email = plain_email(wish.email)
    if wish.locale not in LOCALES:
        raise Problem("bad_request", {"field": "locale"})
    if wish.mail_evening and email is None:
        raise Problem("bad_request", {"field": "email"})
    now = services.clock()
    with services.store.write() as rows:
        found = rows.people.by_username(actor.username)
        if found is None:
            raise Problem("not_signed_in")
        require_free_email(rows, email, found.id)
        changed = replace(
            found, name=name, email=email, mail_evening=wish.mail_evening, locale=wish.locale
        )
        rows.people.keep(changed)
        facts = {"name": name, "email": email, "mail_evening": wish.mail_evening}
        rows.audit(AuditRow(now, found.id, "account_changed", found.username, facts))
        rows.announce("people")
    return changed
