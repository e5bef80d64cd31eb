"""Sign in at a provider outside, and come back."""

import json
from dataclasses import asdict

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from loa_server.api.context import api, services
from loa_server.api.pages.carried import OUTSIDE, carried, carry, drop
from loa_server.api.pages.errors import sentence
from loa_server.api.pages.language import page
from loa_server.api.pages.paths import inner_path
from loa_server.api.pages.routes import go_in
from loa_server.api.problems import status_of
from loa_server.application.begin_sign_in import HALF_LIFE
from loa_server.application.proofs import Departure
from loa_server.application.sign_in_outside import require_outside, sign_in_outside
from loa_server.domain.problems import Problem

bp = Blueprint("outside", __name__)

PURPOSE = "way outside"
SAID_ON_PAGE = frozenset(
    {"outside_refused", "outside_unreachable", "outside_unknown", "account_disabled"}
)


@bp.get("/dang-nhap/oidc")
def depart() -> AnyResponse:
    """Send the browser to the provider."""
    wanted = inner_path(request.args.get("next"))
    try:
        departure = require_outside(services()).depart(_return_to())
    except Problem as problem:
        return _refused(problem)
    facts = {**asdict(departure), "wanted": wanted}
    answer = Response(status=303, headers={"Location": departure.url})
    sealed = services().sealer.seal(PURPOSE, json.dumps(facts), services().clock())
    carry(answer, OUTSIDE, sealed, HALF_LIFE)
    return answer


@bp.get("/dang-nhap/oidc/ve")
def arrive() -> AnyResponse:
    """The browser is back: judge what it brings. Whatever comes of it, this way was used."""
    try:
        require_outside(services())
        departure, wanted = _departure()
        begun = sign_in_outside(
            services(),
            departure,
            return_to=_return_to(),
            state=request.args.get("state", ""),
            code=request.args.get("code", ""),
        )
    except Problem as problem:
        answer = _refused(problem)
    else:
        answer = go_in(begun, wanted)
    drop(answer, OUTSIDE)
    return answer


def _departure() -> tuple[Departure, str]:
    """What this browser set out with; raises Problem `outside_refused`."""
    token = carried(OUTSIDE) or ""
    text = services().sealer.opened(PURPOSE, token, services().clock(), HALF_LIFE)
    if text is None:
        raise Problem("outside_refused")
    facts = json.loads(text)
    wanted = inner_path(facts.pop("wanted"))
    return Departure(**facts), wanted


def _return_to() -> str:
    """The address the provider knows: never taken from what the visitor asked for."""
    ours = api().options.public_address or request.host_url.rstrip("/")
    return f"{ours}/dang-nhap/oidc/ve"


def _refused(problem: Problem) -> Response:
    if problem.code not in SAID_ON_PAGE:
        raise problem
    refusal = sentence(problem.code, problem.facts)
    return Response(page("outside.html", refusal=refusal), status_of(problem), mimetype="text/html")
