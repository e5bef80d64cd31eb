"""The play log: what sounded where, and how far from the plan."""

from apiflask import APIBlueprint

from loa_server.api import shapes
from loa_server.api.access import signed_in
from loa_server.api.context import actor, services
from loa_server.api.render import play_to_shape

bp = APIBlueprint("plays", __name__, tag="plays")


@bp.get("/plays")
@signed_in
@bp.input(shapes.PlaysPage, location="query", arg_name="page")
@bp.output(shapes.list_of(shapes.Play))
def list_plays(page: shapes.PlaysPage) -> list[shapes.Play]:
    """Plays of the stations in reach, newest first."""
    found = services().queries.plays(page.limit, actor().reach)
    return [play_to_shape(view) for view in found]
