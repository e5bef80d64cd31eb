"""The administrative tree as far as the asker's rights reach."""

from apiflask import APIBlueprint

from loa_server.api import shapes
from loa_server.api.access import signed_in
from loa_server.api.context import actor, services
from loa_server.api.render import area_to_shape

bp = APIBlueprint("areas", __name__, tag="areas")


@bp.get("/areas")
@signed_in
@bp.output(shapes.list_of(shapes.Area))
def list_areas() -> list[shapes.Area]:
    """The asker's area, what lies under it and the path above it, top first."""
    return [area_to_shape(view) for view in services().queries.areas(actor().reach)]
