"""A place decides which of the priority broadcasts heard there goes first (TT 39)."""

from collections.abc import Sequence
from datetime import datetime

from loa_agent.protocol.documents import MAX_ORDER, BroadcastClass

from loa_server.application.judging import Places, read_places
from loa_server.application.ports import Transaction
from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.broadcasts import Broadcast
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.rights import Deed, require


def decide_order(
    services: Services, actor: Account, *, area: str, broadcasts: Sequence[str]
) -> None:
    """From now on, where they meet at stations of the area, the first named wins.

    Raises:
        Problem: `not_found` for an area out of reach or a broadcast not heard there, `forbidden`,
            `not_priority`, `order_too_long`.
    """
    now = services.clock()
    named = tuple(dict.fromkeys(broadcasts))
    if len(named) > MAX_ORDER:
        raise Problem("order_too_long", {"field": "broadcasts", "most": MAX_ORDER})
    with services.store.write() as rows:
        rows.areas.keep_still()
        places = read_places(rows, services.zone)
        require_seen(places, actor, area)
        require(actor.grants, places.tree, Deed.APPROVE, area)
        heard = {each.id: each for each in heard_in(rows, places, area, now)}
        for each in named:
            _require_priority(heard.get(each), each)
        rows.broadcasts.decide_order(area, named)
        rows.documents_changed(f"manifest/a-{area}")
        facts = {"broadcasts": list(named)}
        rows.audit(AuditRow(now, actor.id, "order_decided", area, facts))
        rows.announce("broadcasts")


def order_of_area(
    services: Services, actor: Account, *, area: str
) -> tuple[list[Broadcast], tuple[str, ...]]:
    """Priority broadcasts heard in an area in the order in which they win, and those decided.

    Raises:
        Problem: `not_found` for an area out of reach.
    """
    now = services.clock()
    with services.store.read() as rows:
        places = read_places(rows, services.zone)
        require_seen(places, actor, area)
        decided = rows.broadcasts.order(area)
        heard = heard_in(rows, places, area, now)
    found = [each for each in heard if each.class_ is BroadcastClass.PRIORITY]
    place = {name: position for position, name in enumerate(decided)}
    found.sort(key=lambda one: (place.get(one.id, len(place)), _level(places, one), one.id))
    return found, decided


def require_seen(places: Places, actor: Account, area: str) -> None:
    """Raise Problem `not_found` for an area outside the reach, known or not."""
    if area not in places.tree.within(actor.reach):
        raise Problem("not_found", {"area": area})


def heard_in(rows: Transaction, places: Places, area: str, now: datetime) -> list[Broadcast]:
    """Broadcasts in force that any station of the area hears."""
    under = places.tree.under(area)
    stations = [each for each in places.stations if each.area in under]
    paths = {each.id for one in {s.area for s in stations} for each in places.tree.path(one)}
    audiences = {f"a-{each}" for each in paths} | {f"s-{each.id}" for each in stations}
    return list(rows.broadcasts.in_force(audiences, now))


def _require_priority(found: Broadcast | None, name: str) -> None:
    if found is None:
        raise Problem("not_found", {"field": "broadcasts", "broadcast": name})
    if found.class_ is not BroadcastClass.PRIORITY:
        raise Problem("not_priority", {"field": "broadcasts", "broadcast": name})


def _level(places: Places, broadcast: Broadcast) -> int:
    """The rank of who ordered it, as stations know it: by the highest area it is meant for."""
    areas = places.areas(broadcast)
    return min((places.tree.get(a).level for a in areas if places.tree.has(a)), default=0)
