"""Signing in and out over HTTP, and what keeps strangers and foreign pages away."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from loa_server.api.app import LoaApp
from loa_server.domain.people import FREE_ATTEMPTS, SESSION_LIFE
from loa_server.domain.rights import Deed, Role
from visitors import API, Visitor, make_app, refusal
from world import World

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
OPEN_TO_ALL = {"session.sign_in", "enrol.enrol"}


def unsafe_routes(app: LoaApp) -> list[tuple[str, str]]:
    return [
        (method, re.sub(r"<\w+>", "some-id", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in UNSAFE & (rule.methods or set())
        if rule.rule.startswith(API) and rule.endpoint not in OPEN_TO_ALL
    ]


def test_the_right_password_opens_a_session(anyone: Visitor) -> None:
    answer = anyone.post("/session", {"username": "phu-cat", "password": "phu-cat"})

    assert answer.status_code == 200
    assert answer.get_json() == anyone.get("/session").get_json()
    assert answer.get_json()["account"] == {
        "id": "u-phu-cat",
        "username": "phu-cat",
        "name": "Cán bộ phu-cat",
        "grants": [
            {"role": role, "area": "phu-cat", "area_name": "Phù Cát"} for role in sorted(Role)
        ],
        "area": "phu-cat",
        "area_name": "Phù Cát",
        "locale": "vi",
        "email": None,
        "mail_evening": False,
        "second_factor": False,
        "deeds": {deed: ["phu-cat"] for deed in Deed},
    }


def test_a_wrong_password_is_refused_as_an_unknown_name_is(anyone: Visitor) -> None:
    wrong = anyone.post("/session", {"username": "phu-cat", "password": "no"})
    unknown = anyone.post("/session", {"username": "nobody", "password": "no"})

    assert refusal(wrong) == refusal(unknown) == (401, "wrong_credentials")
    assert wrong.data == unknown.data


@pytest.mark.parametrize("secure", [True, False])
def test_no_script_and_no_foreign_form_gets_the_cookie(
    town: World, tmp_path: Path, *, secure: bool
) -> None:
    visitor = Visitor(make_app(town, tmp_path, secure_cookies=secure)).sign_in("phu-cat")

    cookie = visitor.client.get_cookie("loa_session")

    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert cookie.path == "/"
    assert cookie.secure is secure


def test_who_has_no_session_is_told_so(anyone: Visitor) -> None:
    assert refusal(anyone.get("/session")) == (401, "not_signed_in")


def test_a_session_ends_with_its_time(town: World, commune: Visitor) -> None:
    town.now += SESSION_LIFE + timedelta(seconds=1)

    assert refusal(commune.get("/session")) == (401, "not_signed_in")


def test_signing_out_ends_the_session_on_the_server_too(commune: Visitor) -> None:
    cookie = commune.client.get_cookie("loa_session")
    assert cookie is not None

    assert commune.delete("/session").status_code == 204

    commune.client.set_cookie("loa_session", cookie.value)
    assert refusal(commune.get("/session")) == (401, "not_signed_in")


def test_nothing_unsafe_is_done_without_the_csrf_token(app: LoaApp, commune: Visitor) -> None:
    routes = unsafe_routes(app)
    assert len(routes) >= 8

    for token in (None, "guessed"):
        commune.csrf = token
        answers = [
            commune.client.open(path, method=method, json={}, headers=commune.headers)
            for method, path in routes
        ]
        assert {refusal(answer) for answer in answers} == {(403, "csrf")}


def test_nothing_unsafe_is_done_without_a_session(app: LoaApp, anyone: Visitor) -> None:
    answers = [
        anyone.client.open(path, method=method, json={}) for method, path in unsafe_routes(app)
    ]

    assert {refusal(answer) for answer in answers} == {(401, "not_signed_in")}


def test_a_foreign_page_cannot_even_sign_in(anyone: Visitor) -> None:
    body = {"username": "phu-cat", "password": "phu-cat"}

    def from_page(origin: str) -> int:
        headers = {"Origin": origin}
        return anyone.client.post(f"{API}/session", json=body, headers=headers).status_code

    assert from_page("https://evil.example") == 403
    assert from_page("null") == 403
    assert from_page("http://[") == 403
    assert from_page("http://localhost") == 200


def test_many_wrong_passwords_lock_the_account_for_a_while(anyone: Visitor) -> None:
    for _ in range(FREE_ATTEMPTS):
        anyone.post("/session", {"username": "phu-cat", "password": "no"})

    answer = anyone.post("/session", {"username": "phu-cat", "password": "phu-cat"})

    assert refusal(answer) == (429, "too_many_attempts")
    assert answer.headers["Retry-After"] == str(answer.get_json()["facts"]["seconds"])


def test_one_address_may_not_try_many_names(anyone: Visitor) -> None:
    answers = [
        anyone.post("/session", {"username": f"name-{number}", "password": "no"})
        for number in range(31)
    ]

    assert {refusal(each) for each in answers[:30]} == {(401, "wrong_credentials")}
    assert refusal(answers[30]) == (429, "too_many_attempts")
    assert 1 <= answers[30].get_json()["facts"]["seconds"] <= 61


def test_a_changed_password_is_the_only_one_and_ends_other_sessions(
    app: LoaApp, commune: Visitor
) -> None:
    elsewhere = Visitor(app).sign_in("phu-cat")

    answer = commune.put("/account/password", {"current": "phu-cat", "fresh": "một câu dài hơn"})

    assert answer.status_code == 204
    assert commune.get("/session").status_code == 200
    assert refusal(elsewhere.get("/session")) == (401, "not_signed_in")
    again = Visitor(app).post("/session", {"username": "phu-cat", "password": "phu-cat"})
    assert refusal(again) == (401, "wrong_credentials")


def test_a_password_is_changed_by_who_knows_it_and_to_a_strong_one(commune: Visitor) -> None:
    unknown = commune.put("/account/password", {"current": "no", "fresh": "một câu dài hơn"})
    weak = commune.put("/account/password", {"current": "phu-cat", "fresh": "ngắn"})

    assert refusal(unknown) == (401, "wrong_credentials")
    assert refusal(weak) == (422, "weak_password")
    assert weak.get_json()["facts"]["least"] == 10


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"{", None),
        (b"", None),
        (b"[" * 100_000, None),
        (b"[]", {"": "model_type"}),
        (b"{}", {"username": "missing", "password": "missing"}),
        (b'{"username": 1, "password": "x"}', {"username": "string_type"}),
        (b'{"username": "a", "password": "x", "admin": true}', {"admin": "extra_forbidden"}),
        (b'{"username": "%s", "password": "x"}' % (b"a" * 201), {"username": "string_too_long"}),
    ],
)
def test_a_malformed_body_is_refused_by_its_fields(
    anyone: Visitor, body: bytes, fields: dict[str, str] | None
) -> None:
    answer = anyone.client.post(f"{API}/session", data=body, content_type="application/json")

    assert refusal(answer) == (422, "bad_request")
    assert answer.get_json()["facts"].get("fields") == fields
