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
    rows: Transaction, tree: AreaTree, actor: Account, bulletins: Sequence[str]
) -> dict[str, Bulletin]:
    """The bulletins by id.

    Raises:
        Problem: `not_found` for what is not there, and alike for what is somebody else's.
    """
    wanted = list(dict.fromkeys(bulletins))
    found = {each: rows.bulletins.get(each) for each in wanted}
    known = {key: each for key, each in found.items() if each is not None}
    foreign = [
        key for key, each in known.items() if not may(actor.grants, tree, Deed.SEE, each.area)
    ]
    shared = rows.shares.bulletins_for(foreign, actor.reach) if foreign else frozenset()
    for each in wanted:
        if each not in known or (each in foreign and each not in shared):
            raise Problem("not_found", {"bulletin": each})
    return known


def find_programme(rows: Transaction, tree: AreaTree, actor: Account, programme: str) -> Programme:
    """A programme of the person's places or shared with these; raises Problem `not_found`."""
    found = rows.programmes.get(programme)
    if found is not None:
        if may(actor.grants, tree, Deed.SEE, found.area):
            return found
        if rows.shares.programmes_for([programme], actor.reach):
            return found
    raise Problem("not_found", {"programme": programme})


def require_own(tree: AreaTree, actor: Account, area: str) -> None:
    """Raise Problem `forbidden` for what is only shared, without saying whose it is."""
    if not may(actor.grants, tree, Deed.WRITE, area):
        raise Problem("forbidden", {"deed": Deed.WRITE.value})
