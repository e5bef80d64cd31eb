"""Shares: hand down, follow, withdraw; and the requests of those above, to be answered."""

from apiflask import APIBlueprint
from flask import Response

from loa_server.api import shapes
from loa_server.api.access import signed_in
from loa_server.api.context import actor, services
from loa_server.api.render_library import request_to_shape, share_to_shape
from loa_server.api.shapes import programmes as wire
from loa_server.application.answer_share import Reply
from loa_server.application.answer_share import answer_share as answer
from loa_server.application.share_down import Wish, share_down
from loa_server.application.withdraw_share import withdraw_share as withdraw
from loa_server.domain.problems import Problem

bp = APIBlueprint("shares", __name__, tag="shares")

MAX_LISTED = 500


@bp.get("/shares")
@signed_in
@bp.output(shapes.list_of(wire.Share))
def list_shares() -> list[wire.Share]:
    """What was handed down from one's places, newest first, with the answers."""
    found = services().queries.shares(MAX_LISTED, actor().reach)
    return [share_to_shape(view) for view in found]


@bp.post("/shares")
@signed_in
@bp.input(wire.NewShare, arg_name="wish")
@bp.output(wire.Share, 201)
@bp.doc(responses=[404])
def create_share(wish: wire.NewShare) -> wire.Share:
    """Hand a bulletin or a programme down; `priority` asks each commune for a place."""
    made = share_down(
        services(),
        actor(),
        Wish(wish.bulletin, wish.programme, tuple(wish.areas), wish.class_, wish.note),
    )
    view = services().queries.share(made.id, actor().reach)
    if view is None:
        raise Problem("not_found", {"share": made.id})
    return share_to_shape(view)


@bp.delete("/shares/<share_id>")
@signed_in
@bp.doc(responses={204: "Withdrawn", 404: "Not found"})
def withdraw_share(share_id: str) -> Response:
    """Take it out of the libraries below; what was placed there goes on."""
    withdraw(services(), actor(), share=share_id)
    return Response(status=204)


@bp.get("/requests")
@signed_in
@bp.output(shapes.list_of(wire.PlaceRequest))
def list_requests() -> list[wire.PlaceRequest]:
    """Priority shares from above that wait for a place in one's areas, newest first."""
    tree = services().queries.tree()
    found = services().queries.requests(MAX_LISTED, actor().reach)
    return [request_to_shape(view, tree, actor()) for view in found]


@bp.post("/shares/<share_id>/answer")
@signed_in
@bp.input(wire.ShareReply, arg_name="wish")
@bp.doc(responses={204: "Answered", 404: "Not found", 409: "Somebody else was first"})
def answer_share(share_id: str, wish: wire.ShareReply) -> Response:
    """Say for one area where it was placed, or that it was not."""
    reply = Reply(wish.area, wish.answer, wish.broadcast, wish.note)
    answer(services(), actor(), share=share_id, reply=reply)
    return Response(status=204)
