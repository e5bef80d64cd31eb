"""Audio for stations, who sign every request with their own key."""

import re

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response, request
from loa_agent.protocol.ids import SHA256_PATTERN

from loa_server.api.context import api, services
from loa_server.api.sound import send_sound
from loa_server.application.fetch_blob import fetch_blob
from loa_server.domain.problems import Problem

bp = APIBlueprint("blobs", __name__, tag="stations")

SCHEME = "Loa "


@bp.get("/blobs/<sha256>")
@bp.output(FileSchema(type="string", format="binary"), content_type="audio/ogg")
@bp.doc(security=[{"station": []}], responses=[403, 404, 416, 429, 503])
def fetch(sha256: str) -> Response:
    """Audio by the hash of its content, in whole or in ranges."""
    token = request.headers.get("Authorization", "")
    if not token.startswith(SCHEME):
        raise Problem("forbidden")
    if not re.fullmatch(SHA256_PATTERN, sha256):
        raise Problem("not_found", {"sha256": sha256[:64]})
    station = request.headers.get("X-Loa-Station", "")
    signed = token.removeprefix(SCHEME).encode()
    path = fetch_blob(services(), claimed_station=station, token=signed, sha256=sha256)
    return send_sound(path, sha256, api().downloads)
