"""An area comes under another parent, with all that lies under it."""

from loa_server.application.find_area import find_area
from loa_server.application.services import Services
from loa_server.domain.area_change import (
    placed,
    relevelled,
    require_code_free,
    require_kind_fits,
    require_no_circle,
)
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import Account
from loa_server.domain.rights import Deed, require


def move_area(services: Services, actor: Account, *, area: str, parent: str) -> None:
    """Move; stations keep their ids and logs, and from now on hear what is for the new parent.

    Who moves must manage areas at both parents.

    Raises:
        Problem: `not_found`, `area_closed`, `forbidden`, `area_circle`, `kind_does_not_fit`,
            `duplicate_code`.
    """
    now = services.clock()
    with services.store.write() as rows:
        rows.areas.hold()
        tree = rows.places.tree()
        before = find_area(tree, actor, area)
        upper = find_area(tree, actor, parent, "parent")
        require(actor.grants, tree, Deed.MANAGE_AREAS, before.parent or before.id)
        require(actor.grants, tree, Deed.MANAGE_AREAS, upper.id)
        require_no_circle(tree, area, parent, "parent")
        if before.parent == upper.id:
            return
        require_kind_fits(upper, before.called, "parent")
        after = placed(before, upper)
        require_code_free(tree, after, after.code)
        rows.areas.keep([(before, after), *relevelled(tree, after)], now)
        # Both the path of every station below and the levels of their manifests may be others.
        stations = rows.areas.stations_under(frozenset({area}))
        rows.documents_changed(
            *(f"config/{each.id}" for each in stations),
            *(f"manifest/a-{each}" for each in tree.under(area)),
        )
        facts = {"before": before.parent, "after": upper.id, "stations": len(stations)}
        rows.audit(AuditRow(now, actor.id, "area_moved", area, facts))
        rows.announce("areas", "stations", "broadcasts")
