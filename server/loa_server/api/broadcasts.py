"""Broadcasts: order, list, follow, stop."""

from apiflask import APIBlueprint
from flask import Response

from loa_server.api import shapes
from loa_server.api.access import signed_in
from loa_server.api.context import actor, services
from loa_server.api.render import broadcast_to_shape, progress_to_shape
from loa_server.api.wishes import when_of
from loa_server.application.create_broadcast import Order
from loa_server.application.create_broadcast import create_broadcast as create
from loa_server.application.stop_broadcast import stop_broadcast as stop
from loa_server.domain.problems import Problem

bp = APIBlueprint("broadcasts", __name__, tag="broadcasts")

MAX_LISTED = 500


@bp.get("/broadcasts")
@signed_in
@bp.output(shapes.list_of(shapes.Broadcast))
def list_broadcasts() -> list[shapes.Broadcast]:
    """Broadcasts in reach, newest first."""
    found = services().queries.broadcasts(services().clock(), MAX_LISTED, actor().reach)
    return [broadcast_to_shape(view) for view in found]


@bp.post("/broadcasts")
@signed_in
@bp.input(shapes.Order, arg_name="wish")
@bp.output(shapes.Broadcast, 201)
@bp.doc(responses=[404])
def create_broadcast(wish: shapes.Order) -> shapes.Broadcast:
    """Order a bulletin for an audience and a time."""
    return _shape_of(create(services(), actor(), order_of(wish)).id)


@bp.get("/broadcasts/<broadcast_id>")
@signed_in
@bp.output(shapes.Broadcast)
@bp.doc(responses=[404])
def get_broadcast(broadcast_id: str) -> shapes.Broadcast:
    """One broadcast."""
    return _shape_of(broadcast_id)


@bp.get("/broadcasts/<broadcast_id>/progress")
@signed_in
@bp.output(shapes.list_of(shapes.ProgressRow))
@bp.doc(responses=[404])
def get_progress(broadcast_id: str) -> list[shapes.ProgressRow]:
    """How far each station has come with the occurrence now of interest."""
    _shape_of(broadcast_id)
    rows = services().queries.progress(broadcast_id, services().clock(), actor().reach)
    return [progress_to_shape(row) for row in rows]


@bp.post("/broadcasts/<broadcast_id>/stop")
@signed_in
@bp.doc(responses={204: "Stopped", 404: "Not found"})
def stop_broadcast(broadcast_id: str) -> Response:
    """Stop it at every station, now and for good."""
    _shape_of(broadcast_id)
    stop(services(), actor(), broadcast=broadcast_id)
    return Response(status=204)


def order_of(wish: shapes.Order) -> Order:
    """The use-case's order for what was asked."""
    return Order(
        bulletin=wish.bulletin,
        audiences=tuple(wish.audiences),
        when=when_of(wish.when, wish.delay_s),
        class_=wish.class_,
    )


def _shape_of(broadcast: str) -> shapes.Broadcast:
    """What lies outside the reach is answered as if it did not exist."""
    view = services().queries.broadcast(broadcast, services().clock(), actor().reach)
    if view is None:
        raise Problem("not_found", {"broadcast": broadcast})
    return broadcast_to_shape(view)
