"""The real application over a real SQLite file, and visitors who use it as browsers do."""

import io
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from loa_server.adapters.db.engine import make_engine
from loa_server.adapters.db.migrate import migrate
from loa_server.api.app import LoaApp, create_app
from loa_server.api.context import NAME, Api, ApiOptions
from loa_server.api.uploads import FORM_BYTES
from werkzeug.test import TestResponse
from world import World

API = "/api/v1"
MARK = "----where-one-part-ends"
VOICE = b"OggS" + bytes(range(256)) * 4
ROUTED: list[LoaApp] = []
"""The application made first: reading ninety routes takes longer than most tests, and every later
world is put behind the same ones."""


def form(fields: dict[str, str], content: bytes | None) -> bytes:
    """A form with a file, the way browsers send it."""
    name = "Content-Disposition: form-data; name"
    parts = [f'--{MARK}\r\n{name}="{key}"\r\n\r\n{text}\r\n' for key, text in fields.items()]
    body = "".join(parts).encode()
    if content is not None:
        head = f'--{MARK}\r\n{name}="file"; filename="speech.mp3"\r\n\r\n'
        body += head.encode() + content + b"\r\n"
    return body + f"--{MARK}--\r\n".encode()


class Visitor:
    """One browser; after signing in every unsafe request carries the CSRF token."""

    def __init__(self, app: LoaApp) -> None:
        self.client: FlaskClient = app.test_client()
        self.csrf: str | None = None

    def sign_in(self, name: str) -> "Visitor":
        answer = self.post("/session", {"username": name, "password": name})
        assert answer.status_code == 200, answer.text
        self.csrf = answer.get_json()["csrf"]
        return self

    def get(self, path: str, *, buffered: bool = True, **more: Any) -> TestResponse:
        return self.client.get(API + path, buffered=buffered, **more)

    def post(self, path: str, body: object = None) -> TestResponse:
        return self.client.post(API + path, json=body, headers=self.headers)

    def put(self, path: str, body: object) -> TestResponse:
        return self.client.put(API + path, json=body, headers=self.headers)

    def delete(self, path: str) -> TestResponse:
        return self.client.delete(API + path, headers=self.headers)

    def upload(self, content: bytes = VOICE, **fields: str) -> TestResponse:
        return self.send_form(form({"title": "Tiêm chủng", **fields}, content))

    def send_form(self, body: bytes, **environ: Any) -> TestResponse:
        return self.client.post(
            f"{API}/bulletins",
            input_stream=io.BytesIO(body),
            content_type=f"multipart/form-data; boundary={MARK}",
            content_length=len(body),
            headers=self.headers,
            environ_overrides=environ,
        )

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.csrf is None else {"X-CSRF-Token": self.csrf}


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database file to copy."""
    path = tmp_path_factory.mktemp("migrated") / "loa.db"
    engine = make_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture
def town(migrated: Path, tmp_path: Path) -> Iterator[World]:
    """A small province on SQLite; see `world.World`."""
    path = tmp_path / "loa.db"
    shutil.copyfile(migrated, path)
    engine = make_engine(f"sqlite:///{path}")
    yield World(engine, tmp_path)
    engine.dispose()


@pytest.fixture
def app(town: World, tmp_path: Path) -> LoaApp:
    """The application as the web process makes it, with small limits."""
    return make_app(town, tmp_path)


@pytest.fixture
def own_app(town: World, tmp_path: Path) -> LoaApp:
    """An application that nobody shares, to which a test may add."""
    kept, ROUTED[:] = ROUTED[:], []
    made = make_app(town, tmp_path)
    ROUTED[:] = kept
    return made


def make_app(world: World, folder: Path, **options: Any) -> LoaApp:
    uploads = folder / "uploads"
    uploads.mkdir(exist_ok=True)
    plain = ApiOptions(uploads=uploads, web_dist=folder / "web_dist")
    changed = {
        "streams_at_once": 2,
        "downloads_at_once": 2,
        "listeners_at_once": 2,
        "uploads_at_once": 2,
        **options,
    }
    services, made = replace_limit(world).services, replace(plain, **changed)
    if made.trusted_proxies or not ROUTED:
        app = create_app(services, made)
        if not made.trusted_proxies:
            ROUTED.append(app)
        return app
    (app,) = ROUTED
    app.extensions[NAME] = Api(services, made)
    app.config["MAX_CONTENT_LENGTH"] = services.max_upload_bytes + FORM_BYTES
    for limiter in app.extensions["limiter"]:
        limiter.reset()
    return app


def replace_limit(world: World) -> World:
    """Room for uploads of some megabytes."""
    world.services = replace(world.services, max_upload_bytes=4_000_000)
    return world


@pytest.fixture
def anyone(app: LoaApp) -> Visitor:
    """Not signed in."""
    return Visitor(app)


@pytest.fixture
def province(app: LoaApp) -> Visitor:
    """Signed in for the whole province."""
    return Visitor(app).sign_in("gia-lai")


@pytest.fixture
def commune(app: LoaApp) -> Visitor:
    """Signed in for one commune."""
    return Visitor(app).sign_in("phu-cat")


@pytest.fixture
def neighbour(app: LoaApp) -> Visitor:
    """Signed in for another commune."""
    return Visitor(app).sign_in("tuy-phuoc")


def refusal(answer: TestResponse) -> tuple[int, str]:
    """Status and code of a refused request."""
    body = answer.get_json()
    assert set(body) == {"code", "facts"}
    return answer.status_code, body["code"]
