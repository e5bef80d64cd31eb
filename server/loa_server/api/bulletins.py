"""Bulletins: upload, list, listen, delete."""

from typing import BinaryIO, cast

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response

from loa_server.api import shapes
from loa_server.api.access import signed_in
from loa_server.api.context import actor, api, services
from loa_server.api.render import bulletin_to_shape
from loa_server.api.sound import send_sound
from loa_server.api.uploads import one_of_few_uploads
from loa_server.application.delete_bulletin import delete_bulletin as delete
from loa_server.application.upload_bulletin import upload_bulletin
from loa_server.domain.problems import Problem

bp = APIBlueprint("bulletins", __name__, tag="bulletins")

MAX_LISTED = 500
LISTEN_PATIENCE_S = 2.0


@bp.get("/bulletins")
@signed_in
@bp.output(shapes.list_of(shapes.Bulletin))
def list_bulletins() -> list[shapes.Bulletin]:
    """Bulletins of one's places and those shared with them, newest first."""
    tree = services().queries.tree()
    found = services().queries.bulletins(MAX_LISTED, actor().reach)
    return [bulletin_to_shape(view, tree, actor()) for view in found]


@bp.post("/bulletins")
@signed_in
@one_of_few_uploads
@bp.input(shapes.NewBulletin, location="form_and_files", arg_name="wish")
@bp.output(shapes.Bulletin, 201)
@bp.doc(responses=[413, 429, 503, 507])
def upload(wish: shapes.NewBulletin) -> shapes.Bulletin:
    """Upload speech in any usual format; it is prepared for the stations in the background."""
    stream = cast("BinaryIO", wish.file.stream)
    made = upload_bulletin(
        services(),
        actor(),
        stream=stream,
        title=wish.title,
        category=wish.category,
    )
    return _shape_of(made.id)


@bp.get("/bulletins/<bulletin_id>")
@signed_in
@bp.output(shapes.Bulletin)
@bp.doc(responses=[404])
def get_bulletin(bulletin_id: str) -> shapes.Bulletin:
    """One bulletin."""
    return _shape_of(bulletin_id)


@bp.delete("/bulletins/<bulletin_id>")
@signed_in
@bp.doc(responses={204: "Deleted", 404: "Not found", 409: "Something still needs it"})
def delete_bulletin(bulletin_id: str) -> Response:
    """Take a bulletin off the list."""
    _shape_of(bulletin_id)
    delete(services(), actor(), bulletin=bulletin_id)
    return Response(status=204)


@bp.get("/bulletins/<bulletin_id>/audio")
@signed_in
@bp.output(FileSchema(type="string", format="binary"), content_type="audio/ogg")
@bp.doc(responses=[404, 416, 503])
def listen(bulletin_id: str) -> Response:
    """The prepared voice, also of what came from above; ranges may be asked for."""
    sha256 = _shape_of(bulletin_id).sha256
    path = None if sha256 is None else services().blobs.path(sha256)
    if path is None or sha256 is None:
        raise Problem("not_found", {"bulletin": bulletin_id})
    return send_sound(path, sha256, api().listeners, LISTEN_PATIENCE_S)


def _shape_of(bulletin: str) -> shapes.Bulletin:
    """What lies outside the reach is answered as if it did not exist."""
    view = services().queries.bulletin(bulletin, actor().reach)
    if view is None:
        raise Problem("not_found", {"bulletin": bulletin})
    return bulletin_to_shape(view, services().queries.tree(), actor())
