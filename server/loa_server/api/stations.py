"""Loudspeaker stations and the claims that bind devices to them."""

import segno
from apiflask import APIBlueprint
from flask import request

from loa_server.api import shapes
from loa_server.api.access import signed_in
from loa_server.api.context import actor, api, services
from loa_server.api.render_areas import settings_to_shape, station_to_shape
from loa_server.api.shapes import areas as area_shapes
from loa_server.api.wishes_areas import station_wish
from loa_server.application.change_station import change_station
from loa_server.application.create_station import create_station as create
from loa_server.application.issue_claim import issue_claim as issue
from loa_server.application.move_station import move_station
from loa_server.domain.problems import Problem

bp = APIBlueprint("stations", __name__, tag="stations")


@bp.get("/stations")
@signed_in
@bp.output(shapes.list_of(shapes.Station))
def list_stations() -> list[shapes.Station]:
    """Stations in reach, by name."""
    found = services().queries.stations(services().clock(), actor().reach)
    return [station_to_shape(view) for view in found]


@bp.post("/stations")
@signed_in
@bp.input(shapes.NewStation, arg_name="wish")
@bp.output(shapes.Station, 201)
def create_station(wish: shapes.NewStation) -> shapes.Station:
    """Add a place for a station; a device becomes it by its claim code."""
    return _shape_of(create(services(), actor(), name=wish.name, area=wish.area).id)


@bp.get("/stations/<station_id>")
@signed_in
@bp.output(shapes.Station)
@bp.doc(responses=[404])
def get_station(station_id: str) -> shapes.Station:
    """One station."""
    return _shape_of(station_id)


@bp.put("/stations/<station_id>")
@signed_in
@bp.input(area_shapes.StationChange, arg_name="wish")
@bp.output(shapes.Station)
@bp.doc(responses=[403, 404])
def put_station(station_id: str, wish: area_shapes.StationChange) -> shapes.Station:
    """Change what is named; what is left out stays, a limit of null is the area's."""
    change_station(services(), actor(), station=station_id, wish=station_wish(wish))
    return _shape_of(station_id)


@bp.post("/stations/<station_id>/move")
@signed_in
@bp.input(area_shapes.StationMove, arg_name="wish")
@bp.output(shapes.Station)
@bp.doc(responses=[403, 404])
def put_station_elsewhere(station_id: str, wish: area_shapes.StationMove) -> shapes.Station:
    """Bring a station to another area, with its id, its device and its logs."""
    move_station(services(), actor(), station=station_id, area=wish.area)
    return _shape_of(station_id)


@bp.get("/stations/<station_id>/settings")
@signed_in
@bp.output(area_shapes.StationSettings)
@bp.doc(responses=[404])
def get_settings(station_id: str) -> area_shapes.StationSettings:
    """How a station sounds: what is in force there, and what of it is its own."""
    view = services().queries.station_settings(station_id, actor().reach)
    if view is None:
        raise Problem("not_found", {"station": station_id})
    return settings_to_shape(view)


@bp.post("/stations/<station_id>/claim")
@signed_in
@bp.output(shapes.Claim, 201)
@bp.doc(responses=[404])
def issue_claim(station_id: str) -> shapes.Claim:
    """A one-time code for a device; an earlier unused one ends."""
    issued = issue(services(), actor(), station=station_id)
    address = api().options.public_address or request.host_url.rstrip("/")
    command = f"loa-agent enrol {address} {issued.code}"
    drawing = segno.make(command, micro=False).svg_inline(scale=4, border=2, omitsize=True)
    return shapes.Claim(
        code=issued.code, expires_at=issued.expires_at, qr_svg=drawing, command=command
    )


def _shape_of(station: str) -> shapes.Station:
    """What lies outside the reach is answered as if it did not exist."""
    view = services().queries.station_view(station, services().clock(), actor().reach)
    if view is None:
        raise Problem("not_found", {"station": station})
    return station_to_shape(view)
