"""Bốn mắt: what waits, and yes or no to it."""

from apiflask import APIBlueprint

from loa_server.api import shapes
from loa_server.api.access import signed_in
from loa_server.api.broadcasts import MAX_LISTED, shape_of
from loa_server.api.context import actor, services
from loa_server.api.render_broadcasts import broadcast_to_shape, preview_to_shape
from loa_server.application.approve_broadcast import approve_broadcast as approve
from loa_server.application.preview_decision import preview_decision as preview
from loa_server.application.refuse_broadcast import refuse_broadcast as refuse

bp = APIBlueprint("approvals", __name__, tag="approvals")


@bp.get("/approvals")
@signed_in
@bp.output(shapes.list_of(shapes.Broadcast))
def list_approvals() -> list[shapes.Broadcast]:
    """Broadcasts that wait for a decision the asker may take, newest first."""
    found = services().queries.waiting(services().clock(), MAX_LISTED, actor().reach)
    tree = services().queries.tree()
    waiting = [broadcast_to_shape(view, actor(), tree) for view in found]
    return [each for each in waiting if each.may_approve]


@bp.get("/broadcasts/<broadcast_id>/preview")
@signed_in
@bp.output(shapes.Preview)
@bp.doc(responses=[404])
def preview_approval(broadcast_id: str) -> shapes.Preview:
    """What its approval would do now: when it sounds, what keeps it from it, what it meets."""
    return preview_to_shape(preview(services(), actor(), broadcast=broadcast_id))


@bp.post("/broadcasts/<broadcast_id>/approve")
@signed_in
@bp.input(shapes.Approve, arg_name="wish")
@bp.output(shapes.Broadcast)
@bp.doc(responses=[404, 409])
def approve_broadcast(broadcast_id: str, wish: shapes.Approve) -> shapes.Broadcast:
    """Let stations be told. Of several who decide at once the first counts."""
    approve(services(), actor(), broadcast=broadcast_id, code=wish.code, note=wish.note)
    return shape_of(broadcast_id)


@bp.post("/broadcasts/<broadcast_id>/refuse")
@signed_in
@bp.input(shapes.Refuse, arg_name="wish")
@bp.output(shapes.Broadcast)
@bp.doc(responses=[404, 409])
def refuse_broadcast(broadcast_id: str, wish: shapes.Refuse) -> shapes.Broadcast:
    """Say no, with a reason the author reads."""
    refuse(services(), actor(), broadcast=broadcast_id, note=wish.note)
    return shape_of(broadcast_id)
