"""Who may manage whom: an administrator rules over the roles within their places, no further."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from loa_server.domain.areas import AreaTree
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.rights import ALLOWS, Deed, Grant, Reach, Role, may, places_for

MAX_GRANTS = 200
MANAGERS = frozenset(role for role in Role if Deed.MANAGE_PEOPLE in ALLOWS[role])
"""Roles whose holders manage people."""


@dataclass(frozen=True, slots=True)
class Manager:
    """What somebody may do to people, from the roles they hold; `places` are all areas ruled."""

    grants: tuple[Grant, ...]
    tree: AreaTree
    places: Reach

    def sees(self, account: Account) -> bool:
        """Whether the person belongs to these places or may do something there."""
        return account.area in self.places or bool(self.shown(account))

    def shown(self, account: Account) -> tuple[Grant, ...]:
        """The roles the person holds within these places; others are nobody's business here."""
        return tuple(each for each in account.grants if each.area in self.places)

    def may_give(self, grant: Grant) -> bool:
        """Whether this role may be given and taken; an upper administrator's only by an equal."""
        if grant.area not in self.places:
            return False
        if grant.role is not Role.PROVINCE_ADMIN:
            return True
        equals = (each.area for each in self.grants if each.role is Role.PROVINCE_ADMIN)
        return any(self.tree.covers(area, grant.area) for area in equals if self.tree.has(area))

    def commands(self, account: Account) -> bool:
        """Whether name, address, password and being at all are in these hands.

        Only when every role the person holds is: who resets a password could use all of them.
        """
        return account.area in self.places and all(self.may_give(each) for each in account.grants)

    def given(self, account: Account | None, wished: Iterable[Grant]) -> tuple[Grant, ...]:
        """The person's roles with those within these places replaced by `wished`.

        Raises:
            Problem: `not_found` for an area outside these places, whether it exists or not,
                `forbidden` for giving or taking what is not theirs to give, `too_many_grants`.
        """
        held = () if account is None else account.grants
        wanted = tuple(dict.fromkeys(wished))
        for each in wanted:
            if each.area not in self.places:
                raise Problem("not_found", {"area": each.area})
        shown = {each for each in held if each.area in self.places}
        for each in shown ^ set(wanted):
            if not self.may_give(each):
                raise Problem("forbidden", {"role": each.role.value, "area": each.area})
        fresh = (*(each for each in held if each not in shown), *wanted)
        if len(fresh) > MAX_GRANTS:
            raise Problem("too_many_grants", {"most": MAX_GRANTS})
        return fresh


def manager(account: Account, tree: AreaTree) -> Manager:
    """What this person may do to people; raises Problem `forbidden` when nothing."""
    places = tree.within(places_for(account.grants, Deed.MANAGE_PEOPLE))
    if not places:
        raise Problem("forbidden", {"deed": Deed.MANAGE_PEOPLE.value})
    return Manager(account.grants, tree, places)


def home_of(grants: Sequence[Grant], tree: AreaTree, home: str | None) -> str:
    """Where somebody with these roles belongs: where they did, else the highest of their places.

    Raises:
        Problem: `no_grants` for a newcomer without any role.
    """
    held = [each for each in grants if tree.has(each.area)]
    if home is not None and (not held or may(held, tree, Deed.SEE, home)):
        return home
    if not held:
        raise Problem("no_grants", {"field": "grants"})
    areas = [tree.get(each.area) for each in held]
    return min(areas, key=lambda area: (area.level, area.id)).id


def require_somebody_left(before: Account, others: Iterable[Grant], tree: AreaTree) -> None:
    """Raise Problem `last_manager` when a place this person managed would have nobody above it.

    `others` are the roles of everybody who may sign in, the person with what is now wished.
    """
    left = tuple(others)
    managed = {each.area for each in before.grants if each.role in MANAGERS and tree.has(each.area)}
    for area in sorted(managed):
        if not may(left, tree, Deed.MANAGE_PEOPLE, area):
            raise Problem("last_manager", {"area": area})
