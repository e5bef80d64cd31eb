"""A small province to try things in."""

from collections.abc import Callable
from dataclasses import dataclass

from loa_agent.protocol.documents import Window

from loa_server.application.create_station import create_station
from loa_server.application.found_country import COUNTRY, NATION, found_tree
from loa_server.application.issue_claim import issue_claim
from loa_server.application.services import Services
from loa_server.domain.areas import Area
from loa_server.domain.people import Account

PROVINCE = "gia-lai"
ALL_DAY = (Window(start="00:00", end="24:00"),)

# Names and codes of Quyết định 19/2025/QĐ-TTg; the hamlets are made up.
AREAS = (
    NATION,
    # A newcomer must be able to send at any hour, and must not take that for the rule.
    Area(
        PROVINCE,
        "52",
        "Gia Lai (dùng thử: phát cả ngày)",
        1,
        COUNTRY,
        hours=ALL_DAY,
        self_approval=True,
    ),
    Area("phu-cat", "21853", "Xã Phù Cát", 2, PROVINCE),
    Area("tuy-phuoc", "21952", "Xã Tuy Phước", 2, PROVINCE),
    Area("an-nhon", "21910", "Phường An Nhơn", 2, PROVINCE),
    Area("phu-cat-an-hoa", "21853-1", "Thôn An Hòa", 3, "phu-cat"),
    Area("phu-cat-phu-kim", "21853-2", "Thôn Phú Kim", 3, "phu-cat"),
    Area("tuy-phuoc-trung-thanh", "21952-1", "Thôn Trung Thành", 3, "tuy-phuoc"),
)
STATIONS = {
    "phu-cat-1": ("Nhà văn hóa An Hòa", "phu-cat-an-hoa"),
    "phu-cat-2": ("Chợ Phú Kim", "phu-cat-phu-kim"),
    "tuy-phuoc-1": ("Đình Trung Thành", "tuy-phuoc-trung-thanh"),
}


@dataclass(frozen=True, slots=True)
class Claimed:
    """A station of the demo; `code` lets a device become it, None when one already is it."""

    station: str
    code: str | None


def found_province(services: Services) -> str:
    """The demo's tree, if there is no tree yet; returns where the first account works."""
    return found_tree(services, AREAS, PROVINCE)


def claim_stations(
    services: Services, username: str, enrolled: Callable[[str], bool]
) -> list[Claimed]:
    """Create the demo's stations where they are missing; a code for each not `enrolled`."""
    with services.store.read() as rows:
        actor = rows.people.by_username(username)
        known = {station.id for station in rows.places.stations()}
    if actor is None:
        return []
    for station, (name, area) in STATIONS.items():
        if station not in known:
            create_station(services, actor, name=name, area=area, station=station)
    return [Claimed(station, _code(services, actor, station, enrolled)) for station in STATIONS]


def _code(
    services: Services, actor: Account, station: str, enrolled: Callable[[str], bool]
) -> str | None:
    return None if enrolled(station) else issue_claim(services, actor, station=station).code
