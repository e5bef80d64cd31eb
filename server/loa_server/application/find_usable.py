"""Bulletins a person may use: those of their places, and what was shared with these."""

from collections.abc import Sequence

from loa_server.application.ports import Transaction
from loa_server.domain.areas import AreaTree
from loa_server.domain.bulletins import Bulletin
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.programmes import Programme
from loa_server.domain.rights import Deed, may


def find_usable(
    rows: Transaction,
    tree: AreaTree,
    actor: Account,
    bulletins: Sequence[str],
    *,
    field: str = "bulletins",
    or_heard: bool = False,
) -> dict[str, Bulletin]:
    """The bulletins by id; with `or_heard` also those that sound at the person's places anyhow.

    Raises:
        Problem: `not_found` naming `field`, for what is not there and alike for somebody else's.
    """
    wanted = list(dict.fromkeys(bulletins))
    found = {each: rows.bulletins.get(each) for each in wanted}
    known = {key: each for key, each in found.items() if each is not None}
    foreign = [
        key for key, each in known.items() if not may(actor.grants, tree, Deed.SEE, each.area)
    ]
    open_to = rows.shares.bulletins_for(foreign, actor.reach) if foreign else frozenset()
    if foreign and or_heard:
        open_to |= rows.broadcasts.sounding(foreign, actor.reach)
    for each in wanted:
        if each not in known or (each in foreign and each not in open_to):
            raise Problem("not_found", {"field": field, "bulletin": each})
    return known


def find_programme(rows: Transaction, tree: AreaTree, actor: Account, programme: str) -> Programme:
    """A programme of the person's places or shared with these; raises Problem `not_found`."""
    found = rows.programmes.get(programme)
    if found is not None:
        if may(actor.grants, tree, Deed.SEE, found.area):
            return found
        if rows.shares.programmes_for([programme], actor.reach):
            return found
    raise Problem("not_found", {"field": "programme", "programme": programme})


def require_own(tree: AreaTree, actor: Account, area: str) -> None:
    """Raise Problem `forbidden` for what is only shared, without saying whose it is."""
    if not may(actor.grants, tree, Deed.WRITE, area):
        raise Problem("forbidden", {"deed": Deed.WRITE.value})
