"""An administrator makes an account; its password is told once."""

from collections.abc import Sequence
from dataclasses import dataclass

from loa_server.application.people_queries import PersonView, view
from loa_server.application.ports import Transaction
from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.managing import home_of, manager
from loa_server.domain.people import Account, new_username, plain_email
from loa_server.domain.problems import Problem
from loa_server.domain.rights import Grant
from loa_server.domain.text import MAX_NAME, one_line


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What an administrator wrote down."""

    username: str
    name: str
    email: str | None
    grants: tuple[Grant, ...]


def create_person(services: Services, actor: Account, wish: NewPerson) -> tuple[PersonView, str]:
    """Make the account; returns the person with their password.

    Raises:
        Problem: `forbidden`, `not_found` for an area elsewhere, `bad_request` naming the field,
            `no_grants`, `too_many_grants`, `id_taken`, `email_taken`.
    """
    username = new_username(wish.username)
    name = one_line(wish.name, "name", MAX_NAME)
    email = plain_email(wish.email)
    now = services.clock()
    with services.store.read() as rows:
        # Before the slow hash: who may not do this shall not cost us a second of the processor.
        manager(actor, rows.places.tree())
    password = services.secrets.claim_code()
    password_hash = services.passwords.hash(password)
    with services.store.write() as rows:
        rows.areas.keep_still()
        tree = rows.places.tree()
        asked = manager(actor, tree)
        grants = asked.given(None, wish.grants)
        require_free_email(rows, email, None)
        account = Account(
            id=services.secrets.identifier("u"),
            username=username,
            name=name,
            area=home_of(grants, tree, None),
            grants=grants,
            password_hash=password_hash,
            email=email,
        )
        rows.people.add(account)
        facts = {"name": name, "grants": grants_as_facts(grants)}
        rows.audit(AuditRow(now, actor.id, "account_created", username, facts))
        rows.announce("people")
    return view(asked, account, frozenset()), password


def require_free_email(rows: Transaction, email: str | None, account: str | None) -> None:
    """Raise Problem `email_taken` when another account has it: it may say who signs in."""
    if email is not None and any(each.id != account for each in rows.people.by_email(email)):
        raise Problem("email_taken", {"field": "email"})


def grants_as_facts(grants: Sequence[Grant]) -> list[str]:
    """Roles as the audit keeps them."""
    return sorted(f"{each.role.value}@{each.area}" for each in grants)
