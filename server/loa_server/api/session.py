"""Sign in, who am I, sign out."""

from apiflask import APIBlueprint
from flask import Response, jsonify, request

from loa_server.api.access import COOKIE, drop_cookie, keep_cookie, signed_in
from loa_server.api.account import account_to_shape
from loa_server.api.context import services
from loa_server.api.context import session as open_session
from loa_server.api.openapi import PUBLIC
from loa_server.api.shapes.people import Credentials, Session
from loa_server.application.sign_in import sign_in as enter
from loa_server.application.sign_out import sign_out
from loa_server.domain.people import SignedIn

bp = APIBlueprint("session", __name__, tag="session")


@bp.post("/session")
@bp.input(Credentials, arg_name="wish")
@bp.output(Session)
@bp.doc(security=PUBLIC, responses=[401, 403, 429])
def sign_in(wish: Credentials) -> Response:
    """Open a session; the cookie comes with the answer."""
    opened = enter(services(), username=wish.username, password=wish.password, code=wish.code)
    shape = session_to_shape(opened.signed_in)
    answer = jsonify(shape.model_dump(mode="json", by_alias=True))
    keep_cookie(answer, opened.token)
    return answer


@bp.get("/session")
@signed_in
@bp.output(Session)
def who_am_i() -> Session:
    """The open session."""
    return session_to_shape(open_session())


@bp.delete("/session")
@signed_in
@bp.doc(responses={204: "Signed out"})
def leave() -> Response:
    """Close the session."""
    sign_out(services(), request.cookies[COOKIE])
    answer = Response(status=204)
    drop_cookie(answer)
    return answer


def session_to_shape(found: SignedIn) -> Session:
    """Who is signed in, with the token that unsafe requests carry."""
    return Session(
        csrf=found.csrf,
        account=account_to_shape(found.account),
        mail_possible=services().mail_possible,
    )
