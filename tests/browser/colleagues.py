"""People of one commune who need each other, each at a screen of their own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyotp

from browser.people import Visitor


@dataclass(frozen=True)
class Colleague:
    """Somebody hired for a test."""

    username: str
    password: str
    name: str


def hire(admin: Visitor, username: str, name: str, area: str, *roles: str) -> Colleague:
    """Make an account with roles at an area."""
    grants = [{"role": role, "area": area} for role in roles]
    wish = {"username": username, "name": name, "grants": grants}
    made = admin.api("POST", "/people", data=wish)
    return Colleague(username, made["password"], name)


def seat(visit: Callable[..., Visitor], who: Colleague, width: int = 1440) -> Visitor:
    """Sign somebody in at a screen of their own."""
    visitor = visit(width, as_guest=True)
    body = {"username": who.username, "password": who.password}
    answer = visitor.context.request.post(f"{visitor.demo.address}/api/v1/session", data=body)
    assert answer.ok, answer.text()
    return visitor


def with_second_factor(visitor: Visitor, password: str) -> list[str]:
    """Set up the second factor past the screens; returns codes that are good for one use each."""
    begun = visitor.api("POST", "/account/second-factor", data={"password": password})
    done = visitor.api(
        "PUT", "/account/second-factor", data={"code": pyotp.TOTP(begun["secret"]).now()}
    )
    return [str(code) for code in done["recovery_codes"]]


def order(visitor: Visitor, title: str, area: str, **more: Any) -> str:
    """Order a broadcast past the screens; returns its id."""
    bulletin = visitor.ready_bulletin("speech.ogg", title)
    wish = {"bulletins": [bulletin], "audiences": [f"a-{area}"], "class": "ordinary", **more}
    return str(visitor.api("POST", "/broadcasts", data=wish)["id"])
