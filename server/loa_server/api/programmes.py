"""Programmes: put together, list, change, delete."""

from apiflask import APIBlueprint
from flask import Response

from loa_server.api import shapes
from loa_server.api.access import signed_in
from loa_server.api.context import actor, services
from loa_server.api.render_library import programme_to_shape
from loa_server.api.shapes import programmes as wire
from loa_server.application.change_programme import change_programme as change
from loa_server.application.create_programme import create_programme as create
from loa_server.application.delete_programme import delete_programme as delete
from loa_server.domain.problems import Problem
from loa_server.domain.programmes import ProgrammeItem

bp = APIBlueprint("programmes", __name__, tag="programmes")

MAX_LISTED = 500


@bp.get("/programmes")
@signed_in
@bp.output(shapes.list_of(wire.Programme))
def list_programmes() -> list[wire.Programme]:
    """Programmes of one's places and those shared with them, newest change first."""
    tree = services().queries.tree()
    found = services().queries.programmes(MAX_LISTED, actor().reach)
    return [programme_to_shape(view, tree, actor()) for view in found]


@bp.post("/programmes")
@signed_in
@bp.input(wire.NewProgramme, arg_name="wish")
@bp.output(wire.Programme, 201)
@bp.doc(responses=[404])
def create_programme(wish: wire.NewProgramme) -> wire.Programme:
    """Put bulletins together; jingles stand first, sign-offs last."""
    return _shape_of(create(services(), actor(), title=wish.title, items=_items(wish)).id)


@bp.get("/programmes/<programme_id>")
@signed_in
@bp.output(wire.Programme)
@bp.doc(responses=[404])
def get_programme(programme_id: str) -> wire.Programme:
    """One programme."""
    return _shape_of(programme_id)


@bp.put("/programmes/<programme_id>")
@signed_in
@bp.input(wire.ProgrammeChange, arg_name="wish")
@bp.output(wire.Programme)
@bp.doc(responses={404: "Not found", 409: "Somebody else changed it meanwhile"})
def change_programme(programme_id: str, wish: wire.ProgrammeChange) -> wire.Programme:
    """Change title, items and their order; what was already ordered stays as it was."""
    _shape_of(programme_id)
    change(
        services(),
        actor(),
        programme=programme_id,
        title=wish.title,
        items=_items(wish),
        version=wish.version,
    )
    return _shape_of(programme_id)


@bp.delete("/programmes/<programme_id>")
@signed_in
@bp.doc(responses={204: "Deleted", 404: "Not found", 409: "It is still shared"})
def delete_programme(programme_id: str) -> Response:
    """Take a programme off the list."""
    _shape_of(programme_id)
    delete(services(), actor(), programme=programme_id)
    return Response(status=204)


def _items(wish: wire.NewProgramme) -> tuple[ProgrammeItem, ...]:
    return tuple(ProgrammeItem(each.bulletin, each.part) for each in wish.items)


def _shape_of(programme: str) -> wire.Programme:
    """What lies outside the reach is answered as if it did not exist."""
    view = services().queries.programme(programme, actor().reach)
    if view is None:
        raise Problem("not_found", {"programme": programme})
    return programme_to_shape(view, services().queries.tree(), actor())
