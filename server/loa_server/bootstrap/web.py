"""The web process."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from loa_server.api.app import create_app
from loa_server.api.context import ApiOptions, api
from loa_server.bootstrap.services import open_services
from loa_server.config import Settings
from loa_server.workers.web import WebAddress, WebServer, Wsgi

WEB_DIST = Path(__file__).parent.parent / "web_dist"


def run_web(settings: Settings) -> None:
    """Serve until told to stop; does not come back."""
    settings.uploads.mkdir(parents=True, exist_ok=True, mode=0o700)
    address = WebAddress(settings.host, settings.port, settings.web_threads, settings.uploads)
    WebServer(address, lambda: make_wsgi(settings)).run()


def make_wsgi(settings: Settings) -> tuple[Wsgi, Callable[[], None]]:
    """The application, and what ends its event streams."""
    app = create_app(open_services(settings).services, options(settings))
    with app.app_context():
        changes = api().changes
    return app, changes.close


def document(settings: Settings) -> dict[str, Any]:
    """The OpenAPI document; nothing is left on the disk."""
    with TemporaryDirectory() as folder:
        nowhere = replace(settings, data=Path(folder), database_url="")
        app = create_app(open_services(nowhere).services, options(nowhere))
        with app.app_context():
            return cast("dict[str, Any]", app.spec)


def options(settings: Settings) -> ApiOptions:
    """Shares of the threads: streams and transfers may fill theirs and never starve the rest."""
    threads = settings.web_threads
    return ApiOptions(
        uploads=settings.uploads,
        web_dist=WEB_DIST,
        secure_cookies=settings.secure_cookies,
        public_address=settings.public_address,
        trusted_proxies=settings.trusted_proxies,
        streams_at_once=max(1, threads // 2),
        downloads_at_once=max(1, threads // 4),
        listeners_at_once=max(1, threads // 12),
        uploads_at_once=max(1, threads // 16),
    )
