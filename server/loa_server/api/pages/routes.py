"""Sign in and out without scripts, and the pages' own style."""

from pathlib import Path
from urllib.parse import urlsplit

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
from loa_server.api.pages.errors import sentence
from loa_server.api.pages.language import page
from loa_server.api.problems import status_of
from loa_server.application.sign_in import sign_in as open_session
from loa_server.application.sign_out import sign_out
from loa_server.domain.problems import Problem

bp = Blueprint("pages", __name__)

STATIC = Path(__file__).parent / "static"
SAID_ON_FORM = frozenset({"wrong_credentials", "too_many_attempts", "busy"})
DAY_S = 24 * 3600


@bp.get("/dang-nhap")
def sign_in() -> AnyResponse | str:
    """The form, or on to where the visitor wanted to go."""
    wanted = inner_path(request.args.get("next"))
    if visitor() is not None:
        return redirect(wanted, 303)
    return page("sign_in.html", wanted=wanted, username="", refusal=None)


@bp.post("/dang-nhap")
def submit_sign_in() -> AnyResponse:
    """Open a session and go on; a refusal is said on the form."""
    wanted = inner_path(request.form.get("next"))
    username = request.form.get("username", "").strip()
    try:
        opened = open_session(
            services(), username=username, password=request.form.get("password", "")
        )
    except Problem as problem:
        if problem.code not in SAID_ON_FORM:
            raise
        refusal = sentence(problem.code, problem.facts)
        form = page("sign_in.html", wanted=wanted, username=username, refusal=refusal)
        return Response(form, status_of(problem), mimetype="text/html")
    answer = Response(status=303, headers={"Location": wanted})
    keep_cookie(answer, opened.token)
    return answer


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


def inner_path(wanted: str | None) -> str:
    """A path of ours, whatever was asked for: nobody is led elsewhere after signing in."""
    text = wanted or "/"
    try:
        parts = urlsplit(text)
    except ValueError:
        return "/"
    foreign = parts.scheme or parts.netloc or not text.startswith("/") or text.startswith("//")
    if foreign or "\\" in text or not text.isprintable():
        return "/"
    return text
