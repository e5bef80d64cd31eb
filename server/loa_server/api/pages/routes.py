"""Sign in and out without scripts, and the pages' own style."""

from pathlib import Path

from flask import Blueprint, Response, redirect, request, send_from_directory
from werkzeug.wrappers import Response as AnyResponse

from loa_server.api.access import (
    COOKIE,
    drop_cookie,
    keep_cookie,
    require_csrf,
    visitor,
)
from loa_server.api.context import services
from loa_server.api.pages.carried import HALF, carried, carry, drop
from loa_server.api.pages.errors import sentence
from loa_server.api.pages.language import page
from loa_server.api.pages.paths import inner_path, with_next
from loa_server.api.problems import status_of
from loa_server.application.begin_sign_in import HALF_LIFE, HalfOpen, begin_sign_in
from loa_server.application.finish_sign_in import finish_sign_in
from loa_server.application.open_session import Opened
from loa_server.application.sign_out import sign_out
from loa_server.domain.problems import Problem

bp = Blueprint("pages", __name__)

STATIC = Path(__file__).parent / "static"
SAID_ON_FORM = frozenset({"wrong_credentials", "too_many_attempts", "busy", "account_disabled"})
SAID_ON_CODE_FORM = frozenset({"wrong_code", "too_many_attempts", "busy", "second_factor_needed"})
DAY_S = 24 * 3600


@bp.get("/dang-nhap")
def sign_in() -> AnyResponse | str:
    """The form, or on to where the visitor wanted to go."""
    wanted = inner_path(request.args.get("next"))
    if visitor() is not None:
        return redirect(wanted, 303)
    return _sign_in_form(wanted)


@bp.post("/dang-nhap")
def submit_sign_in() -> AnyResponse:
    """Open a session or ask for the code; a refusal is said on the form."""
    wanted = inner_path(request.form.get("next"))
    username = request.form.get("username", "").strip()
    password = request.form.get("password", "")
    try:
        begun = begin_sign_in(services(), username=username, password=password)
    except Problem as problem:
        if problem.code not in SAID_ON_FORM:
            raise
        form = _sign_in_form(wanted, username, sentence(problem.code, problem.facts))
        return Response(form, status_of(problem), mimetype="text/html")
    return go_in(begun, wanted)


@bp.get("/dang-nhap/ma")
def ask_code() -> AnyResponse | str:
    """The form for the code; without the first step, back to it."""
    wanted = inner_path(request.args.get("next"))
    if carried(HALF) is None:
        return redirect(with_next("/dang-nhap", wanted), 303)
    return page("code.html", wanted=wanted, refusal=None)


@bp.post("/dang-nhap/ma")
def submit_code() -> AnyResponse:
    """Open the session; a wrong code is said on the form, an old first step begins again."""
    wanted = inner_path(request.form.get("next"))
    code = request.form.get("code", "")
    try:
        opened = finish_sign_in(services(), token=carried(HALF) or "", code=code)
    except Problem as problem:
        if problem.code == "sign_in_expired":
            form = _sign_in_form(wanted, refusal=sentence(problem.code, problem.facts))
        elif problem.code in SAID_ON_CODE_FORM:
            refusal = sentence(problem.code, problem.facts)
            form = page("code.html", wanted=wanted, refusal=refusal)
        else:
            raise
        return Response(form, status_of(problem), mimetype="text/html")
    return go_in(opened, wanted)


@bp.get("/dang-xuat")
def ask_sign_out() -> AnyResponse | str:
    """Asks first: a mere link never changes anything."""
    found = visitor()
    if found is None:
        return redirect("/dang-nhap", 303)
    return page("sign_out.html", name=found.account.name, csrf=found.csrf)


@bp.post("/dang-xuat")
def submit_sign_out() -> AnyResponse:
    """Close the session."""
    found = visitor()
    answer = Response(status=303, headers={"Location": "/dang-nhap"})
    if found is not None:
        require_csrf(found, request.form.get("csrf", ""))
        sign_out(services(), request.cookies[COOKIE])
    drop_cookie(answer)
    return answer


@bp.get("/pages/<path:name>")
def style(name: str) -> AnyResponse:
    """Style and drawings of these pages."""
    return send_from_directory(STATIC, name, max_age=DAY_S)


@bp.get("/healthz")
def healthy() -> AnyResponse:
    """200 while requests are served and the database answers."""
    services().queries.changes()
    return Response("ok\n", mimetype="text/plain")


def go_in(begun: Opened | HalfOpen, wanted: str) -> Response:
    """On to where the visitor wanted to go, or first to the form for the code."""
    if isinstance(begun, HalfOpen):
        answer = Response(status=303, headers={"Location": with_next("/dang-nhap/ma", wanted)})
        carry(answer, HALF, begun.token, HALF_LIFE)
        return answer
    answer = Response(status=303, headers={"Location": wanted})
    keep_cookie(answer, begun.token)
    drop(answer, HALF)
    return answer


def _sign_in_form(wanted: str, username: str = "", refusal: str | None = None) -> str:
    outside = services().outside
    return page(
        "sign_in.html",
        wanted=wanted,
        username=username,
        refusal=refusal,
        outside=None if outside is None else outside.name,
    )
