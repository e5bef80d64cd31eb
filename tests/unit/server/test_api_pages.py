"""Pages without scripts in both languages, the screens' shell, headers and compression."""

import gzip
import re
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

import pytest
from loa_server.api.app import LoaApp
from loa_server.api.headers import HEADERS
from loa_server.api.pages.shell import SCREENS
from loa_server.api.pages.words import EN, LANGUAGES, VI
from loa_server.domain.problems import Problem
from visitors import Visitor
from werkzeug.test import TestResponse
from world import World

ROOT = Path(__file__).resolve().parents[3]
WEB = ROOT / "web" / "src"
PAGES = ROOT / "server" / "loa_server" / "api" / "pages"
FORM = {"username": "phu-cat", "password": "phu-cat", "next": "/cum-loa"}


def sign_in(visitor: Visitor, **changes: str) -> TestResponse:
    return visitor.client.post("/dang-nhap", data={**FORM, **changes})


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """What the build of web/ leaves."""
    dist = tmp_path / "web_dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<!doctype html><title>Loa</title>" + " " * 2000)
    (dist / "assets" / "app-1234.js").write_text("plain")
    (dist / "assets" / "app-1234.js.br").write_bytes(b"brotli")
    (dist / "assets" / "app-1234.js.gz").write_bytes(b"gzip")
    (dist / "robots.txt").write_text("User-agent: *")
    return dist


def test_signing_in_leads_to_where_one_wanted_to_go(anyone: Visitor) -> None:
    asked = anyone.client.get("/cum-loa")
    form = anyone.client.get(asked.headers["Location"])
    answer = sign_in(anyone)

    assert (asked.status_code, asked.headers["Location"]) == (303, "/dang-nhap?next=/cum-loa")
    assert 'name="next" value="/cum-loa"' in form.text
    assert (answer.status_code, answer.headers["Location"]) == (303, "/cum-loa")
    assert anyone.get("/session").status_code == 200
    assert anyone.client.get("/dang-nhap").status_code == 303


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:x",
        "x",
        "/\n/x",
        "//[",
        "",
    ],
)
def test_signing_in_leads_nowhere_else(anyone: Visitor, wanted: str) -> None:
    assert sign_in(anyone, next=wanted).headers["Location"] == "/"


def test_a_wrong_password_is_said_on_the_form_and_the_name_is_kept(anyone: Visitor) -> None:
    answer = sign_in(anyone, password="no", username='Phu-Cat"><script>')

    assert answer.status_code == 401
    assert VI["wrong_credentials"] in answer.text
    assert "Phu-Cat&#34;&gt;&lt;script&gt;" in answer.text
    assert "<script" not in answer.text


def test_too_many_tries_are_said_with_the_seconds_to_wait(anyone: Visitor) -> None:
    answers = [sign_in(anyone, password="no") for _ in range(6)]

    assert answers[-1].status_code == 429
    assert re.search(r"Hãy đợi \d+ giây", answers[-1].text)


def test_the_form_of_a_foreign_page_is_refused(anyone: Visitor) -> None:
    answer = anyone.client.post("/dang-nhap", data=FORM, headers={"Origin": "https://evil.example"})

    assert answer.status_code == 403
    assert VI["403"] in answer.text


def test_signing_out_asks_and_needs_the_token_of_the_form(commune: Visitor) -> None:
    page = commune.client.get("/dang-xuat")
    refused = commune.client.post("/dang-xuat", data={"csrf": "guessed"})
    token = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert token is not None

    done = commune.client.post("/dang-xuat", data={"csrf": token[1]})

    assert refused.status_code == 403
    assert (done.status_code, done.headers["Location"]) == (303, "/dang-nhap")
    assert commune.get("/session").status_code == 401
    assert commune.client.get("/dang-xuat").headers["Location"] == "/dang-nhap"


def test_the_language_is_switched_and_remembered(anyone: Visitor) -> None:
    vietnamese = anyone.client.get("/dang-nhap")
    english = anyone.client.get("/dang-nhap?lang=en")
    still_english = anyone.client.get("/dang-nhap")
    nonsense = anyone.client.get("/dang-nhap?lang=xx")

    assert '<html lang="vi">' in vietnamese.text
    assert all('<html lang="en">' in each.text for each in (english, still_english, nonsense))
    assert EN["sign_in"] in still_english.text


def test_both_languages_have_the_same_sentences() -> None:
    assert set(VI) == set(EN)
    for name in VI:
        slots = [set(re.findall(r"\{\w+\}", words[name])) for words in LANGUAGES.values()]
        assert slots[0] == slots[1]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("status", [403, 404, 500])
def test_error_pages_speak_both_languages_and_show_no_trace(
    own_app: LoaApp, language: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> str:
        if status == HTTPStatus.INTERNAL_SERVER_ERROR:
            raise RuntimeError("a secret detail")
        raise Problem("forbidden" if status == HTTPStatus.FORBIDDEN else "not_found")

    own_app.add_url_rule("/fail", view_func=fail)
    client = own_app.test_client()
    client.set_cookie("loa_lang", language)

    answer = client.get("/fail")

    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert LANGUAGES[language][str(status)] in answer.text
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        incident = re.search(r"incident id=(\w+)", caplog.text)
        assert incident is not None
        assert incident[1] in answer.text


def test_an_unknown_failure_of_the_api_is_told_by_its_incident_alone(
    own_app: LoaApp, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> str:
        raise RuntimeError("a secret detail")

    own_app.add_url_rule("/api/v1/fail", view_func=fail)

    answer = Visitor(own_app).get("/fail")

    assert answer.status_code == 500
    body = answer.get_json()
    assert body["code"] == "internal"
    assert body["facts"]["id"] in caplog.text
    assert "secret" not in answer.text


def test_unknown_addresses_and_methods_are_answered_in_kind(anyone: Visitor) -> None:
    page = anyone.client.get("/khong-co")
    api = anyone.get("/khong-co")
    method = anyone.put("/areas", {})

    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert (api.status_code, api.get_json()) == (404, {"code": "not_found", "facts": {}})
    assert method.status_code == 405
    assert "GET" in method.headers["Allow"]


@pytest.mark.usefixtures("built")
def test_the_screens_are_one_page_for_who_is_signed_in(commune: Visitor, anyone: Visitor) -> None:
    for path in ("/", "/cum-loa", "/cum-loa/phu-cat-1", "/phat"):
        screen = commune.client.get(path, buffered=True)
        assert (screen.status_code, screen.mimetype) == (200, "text/html")
        assert "<title>Loa</title>" in screen.text
        assert "no-cache" in screen.headers["Cache-Control"]
        assert anyone.client.get(path).status_code == 303
    assert anyone.client.get("/robots.txt", buffered=True).text == "User-agent: *"


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    ("accepted", "coding", "body"),
    [
        ("gzip, br", "br", b"brotli"),
        ("gzip", "gzip", b"gzip"),
        ("br;q=0, gzip", "gzip", b"gzip"),
        ("", None, b"plain"),
    ],
)
def test_assets_are_sent_as_the_build_has_compressed_them(
    anyone: Visitor, accepted: str, coding: str | None, body: bytes
) -> None:
    headers = {"Accept-Encoding": accepted}

    answer = anyone.client.get("/assets/app-1234.js", headers=headers, buffered=True)

    assert (answer.headers.get("Content-Encoding"), answer.data) == (coding, body)
    assert answer.mimetype == "text/javascript"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Accept-Encoding" in answer.headers["Vary"]


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("name", ["../index.html", "..%2f..%2floa.db", "none.js", ".hidden/../x"])
def test_no_other_file_is_sent(anyone: Visitor, name: str) -> None:
    assert anyone.client.get(f"/assets/{name}").status_code == 404


def test_without_the_build_the_page_says_how_to_make_it(commune: Visitor) -> None:
    answer = commune.client.get("/")

    assert answer.status_code == 200
    assert "python tools/build_web.py" in answer.text


def test_the_server_knows_the_addresses_of_the_screens() -> None:
    router = (WEB / "state" / "router.svelte.ts").read_text(encoding="utf-8")
    plain = set(re.findall(r"'(/[\w/-]*)': \{ name", router))
    kinds = set(re.findall(r"^  '?([\w/-]+)'?: '[\w-]+'", router, re.MULTILINE))

    assert len(plain) >= 6
    assert len(kinds) >= 3
    assert all(SCREENS.fullmatch(path) for path in plain)
    assert all(SCREENS.fullmatch(f"/{kind}/some-id") for kind in kinds)
    assert not SCREENS.fullmatch("/khong-co")
    assert not SCREENS.fullmatch("/quan-ly/khong-co")


def tokens(css: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, value in re.findall(r"(--[\w-]+):\s*([^;]+);", css):
        found.setdefault(name, set()).add(value)
    return found


def test_the_pages_wear_the_colours_of_the_screens() -> None:
    screens = tokens((WEB / "tokens.css").read_text(encoding="utf-8"))
    pages = tokens((PAGES / "static" / "pages.css").read_text(encoding="utf-8"))

    assert {name: screens.get(name) for name in pages} == pages
    icons = [(folder / "icon.svg").read_bytes() for folder in (WEB, PAGES / "static")]
    assert icons[0] == icons[1]


def test_no_page_holds_a_script_or_a_style_of_its_own() -> None:
    for path in (PAGES / "templates").glob("*.html"):
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", ["/dang-nhap", "/khong-co", "/api/v1/session", "/healthz"])
def test_every_answer_carries_the_guarding_headers(anyone: Visitor, path: str) -> None:
    answer = anyone.client.get(path)

    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_long_text_is_compressed_and_nothing_else(town: World, commune: Visitor) -> None:
    for number in range(9):
        town.upload(title=f"Bản tin {number}")
    asked: Callable[[str], TestResponse] = lambda path: commune.client.get(  # noqa: E731
        path, headers={"Accept-Encoding": "gzip"}
    )

    long, short = asked("/api/v1/bulletins"), asked("/api/v1/session")

    assert long.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(long.data) == commune.client.get("/api/v1/bulletins").data
    assert len(long.data) == long.content_length
    assert "Content-Encoding" not in short.headers


def test_the_health_of_the_server_is_open_to_all(anyone: Visitor) -> None:
    assert anyone.client.get("/healthz").status_code == 200
