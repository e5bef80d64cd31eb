"""One occurrence cancelled or changed, a series changed or ended, and who goes first."""

from datetime import datetime

from apiflask import APIBlueprint
from flask import Response

from loa_server.api import shapes
from loa_server.api.access import signed_in
from loa_server.api.broadcasts import minutes, shape_of
from loa_server.api.context import actor, services
from loa_server.api.render_broadcasts import preview_to_shape
from loa_server.api.shapes.base import FIRST_DAY, LAST_DAY
from loa_server.application.cancel_occurrence import cancel_occurrence as cancel
from loa_server.application.change_broadcast import Change, preview_change
from loa_server.application.change_broadcast import change_broadcast as change
from loa_server.application.decide_order import decide_order, order_of_area
from loa_server.application.end_broadcast import end_broadcast as end
from loa_server.domain.problems import Problem

bp = APIBlueprint("occurrences", __name__, tag="broadcasts")


@bp.post("/broadcasts/<broadcast_id>/occurrences/<local_start>/cancel")
@signed_in
@bp.doc(responses={204: "Cancelled", 404: "Not found"})
def cancel_occurrence(broadcast_id: str, local_start: str) -> Response:
    """Leave out one occurrence, named by its local start such as 2026-11-24T17:00."""
    occurrence = _local_start(local_start)
    cancel(services(), actor(), broadcast=broadcast_id, occurrence=occurrence)
    return Response(status=204)


@bp.post("/broadcasts/<broadcast_id>/change")
@signed_in
@bp.input(shapes.Change, arg_name="wish")
@bp.output(shapes.Broadcast, 201)
@bp.doc(responses=[404, 409])
def change_broadcast(broadcast_id: str, wish: shapes.Change) -> shapes.Broadcast:
    """Change one occurrence, all from one on, or all to come, by a broadcast that replaces."""
    made = change(services(), actor(), change_of(broadcast_id, wish))
    return shape_of(made.id)


@bp.post("/broadcasts/<broadcast_id>/change/preview")
@signed_in
@bp.input(shapes.Change, arg_name="wish")
@bp.output(shapes.Preview)
@bp.doc(responses=[404])
def preview_broadcast_change(broadcast_id: str, wish: shapes.Change) -> shapes.Preview:
    """What a change would do."""
    found = preview_change(services(), actor(), change_of(broadcast_id, wish))
    return preview_to_shape(found)


@bp.post("/broadcasts/<broadcast_id>/end")
@signed_in
@bp.input(shapes.End, arg_name="wish")
@bp.doc(responses={204: "Ended", 404: "Not found"})
def end_broadcast(broadcast_id: str, wish: shapes.End) -> Response:
    """End a series before one of its occurrences."""
    occurrence = wish.occurrence.replace(tzinfo=None)
    end(services(), actor(), broadcast=broadcast_id, occurrence=occurrence)
    return Response(status=204)


@bp.get("/areas/<area_id>/order")
@signed_in
@bp.output(shapes.AreaPrecedence)
@bp.doc(responses=[404])
def get_order(area_id: str) -> shapes.AreaPrecedence:
    """Priority broadcasts heard in an area in the order in which they win."""
    return _precedence(area_id)


@bp.put("/areas/<area_id>/order")
@signed_in
@bp.input(shapes.Precedence, arg_name="wish")
@bp.output(shapes.AreaPrecedence)
@bp.doc(responses=[404])
def put_order(area_id: str, wish: shapes.Precedence) -> shapes.AreaPrecedence:
    """Decide which priority broadcast goes first where they meet in this area."""
    decide_order(services(), actor(), area=area_id, broadcasts=wish.broadcasts)
    return _precedence(area_id)


def change_of(broadcast: str, wish: shapes.Change) -> Change:
    """The use-case's change for what was asked."""
    return Change(
        broadcast=broadcast,
        scope=wish.scope,
        occurrence=wish.occurrence,
        start=wish.start,
        slot=minutes(wish.slot_min),
        audiences=None if wish.audiences is None else tuple(wish.audiences),
        bulletins=None if wish.bulletins is None else tuple(wish.bulletins),
        programme=wish.programme,
    )


def _local_start(text: str) -> datetime:
    """Raises Problem `occurrence_unknown` for what names no local minute of our years."""
    try:
        start = datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        start = None
    if start is None or not FIRST_DAY <= start.date() <= LAST_DAY:
        raise Problem("occurrence_unknown", {"field": "occurrence"})
    return start


def _precedence(area: str) -> shapes.AreaPrecedence:
    found, decided = order_of_area(services(), actor(), area=area)
    tree = services().queries.tree()
    return shapes.AreaPrecedence(
        area=area,
        broadcasts=[
            shapes.PrecedenceRow(
                id=each.id,
                title=each.title,
                area_name=tree.name(each.area),
                decided=each.id in decided,
            )
            for each in found
        ],
    )
