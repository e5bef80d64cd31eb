"""A place for a loudspeaker station; a device becomes it by enrolling."""

from loa_agent.protocol.ids import is_id

from loa_server.application.find_area import find_area
from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.rights import Deed, require
from loa_server.domain.stations import Station
from loa_server.domain.text import MAX_NAME, one_line


def create_station(
    services: Services, actor: Account, *, name: str, area: str, station: str | None = None
) -> Station:
    """Add a station; `station` gives the id, otherwise one is made.

    Raises:
        Problem: `bad_request`, `not_found`, `area_closed`, `forbidden`, `id_taken`.
    """
    name = one_line(name, "name", MAX_NAME)
    if station is not None and not is_id(station):
        raise Problem("bad_request", {"field": "id"})
    now = services.clock()
    made = Station(
        id=station or services.secrets.identifier("t"), name=name, area=area, created_at=now
    )
    with services.store.write() as rows:
        rows.areas.hold()
        tree = rows.places.tree()
        find_area(tree, actor, area)
        require(actor.grants, tree, Deed.OPERATE, area)
        rows.places.add_station(made)
        facts = {"name": name, "area": area}
        rows.audit(AuditRow(now, actor.id, "station_created", made.id, facts))
        rows.announce("stations")
    return made
