"""Who may do what where: roles held at places of the tree, and the deeds each allows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from loa_server.domain.areas import AreaTree
from loa_server.domain.problems import Problem

Reach = frozenset[str]
"""Ids of the areas at whose place, and under which, a person may see."""


class Role(StrEnum):
    """What a person is at a place; one person may be several things."""

    AUTHOR = "author"
    APPROVER = "approver"
    OPERATOR = "operator"
    AREA_ADMIN = "area_admin"
    PROVINCE_ADMIN = "province_admin"
    AUDITOR = "auditor"


class Deed(StrEnum):
    """What may be allowed."""

    SEE = "see"
    WRITE = "write"
    APPROVE = "approve"
    STOP = "stop"
    OPERATE = "operate"
    SET_HOURS = "set_hours"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_AREAS = "manage_areas"
    AUDIT = "audit"


_ADMIN = frozenset(
    {Deed.SEE, Deed.STOP, Deed.OPERATE, Deed.SET_HOURS, Deed.MANAGE_PEOPLE, Deed.MANAGE_AREAS}
)
ALLOWS: Mapping[Role, frozenset[Deed]] = {
    Role.AUTHOR: frozenset({Deed.SEE, Deed.WRITE, Deed.STOP}),
    Role.APPROVER: frozenset({Deed.SEE, Deed.APPROVE, Deed.STOP}),
    Role.OPERATOR: frozenset({Deed.SEE, Deed.OPERATE, Deed.STOP}),
    Role.AREA_ADMIN: _ADMIN,
    Role.PROVINCE_ADMIN: _ADMIN | {Deed.AUDIT},
    Role.AUDITOR: frozenset({Deed.SEE, Deed.AUDIT}),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held at an area; it reaches all that lies under it."""

    role: Role
    area: str


def everything(area: str) -> tuple[Grant, ...]:
    """All roles at one place: the first account, and the only one of a small commune."""
    return tuple(Grant(role, area) for role in Role)


def reach_of(grants: Iterable[Grant]) -> Reach:
    """The areas a person sees, each with all under it."""
    return frozenset(grant.area for grant in grants)


def may(grants: Iterable[Grant], tree: AreaTree, deed: Deed, area: str) -> bool:
    """Whether a role allowing `deed` is held at `area` or above it; never at an unknown area."""
    if not tree.has(area):
        return False
    path = {each.id for each in tree.path(area)}
    return any(grant.area in path and deed in ALLOWS[grant.role] for grant in grants)


def require(grants: Iterable[Grant], tree: AreaTree, deed: Deed, area: str) -> None:
    """Raise Problem `audience_unknown` for an area that is not there, `forbidden` for no right."""
    tree.get(area)
    if not may(grants, tree, deed, area):
        raise Problem("forbidden", {"deed": deed.value, "area": area})


def places_for(grants: Iterable[Grant], deed: Deed) -> Reach:
    """The areas at which, and under which, `deed` is allowed."""
    return frozenset(grant.area for grant in grants if deed in ALLOWS[grant.role])


def ordering_place(grants: Iterable[Grant], tree: AreaTree, home: str, meant: Iterable[str]) -> str:
    """The place that orders for the areas `meant`: nobody below it may change or stop that.

    Where somebody works, when that lies above all that is meant; else the lowest place that does
    of those at which they write. Who writes in places apart orders from where they work.

    Raises:
        Problem: `forbidden` when they may write nowhere.
    """
    held, areas = tuple(grants), frozenset(meant)
    usual = workplace(held, tree, Deed.WRITE, home)
    places = [tree.get(each) for each in places_for(held, Deed.WRITE) if tree.has(each)]
    places.sort(key=lambda area: (-area.level, area.id))
    for each in (usual, *(area.id for area in places)):
        if all(tree.covers(each, area) for area in areas):
            return each
    return usual


def workplace(grants: Iterable[Grant], tree: AreaTree, deed: Deed, home: str) -> str:
    """Where new work of somebody belongs: their home when allowed there, else the highest place.

    Raises:
        Problem: `forbidden` when they may do so nowhere.
    """
    held = tuple(grants)
    if may(held, tree, deed, home):
        return home
    places = [tree.get(area) for area in places_for(held, deed) if tree.has(area)]
    if not places:
        raise Problem("forbidden", {"deed": deed.value, "area": home})
    return min(places, key=lambda area: (area.level, area.id)).id
