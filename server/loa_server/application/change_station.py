"""A station gets another name, loudness or delay, or limits of its own."""

from dataclasses import replace

from loa_server.application.find_area import find_station
from loa_server.application.judging import manifests_heard
from loa_server.application.services import Services
from loa_server.domain.area_limits import LimitsWish, settings_facts
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import Account
from loa_server.domain.rights import Deed, require
from loa_server.domain.text import MAX_NAME, one_line

LIMITS = frozenset({"hours", "caps"})


class StationWish(LimitsWish, total=False):
    """What is to be different; hours, caps and volumes of None are the area's."""

    name: str
    volume_percent: int
    delay_ms: int


def change_station(services: Services, actor: Account, *, station: str, wish: StationWish) -> None:
    """Change what is named; the rest stays.

    When a station may sound is decided by who decides on hours; how loud, by who operates it.

    Raises:
        Problem: `bad_request`, `not_found`, `forbidden`.
    """
    now = services.clock()
    plain = StationWish(**wish)
    if "name" in wish:
        plain["name"] = one_line(wish["name"], "name", MAX_NAME)
    with services.store.write() as rows:
        rows.areas.hold()
        tree = rows.places.tree()
        before = find_station(rows, tree, actor, station)
        after = replace(before, **plain)
        changed = {name for name in wish if getattr(before, name) != getattr(after, name)}
        if not changed:
            return
        if changed & LIMITS:
            require(actor.grants, tree, Deed.SET_HOURS, before.area)
        if changed - LIMITS:
            require(actor.grants, tree, Deed.OPERATE, before.area)
        rows.areas.keep_stations([after])
        rows.documents_changed(f"config/{station}")
        if changed & LIMITS:
            rows.documents_changed(*manifests_heard(rows, tree, [after], now))
        facts = {
            "before": settings_facts(before, changed),
            "after": settings_facts(after, changed),
        }
        rows.audit(AuditRow(now, actor.id, "station_changed", station, facts))
        rows.announce("stations")
