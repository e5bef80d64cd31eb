"""A station comes to another area, with its id, its device and its logs."""

from dataclasses import replace

from loa_server.application.find_area import find_area, find_station
from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import Account
from loa_server.domain.rights import Deed, require


def move_station(services: Services, actor: Account, *, station: str, area: str) -> None:
    """Move; who does so must operate stations at both areas.

    Raises:
        Problem: `not_found`, `area_closed`, `forbidden`.
    """
    now = services.clock()
    with services.store.write() as rows:
        rows.areas.hold()
        tree = rows.places.tree()
        found = find_station(rows, tree, actor, station)
        to = find_area(tree, actor, area)
        require(actor.grants, tree, Deed.OPERATE, found.area)
        require(actor.grants, tree, Deed.OPERATE, to.id)
        if found.area == to.id:
            return
        rows.areas.keep_stations([replace(found, area=to.id)])
        rows.documents_changed(f"config/{station}")
        facts = {"before": found.area, "after": to.id}
        rows.audit(AuditRow(now, actor.id, "station_moved", station, facts))
        rows.announce("areas", "stations", "broadcasts")
