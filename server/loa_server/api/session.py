"""Sign in, who am I, sign out, change the password."""

from apiflask import APIBlueprint
from flask import Response, jsonify, request

from loa_server.api import shapes
from loa_server.api.access import COOKIE, drop_cookie, keep_cookie, signed_in
from loa_server.api.context import actor, services
from loa_server.api.context import session as open_session
from loa_server.api.openapi import PUBLIC
from loa_server.api.render import session_to_shape
from loa_server.application.change_password import change_password as change
from loa_server.application.sign_in import sign_in as enter
from loa_server.application.sign_out import sign_out

bp = APIBlueprint("session", __name__, tag="session")


@bp.post("/session")
@bp.input(shapes.Credentials, arg_name="wish")
@bp.output(shapes.Session)
@bp.doc(security=PUBLIC, responses=[401, 429])
def sign_in(wish: shapes.Credentials) -> Response:
    """Open a session; the cookie comes with the answer."""
    opened = enter(services(), username=wish.username, password=wish.password)
    shape = session_to_shape(opened.signed_in, services().queries.tree())
    answer = jsonify(shape.model_dump(mode="json", by_alias=True))
    keep_cookie(answer, opened.token)
    return answer


@bp.get("/session")
@signed_in
@bp.output(shapes.Session)
def who_am_i() -> shapes.Session:
    """The open session."""
    return session_to_shape(open_session(), services().queries.tree())


@bp.delete("/session")
@signed_in
@bp.doc(responses={204: "Signed out"})
def leave() -> Response:
    """Close the session."""
    sign_out(services(), request.cookies[COOKIE])
    answer = Response(status=204)
    drop_cookie(answer)
    return answer


@bp.put("/account/password")
@signed_in
@bp.input(shapes.PasswordChange, arg_name="wish")
@bp.doc(responses={204: "Changed", 401: "The current password is wrong", 429: "Too many tries"})
def change_password(wish: shapes.PasswordChange) -> Response:
    """Change the password of who is signed in; other sessions end."""
    token = request.cookies[COOKIE]
    change(services(), actor(), token=token, current=wish.current, fresh=wish.fresh)
    return Response(status=204)
