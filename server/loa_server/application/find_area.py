"""Areas and stations as far as somebody sees them; the rest is answered like what never was."""

from loa_server.application.ports import Transaction
from loa_server.domain.areas import Area, AreaTree
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.stations import Station


def find_area(tree: AreaTree, actor: Account, area: str, field: str = "area") -> Area:
    """An area in force within the actor's sight.

    Raises:
        Problem: `area_closed` naming the area that took its place; `not_found` for all others.
    """
    if _sees(tree, actor, area):
        return tree.get(area)
    heir = tree.successor(area)
    if heir is not None and heir != area and _sees(tree, actor, heir):
        raise Problem("area_closed", {"field": field, "area": area, "replaced_by": heir})
    raise Problem("not_found", {"field": field, "area": area})


def find_station(rows: Transaction, tree: AreaTree, actor: Account, station: str) -> Station:
    """A station in use within the actor's reach; raises Problem `not_found`."""
    found = rows.places.station(station)
    if found is None or found.retired_at is not None or not _under(tree, actor, found.area):
        raise Problem("not_found", {"station": station})
    return found


def _sees(tree: AreaTree, actor: Account, area: str) -> bool:
    """What lies in reach and the path above it, as the list of areas shows."""
    return _under(tree, actor, area) or area in tree.above(actor.reach)


def _under(tree: AreaTree, actor: Account, area: str) -> bool:
    return tree.has(area) and any(tree.covers(top, area) for top in actor.reach)
