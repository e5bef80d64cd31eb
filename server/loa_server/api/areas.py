"""The administrative tree as far as the asker's rights reach, and what changes it."""

from datetime import date

from apiflask import APIBlueprint
from flask import Response

from loa_server import seed
from loa_server.api.access import signed_in
from loa_server.api.context import actor, services
from loa_server.api.render_areas import (
    area_to_shape,
    detail_to_shape,
    imported_to_shape,
    merge_to_shape,
    special_day_to_shape,
)
from loa_server.api.shapes import areas as shapes
from loa_server.api.shapes.base import FIRST_DAY, LAST_DAY, list_of
from loa_server.api.uploads import one_of_few_uploads
from loa_server.api.wishes_areas import area_wish, merge_into
from loa_server.application.change_area import change_area
from loa_server.application.create_area import create_area
from loa_server.application.export_areas import export_areas
from loa_server.application.import_areas import import_areas
from loa_server.application.merge_areas import merge_areas
from loa_server.application.move_area import move_area
from loa_server.application.set_special_day import set_special_day
from loa_server.domain.problems import Problem

bp = APIBlueprint("areas", __name__, tag="areas")


@bp.get("/areas")
@signed_in
@bp.output(list_of(shapes.Area))
def list_areas() -> list[shapes.Area]:
    """The asker's areas, what lies under them and the path above them, top first."""
    return [area_to_shape(view) for view in services().queries.areas(actor().reach)]


@bp.post("/areas")
@signed_in
@bp.input(shapes.NewArea, arg_name="wish")
@bp.output(shapes.AreaDetail, 201)
@bp.doc(responses=[403, 404])
def add(wish: shapes.NewArea) -> shapes.AreaDetail:
    """Add an area under another; it takes all settings from above."""
    made = create_area(
        services(), actor(), parent=wish.parent, name=wish.name, code=wish.code, kind=wish.kind
    )
    return _shape_of(made.id)


@bp.get("/areas.csv")
@signed_in
@bp.doc(responses={200: "A list as text/csv, UTF-8 with a byte order mark"})
def export_list() -> Response:
    """The areas in sight with those no longer in force, for a spreadsheet or another server."""
    answer = Response(export_areas(services(), actor().reach), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="areas.csv"'
    return answer


@bp.get("/areas/seed")
@signed_in
@bp.output(list_of(shapes.SeedProvince))
def list_seed() -> list[shapes.SeedProvince]:
    """Provinces whose communes this server knows, to be imported by their code."""
    return [
        shapes.SeedProvince(code=each.code, name=each.name, communes=each.communes)
        for each in seed.provinces()
    ]


@bp.post("/areas/import")
@signed_in
@one_of_few_uploads
@bp.input(shapes.AreaImport, location="form_and_files", arg_name="wish")
@bp.output(shapes.ImportResult)
@bp.doc(responses=[413, 503])
def import_list(wish: shapes.AreaImport) -> shapes.ImportResult:
    """Try out or take a list of areas; one bad line and nothing is taken."""
    done = import_areas(services(), actor(), content=_content(wish), apply=wish.apply)
    return imported_to_shape(done)


@bp.post("/areas/merge")
@signed_in
@bp.input(shapes.Merge, arg_name="wish")
@bp.output(shapes.MergeResult)
@bp.doc(responses=[403, 404])
def merge(wish: shapes.Merge) -> shapes.MergeResult:
    """Try out or carry out that several areas become one."""
    done = merge_areas(
        services(), actor(), areas=wish.areas, into=merge_into(wish.into), apply=wish.apply
    )
    return merge_to_shape(done, applied=wish.apply, known=wish.into.id)


@bp.get("/areas/<area_id>")
@signed_in
@bp.output(shapes.AreaDetail)
@bp.doc(responses=[404])
def get_area(area_id: str) -> shapes.AreaDetail:
    """One area with its past; also one that is no longer in force."""
    return _shape_of(area_id)


@bp.put("/areas/<area_id>")
@signed_in
@bp.input(shapes.AreaChange, arg_name="wish")
@bp.output(shapes.AreaDetail)
@bp.doc(responses=[403, 404])
def put_area(area_id: str, wish: shapes.AreaChange) -> shapes.AreaDetail:
    """Change what is named; what is left out stays, a setting of null is taken from above."""
    change_area(services(), actor(), area=area_id, wish=area_wish(wish))
    return _shape_of(area_id)


@bp.post("/areas/<area_id>/move")
@signed_in
@bp.input(shapes.AreaMove, arg_name="wish")
@bp.output(shapes.AreaDetail)
@bp.doc(responses=[403, 404])
def put_area_elsewhere(area_id: str, wish: shapes.AreaMove) -> shapes.AreaDetail:
    """Bring an area under another parent, with all that lies under it."""
    move_area(services(), actor(), area=area_id, parent=wish.parent)
    return _shape_of(area_id)


@bp.get("/areas/<area_id>/days")
@signed_in
@bp.output(list_of(shapes.SpecialDay))
@bp.doc(responses=[404])
def list_days(area_id: str) -> list[shapes.SpecialDay]:
    """Holidays an area keeps beside those of the law, declared by it or above it."""
    return _days_of(area_id)


@bp.put("/areas/<area_id>/days/<day>")
@signed_in
@bp.input(shapes.SpecialDayWish, arg_name="wish")
@bp.output(list_of(shapes.SpecialDay))
@bp.doc(responses=[403, 404])
def set_day(area_id: str, day: str, wish: shapes.SpecialDayWish) -> list[shapes.SpecialDay]:
    """Declare a holiday, or call it otherwise."""
    set_special_day(services(), actor(), area=area_id, day=_day(day), name=wish.name)
    return _days_of(area_id)


@bp.delete("/areas/<area_id>/days/<day>")
@signed_in
@bp.doc(responses={204: "An ordinary day again", 403: "Forbidden", 404: "Not found"})
def drop_day(area_id: str, day: str) -> Response:
    """Make a day an ordinary one again; twice is once."""
    set_special_day(services(), actor(), area=area_id, day=_day(day), name=None)
    return Response(status=204)


def _days_of(area: str) -> list[shapes.SpecialDay]:
    found = services().queries.special_days(area, actor().reach)
    if found is None:
        raise Problem("not_found", {"area": area})
    return [special_day_to_shape(view) for view in found]


def _shape_of(area: str) -> shapes.AreaDetail:
    """What lies outside the reach is answered as if it did not exist."""
    detail = services().queries.area(area, actor().reach)
    if detail is None:
        raise Problem("not_found", {"area": area})
    return detail_to_shape(detail)


def _content(wish: shapes.AreaImport) -> bytes:
    if (wish.file is None) == (wish.seed is None):
        raise Problem("bad_request", {"field": "file"})
    if wish.file is not None:
        return wish.file.stream.read()
    content = seed.province(wish.seed or "")
    if content is None:
        raise Problem("seed_unknown", {"field": "seed", "code": wish.seed})
    return content


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Problem("day_unknown", {"field": "day"}) from error
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Problem("day_unknown", {"field": "day"})
    return day
