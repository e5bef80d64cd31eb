"""Broadcasts: order, preview, list, follow, stop."""

from datetime import timedelta

from apiflask import APIBlueprint
from flask import Response
from loa_agent.protocol.documents import Late

from loa_server.api import shapes
from loa_server.api.access import signed_in
from loa_server.api.context import actor, services
from loa_server.api.render_broadcasts import (
    MINUTE_MS,
    broadcast_to_shape,
    preview_to_shape,
    progress_to_shape,
)
from loa_server.api.wishes import when_of
from loa_server.application.create_broadcast import create_broadcast as create
from loa_server.application.draft_broadcast import Order, OverrideWish
from loa_server.application.preview_broadcast import preview_broadcast as preview
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
    tree = services().queries.tree()
    return [broadcast_to_shape(view, actor(), tree) for view in found]


@bp.post("/broadcasts")
@signed_in
@bp.input(shapes.Order, arg_name="wish")
@bp.output(shapes.Broadcast, 201)
@bp.doc(responses=[404])
def create_broadcast(wish: shapes.Order) -> shapes.Broadcast:
    """Order bulletins or a programme for audiences and a time; it may have to be approved."""
    return shape_of(create(services(), actor(), order_of(wish)).id)


@bp.post("/broadcasts/preview")
@signed_in
@bp.input(shapes.Order, arg_name="wish")
@bp.output(shapes.Preview)
@bp.doc(responses=[404])
def preview_broadcast(wish: shapes.Order) -> shapes.Preview:
    """What an order would do: when it sounds, what keeps it from it, what it meets."""
    return preview_to_shape(preview(services(), actor(), order_of(wish)))


@bp.get("/broadcasts/<broadcast_id>")
@signed_in
@bp.output(shapes.Broadcast)
@bp.doc(responses=[404])
def get_broadcast(broadcast_id: str) -> shapes.Broadcast:
    """One broadcast."""
    return shape_of(broadcast_id)


@bp.get("/broadcasts/<broadcast_id>/progress")
@signed_in
@bp.output(shapes.list_of(shapes.ProgressRow))
@bp.doc(responses=[404])
def get_progress(broadcast_id: str) -> list[shapes.ProgressRow]:
    """How far each station has come with the occurrence now of interest."""
    shape_of(broadcast_id)
    rows = services().queries.progress(broadcast_id, services().clock(), actor().reach)
    return [progress_to_shape(row) for row in rows]


@bp.post("/broadcasts/<broadcast_id>/stop")
@signed_in
@bp.doc(responses={204: "Stopped", 404: "Not found"})
def stop_broadcast(broadcast_id: str) -> Response:
    """Stop it at every station, now and for good; what waits for approval is withdrawn."""
    stop(services(), actor(), broadcast=broadcast_id)
    return Response(status=204)


def order_of(wish: shapes.Order) -> Order:
    """The use-case's order for what was asked."""
    over = wish.override
    return Order(
        bulletins=tuple(wish.bulletins),
        audiences=tuple(wish.audiences),
        when=when_of(wish.when, wish.delay_s),
        class_=wish.class_,
        programme=wish.programme,
        title=wish.title,
        late=Late(policy=wish.late.policy, slip_ms=wish.late.slip_min * MINUTE_MS),
        slot=minutes(wish.slot_min),
        override=None if over is None else OverrideWish(over.reason, over.until),
    )


def minutes(wanted: int | None) -> timedelta | None:
    """So many minutes, or what was not said."""
    return None if wanted is None else timedelta(minutes=wanted)


def shape_of(broadcast: str) -> shapes.Broadcast:
    """What lies outside the reach is answered as if it did not exist."""
    view = services().queries.broadcast(broadcast, services().clock(), actor().reach)
    if view is None:
        raise Problem("not_found", {"broadcast": broadcast})
    return broadcast_to_shape(view, actor(), services().queries.tree())
