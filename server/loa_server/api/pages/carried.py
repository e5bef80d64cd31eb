"""What a browser carries between two steps of signing in: sealed, unread, soon over."""

from datetime import timedelta

from flask import Response, request

from loa_server.api.context import api

HALF = "loa_half"
OUTSIDE = "loa_outside"
PATH = "/dang-nhap"


def carried(name: str) -> str | None:
    """What the browser brought back."""
    return request.cookies.get(name)


def carry(answer: Response, name: str, token: str, life: timedelta) -> None:
    """Give it to the browser; Lax, since a provider outside sends the browser back to us."""
    answer.set_cookie(
        name,
        token,
        max_age=life,
        path=PATH,
        httponly=True,
        samesite="Lax",
        secure=api().options.secure_cookies,
    )


def drop(answer: Response, name: str) -> None:
    """Take it from the browser: it is good for one way."""
    secure = api().options.secure_cookies
    answer.delete_cookie(name, path=PATH, httponly=True, samesite="Lax", secure=secure)
