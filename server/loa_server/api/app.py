"""Puts the application together from its blueprints."""

from pathlib import Path
from typing import Any

from apiflask import APIFlask
from flask.json.provider import DefaultJSONProvider
from typing_extensions import override
from werkzeug.middleware.proxy_fix import ProxyFix

from loa_server.api import (
    account,
    approvals,
    areas,
    blobs,
    broadcasts,
    bulletins,
    calendar,
    enrol,
    events,
    occurrences,
    people,
    plays,
    programmes,
    session,
    shares,
    stations,
    timeline,
)
from loa_server.api.access import refuse_foreign_pages
from loa_server.api.compress import compress
from loa_server.api.context import NAME, Api, ApiOptions
from loa_server.api.headers import guard
from loa_server.api.limits import limit_rates
from loa_server.api.openapi import describe
from loa_server.api.pages import outside as outside_pages
from loa_server.api.pages import routes as pages
from loa_server.api.pages import shell
from loa_server.api.problems import PREFIX, answer_problems
from loa_server.api.uploads import FORM_BYTES, UploadRequest, bound_body
from loa_server.application.services import Services

PEOPLE = (session, account, people)
CONTENT = (bulletins, programmes, shares)
TIMETABLE = (broadcasts, approvals, occurrences, timeline, calendar, plays)
SUBJECTS = (*PEOPLE, *CONTENT, *TIMETABLE, areas, stations, events, enrol, blobs)


class _Json(DefaultJSONProvider):
    """Letters as they are, fields in the order of the models."""

    ensure_ascii = False
    sort_keys = False

    @override
    def loads(self, s: str | bytes, **more: Any) -> Any:
        """Read; what is nested too deeply is as unreadable as anything else that is no JSON."""
        try:
            return super().loads(s, **more)
        except RecursionError as error:
            raise ValueError("nested_too_deeply") from error


class LoaApp(APIFlask):
    """Flask with our upload rules and JSON."""

    request_class = UploadRequest
    json_provider_class = _Json


def create_app(services: Services, options: ApiOptions) -> LoaApp:
    """A WSGI application over these ports; nothing starts before the first request."""
    app = LoaApp(
        "loa_server.api",
        title="Loa",
        version="1",
        spec_path="/openapi.json",
        docs_path=None,
        openapi_blueprint_url_prefix=PREFIX,
        json_errors=False,
        static_folder=None,  # type: ignore[arg-type]  # Flask takes it, the library forgot
        template_folder=str(Path(__file__).parent / "pages" / "templates"),
    )
    app.extensions[NAME] = Api(services, options)
    app.config["MAX_CONTENT_LENGTH"] = services.max_upload_bytes + FORM_BYTES
    if options.trusted_proxies:
        hops = options.trusted_proxies
        proxied = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)
        app.wsgi_app = proxied  # type: ignore[method-assign]  # how Flask wants it wrapped
    describe(app)
    answer_problems(app)
    app.before_request(bound_body)
    app.before_request(refuse_foreign_pages)
    for subject in SUBJECTS:
        app.register_blueprint(subject.bp, url_prefix=PREFIX)
    app.register_blueprint(pages.bp)
    app.register_blueprint(outside_pages.bp)
    app.register_blueprint(shell.bp)
    limit_rates(app)
    # In this order around every answer: first compressed, then given its headers.
    app.after_request(guard)
    app.after_request(compress)
    return app
