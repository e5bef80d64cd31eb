"""Chia sẻ xuống: what an upper level hands to the places below it.

TT 39/2020/TT-BTTTT, chapter III: what is ordinary lands in the library of every place and is theirs
to use or not; what is priority asks each commune for a place in its timetable as well, and the
commune answers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from loa_server.domain.areas import AreaKind, AreaTree
from loa_server.domain.problems import Problem
from loa_server.domain.rights import Deed, Grant, places_for, require


class ShareClass(StrEnum):
    """How urgent a share is; an emergency is never shared, it is sent."""

    ORDINARY = "ordinary"
    PRIORITY = "priority"


class Answer(StrEnum):
    """What a place says to a priority share."""

    PLACED = "placed"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class ShareAnswer:
    """What one place answered; `broadcast` is where it was placed."""

    area: str
    answer: Answer
    broadcast: str | None
    note: str | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Share:
    """A bulletin or a programme, handed down from `from_area` to `areas` and all under them."""

    id: str
    bulletin: str | None
    programme: str | None
    from_area: str
    areas: tuple[str, ...]
    class_: ShareClass
    note: str | None
    by: str
    at: datetime
    withdrawn_at: datetime | None = None
    answers: tuple[ShareAnswer, ...] = ()


def sharing_place(grants: Iterable[Grant], tree: AreaTree, areas: Sequence[str]) -> str:
    """The lowest area of the sharer that lies above all of `areas`: who it is said to come from.

    Named after the content's own area instead, communes would read each other's names.

    Raises:
        Problem: `audience_unknown`, `forbidden`.
    """
    held = tuple(grants)
    for area in areas:
        require(held, tree, Deed.WRITE, area)
    places = [tree.get(each) for each in places_for(held, Deed.WRITE) if tree.has(each)]
    above = [each for each in places if all(tree.covers(each.id, area) for area in areas)]
    if not above:
        raise Problem("forbidden", {"deed": Deed.WRITE.value, "areas": list(areas)})
    return max(above, key=lambda each: (each.level, each.id)).id


def asked_places(tree: AreaTree, areas: Iterable[str]) -> frozenset[str]:
    """Who answers a priority share: every commune under the areas, else the area itself."""
    asked: set[str] = set()
    for area in areas:
        communes = {each for each in tree.under(area) if _is_commune(tree, each)}
        asked |= communes or ({area} if tree.has(area) else set())
    return frozenset(asked)


def _is_commune(tree: AreaTree, area: str) -> bool:
    return tree.get(area).called is AreaKind.COMMUNE
