"""The root of a tree, where there is none yet."""

from collections.abc import Sequence

from loa_agent.protocol.documents import Window

from loa_server.application.services import Services
from loa_server.domain.areas import Area, AreaKind

COUNTRY = "vn"
USUAL_HOURS = (Window(start="05:00", end="21:00"),)
"""What a new country begins with, no law's hours; every area may set its own (NĐ 49, article 7)."""
NATION = Area(
    COUNTRY,
    "VN",
    "Việt Nam",
    0,
    None,
    "Asia/Ho_Chi_Minh",
    USUAL_HOURS,
    kind=AreaKind.COUNTRY,
)


def found_country(services: Services) -> str:
    """The root of a real tree; returns where the first account works."""
    return found_tree(services, (NATION,), COUNTRY)


def found_tree(services: Services, areas: Sequence[Area], home: str) -> str:
    """These areas, if there is no tree yet; returns `home`, or the top of another tree."""
    with services.store.write() as rows:
        tree = rows.places.tree()
        if not tree.all():
            for area in areas:
                rows.places.add_area(area)
            return home
        return home if tree.has(home) else tree.all()[0].id
