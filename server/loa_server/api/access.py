"""Who may ask: the session cookie, the CSRF header, and requests of foreign pages."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from hmac import compare_digest
from threading import BoundedSemaphore
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import Response, request

from loa_server.api.context import api, services, signed_in_as
from loa_server.application.look_up_session import look_up_session
from loa_server.domain.people import SESSION_LIFE, SignedIn
from loa_server.domain.problems import Problem

COOKIE = "loa_session"
CSRF_HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SLOT_PATIENCE_S = 10.0

P = ParamSpec("P")
R = TypeVar("R")


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Call the handler only for an open session, and unsafely only with its CSRF token.

    Raises:
        Problem: `not_signed_in`, `csrf`.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        found = visitor()
        if found is None:
            raise Problem("not_signed_in")
        if request.method not in SAFE_METHODS:
            require_csrf(found, request.headers.get(CSRF_HEADER, ""))
        signed_in_as(found)
        return view(*args, **kwargs)

    return guarded


def visitor() -> SignedIn | None:
    """Who holds the cookie of this request."""
    token = request.cookies.get(COOKIE)
    return None if token is None else look_up_session(services(), token)


def require_csrf(found: SignedIn, token: str) -> None:
    """Raise Problem `csrf` unless the token is the session's."""
    if not compare_digest(found.csrf.encode(), token.encode()):
        raise Problem("csrf")


def refuse_foreign_pages() -> None:
    """A browser says which page sent an unsafe request; only ours may. Raises Problem `csrf`."""
    origin = request.headers.get("Origin")
    if request.method in SAFE_METHODS or origin is None:
        return
    try:
        foreign = urlsplit(origin).netloc != request.host
    except ValueError:
        foreign = True
    if foreign:
        raise Problem("csrf")


def keep_cookie(answer: Response, token: str) -> None:
    """Give the session to the browser.

    Lax, since a link in a message must find its reader signed in; unsafe requests carry the CSRF
    token besides.
    """
    answer.set_cookie(
        COOKIE,
        token,
        max_age=SESSION_LIFE,
        httponly=True,
        samesite="Lax",
        secure=api().options.secure_cookies,
    )


def drop_cookie(answer: Response) -> None:
    """Take the session from the browser."""
    secure = api().options.secure_cookies
    answer.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=secure)


@contextmanager
def slot(free: BoundedSemaphore) -> Iterator[None]:
    """One of a bounded number of places; raises Problem `busy` when none comes free in time."""
    if not free.acquire(timeout=SLOT_PATIENCE_S):
        raise Problem("busy")
    try:
        yield
    finally:
        free.release()
