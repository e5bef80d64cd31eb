"""Tells browsers what changed, as server-sent events."""

import json
import time
from collections.abc import Iterator, Mapping

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response, request

from loa_server.api.access import COOKIE, signed_in
from loa_server.api.changes import ChangeWatch
from loa_server.api.context import api, services
from loa_server.application.look_up_session import look_up_session
from loa_server.application.services import Services
from loa_server.domain.problems import Problem

bp = APIBlueprint("events", __name__, tag="events")

HEARTBEAT_S = 15.0
RECONNECT_MS = 3000
SUBJECTS = (
    "approvals",
    "areas",
    "broadcasts",
    "bulletins",
    "people",
    "plays",
    "programmes",
    "requests",
    "stations",
)


@bp.get("/events")
@signed_in
@bp.output(FileSchema(type="string", format="binary"), content_type="text/event-stream")
@bp.doc(responses=[503])
def follow() -> Response:
    """`changed` at once and at each change, with a counter per subject; ends with the session."""
    places = api().streams
    if not places.acquire(blocking=False):
        raise Problem("too_many_streams")
    words = stream(api().changes, services(), request.cookies[COOKIE])
    answer = Response(words, mimetype="text/event-stream")
    answer.headers["X-Accel-Buffering"] = "no"
    answer.call_on_close(places.release)
    return answer


def stream(changes: ChangeWatch, ours: Services, token: str) -> Iterator[str]:
    """Events until the session ends or the process stops; a comment when nothing happens."""
    version = 0
    look_at = time.monotonic() + HEARTBEAT_S
    yield f"retry: {RECONNECT_MS}\n\n"
    with changes.listening():
        while not changes.closed:
            newer, counters = changes.newer(version, look_at - time.monotonic())
            if newer > version:
                yield event(counters)
            version = newer
            if time.monotonic() >= look_at:
                if look_up_session(ours, token) is None:
                    return
                look_at = time.monotonic() + HEARTBEAT_S
                yield ": \n\n"


def event(counters: Mapping[str, int]) -> str:
    """One event as it travels; a subject that never changed counts 0."""
    told = {**dict.fromkeys(SUBJECTS, 0), **counters}
    return f"event: changed\ndata: {json.dumps(told)}\n\n"
