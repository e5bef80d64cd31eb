"""From what went wrong to status and JSON; pages answer the same in words."""

import logging
import secrets
from collections.abc import Mapping
from http import HTTPStatus

from apiflask import APIFlask, HTTPError
from flask import Response, jsonify, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from loa_server.api.pages.errors import error_page
from loa_server.domain.problems import Problem

logger = logging.getLogger(__name__)

PREFIX = "/api/v1"
STATUS: Mapping[str, int] = {
    "wrong_credentials": 401,
    "not_signed_in": 401,
    "account_disabled": 403,
    "second_factor_needed": 403,
    "second_factor_missing": 403,
    "wrong_code": 403,
    "sign_in_expired": 403,
    "outside_refused": 403,
    "outside_unknown": 403,
    "outside_unreachable": 503,
    "forbidden": 403,
    "csrf": 403,
    "not_found": 404,
    "claim_unknown": 404,
    "bulletin_in_use": 409,
    "already_decided": 409,
    "already_replaced": 409,
    "broadcast_over": 409,
    "not_approved": 409,
    "occurrence_over": 409,
    "own_work": 403,
    "needs_second_person": 403,
    "programme_in_use": 409,
    "changed_meanwhile": 409,
    "already_answered": 409,
    "share_withdrawn": 409,
    "id_taken": 409,
    "email_taken": 409,
    "last_manager": 409,
    "second_factor_exists": 409,
    "claim_used": 410,
    "claim_expired": 410,
    "too_large": 413,
    "too_many_attempts": 429,
    "too_many_streams": 503,
    "busy": 503,
    "disk_full": 507,
}
OTHERWISE = 422
RETRY_AFTER_S = 5
# What the web framework itself refuses, in our words.
FRAMEWORK_CODES: Mapping[int, str] = {
    401: "not_signed_in",
    403: "forbidden",
    404: "not_found",
    413: "too_large",
    429: "too_many_attempts",
}


def status_of(problem: Problem) -> int:
    """The HTTP status of a problem's code."""
    return STATUS.get(problem.code, OTHERWISE)


def answer_problems(app: APIFlask) -> None:
    """Make every failure of `app` an answer of ours."""

    @app.errorhandler(Problem)
    def refused(problem: Problem) -> Response:
        return answer(status_of(problem), problem)

    @app.errorhandler(HTTPError)
    def invalid(error: HTTPError) -> Response:
        cause = error.__cause__
        fields = fields_of(cause) if isinstance(cause, ValidationError) else {}
        return answer(OTHERWISE, Problem("bad_request", {"fields": fields}))

    @app.errorhandler(HTTPException)
    def framework_refused(error: HTTPException) -> Response:
        return _framework_answer(error)

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        incident = secrets.token_hex(4)
        logger.error("incident id=%s path=%s", incident, request.path, exc_info=error)
        return answer(HTTPStatus.INTERNAL_SERVER_ERROR, Problem("internal", {"id": incident}))


def answer(status: int, problem: Problem) -> Response:
    """A refusal as the one who asked can read it: JSON under /api, a page elsewhere."""
    if request.path.startswith("/api/"):
        refusal = jsonify({"code": problem.code, "facts": problem.facts})
    else:
        refusal = Response(error_page(status, problem), mimetype="text/html")
    refusal.status_code = status
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        refusal.headers["Retry-After"] = str(problem.facts.get("seconds", RETRY_AFTER_S))
    return refusal


def fields_of(error: ValidationError) -> dict[str, str]:
    """Name of each wrong field and the stable type of what is wrong with it."""
    details = error.errors(include_url=False, include_context=False, include_input=False)
    return {".".join(map(str, each["loc"])): each["type"] for each in details}


def _framework_answer(error: HTTPException) -> Response:
    ready = error.get_response()
    if ready.status_code < HTTPStatus.BAD_REQUEST:
        return Response(ready.get_data(), ready.status_code, ready.headers)
    code = FRAMEWORK_CODES.get(ready.status_code, "bad_request")
    status = OTHERWISE if ready.status_code == HTTPStatus.BAD_REQUEST else ready.status_code
    refused = answer(status, Problem(code))
    for name in ("Allow", "Content-Range"):
        if name in ready.headers:
            refused.headers[name] = ready.headers[name]
    return refused
