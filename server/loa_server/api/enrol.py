"""A device becomes a station; it has no session, its claim code speaks for it."""

from urllib.parse import urlsplit

from apiflask import APIBlueprint
from flask import request

from loa_server.api import shapes
from loa_server.api.context import services
from loa_server.api.openapi import PUBLIC
from loa_server.application.enrol_station import Enrolment, enrol_station

bp = APIBlueprint("enrol", __name__, tag="stations")


@bp.post("/enrol")
@bp.input(shapes.Enrolment, arg_name="wish")
@bp.output(shapes.Enrolled)
@bp.doc(security=PUBLIC, responses=[404, 410, 429])
def enrol(wish: shapes.Enrolment) -> shapes.Enrolled:
    """Bind a device by its one-time code and public key."""
    told = enrol_station(services(), Enrolment(**wish.model_dump()))
    return shapes.Enrolled(
        station=told.station,
        name=told.name,
        keys=told.keys,
        broker=_broker(),
        first_boot=told.first_boot,
        first_sequence=told.first_sequence,
        server_time=told.server_time,
    )


def _broker() -> shapes.Broker:
    """Unless told otherwise the broker lives where the station has just found us."""
    ours = services()
    host = ours.broker_host or urlsplit(request.host_url).hostname or request.host
    return shapes.Broker(host=host, port=ours.broker_port, tls=ours.broker_tls)
