"""What every handler may reach: the use-cases' ports, the limits, and who is asking."""

from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import cast

from flask import current_app, g

from loa_server.api.changes import ChangeWatch
from loa_server.application.services import Services
from loa_server.domain.people import Account, SignedIn

NAME = "loa"


@dataclass(frozen=True, slots=True)
class ApiOptions:
    """How the API is served; the limits are shares of the threads of this process."""

    uploads: Path
    web_dist: Path
    secure_cookies: bool = False
    public_address: str | None = None
    trusted_proxies: int = 0
    streams_at_once: int = 16
    downloads_at_once: int = 8
    listeners_at_once: int = 4
    uploads_at_once: int = 4


class Api:
    """The one value kept with the Flask application."""

    def __init__(self, services: Services, options: ApiOptions) -> None:
        self.services = services
        self.options = options
        self.changes = ChangeWatch(services.queries.changes)
        self.streams = BoundedSemaphore(options.streams_at_once)
        self.downloads = BoundedSemaphore(options.downloads_at_once)
        self.listeners = BoundedSemaphore(options.listeners_at_once)
        self.uploads = BoundedSemaphore(options.uploads_at_once)


def api() -> Api:
    """The value of the application that serves this request."""
    return cast("Api", current_app.extensions[NAME])


def services() -> Services:
    """The ports of this application."""
    return api().services


def signed_in_as(found: SignedIn) -> None:
    """Remember for the rest of this request who is asking."""
    g.signed_in = found


def session() -> SignedIn:
    """The session of this request; only inside handlers that require one."""
    return cast("SignedIn", g.signed_in)


def actor() -> Account:
    """Who is asking; only inside handlers that require a session."""
    return session().account
