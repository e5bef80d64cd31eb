"""Who works here, as the people who manage them see it."""

from dataclasses import dataclass

from loa_server.application.ports import Transaction
from loa_server.application.services import Services
from loa_server.domain.areas import AreaTree
from loa_server.domain.managing import Manager, manager
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.rights import Grant, Role


@dataclass(frozen=True, slots=True)
class GrantView:
    """A role with the name of its place."""

    role: Role
    area: str
    area_name: str


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person with the roles the asker may see.

    `may_change` is False when roles elsewhere keep name, address and password in other hands.
    """

    id: str
    username: str
    name: str
    email: str | None
    disabled: bool
    second_factor: bool
    may_change: bool
    grants: tuple[GrantView, ...]


def list_people(services: Services, actor: Account) -> list[PersonView]:
    """All whom the actor manages in some way, by name; raises Problem `forbidden`."""
    with services.store.read() as rows:
        asked = manager(actor, rows.places.tree())
        proven = rows.proofs.with_second_factor()
        return [view(asked, each, proven) for each in rows.people.everybody() if asked.sees(each)]


def show_person(services: Services, actor: Account, *, person: str) -> PersonView:
    """One of them; raises Problem `forbidden`, `not_found`."""
    with services.store.read() as rows:
        asked = manager(actor, rows.places.tree())
        return view(asked, seen(rows, asked, person), rows.proofs.with_second_factor())


def has_second_factor(services: Services, account: str) -> bool:
    """Whether an account has a second factor in force."""
    with services.store.read() as rows:
        return account in rows.proofs.with_second_factor()


def seen(rows: Transaction, asked: Manager, person: str) -> Account:
    """An account in the manager's sight; raises Problem `not_found` for any other."""
    found = rows.people.by_id(person)
    if found is None or not asked.sees(found):
        raise Problem("not_found", {"person": person})
    return found


def view(asked: Manager, account: Account, proven: frozenset[str]) -> PersonView:
    """What the manager sees of an account."""
    return PersonView(
        id=account.id,
        username=account.username,
        name=account.name,
        email=account.email,
        disabled=account.disabled_at is not None,
        second_factor=account.id in proven,
        may_change=asked.commands(account),
        grants=_named(asked.tree, asked.shown(account)),
    )


def _named(tree: AreaTree, grants: tuple[Grant, ...]) -> tuple[GrantView, ...]:
    return tuple(GrantView(each.role, each.area, tree.name(each.area)) for each in grants)
