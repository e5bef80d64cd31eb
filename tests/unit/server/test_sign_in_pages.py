"""The second step of signing in, without scripts."""

from dataclasses import replace
from datetime import timedelta

import pytest
from loa_server.api.pages.words import VI
from telephones import Telephone, set_up_telephone
from visitors import Visitor
from werkzeug.test import TestResponse
from world import World

FORM = {"username": "phu-cat", "password": "phu-cat", "next": "/cum-loa"}


@pytest.fixture
def telephone(town: World) -> Telephone:
    return set_up_telephone(town, town.commune)


def first_step(visitor: Visitor) -> TestResponse:
    return visitor.client.post("/dang-nhap", data=FORM)


def second_step(visitor: Visitor, code: str) -> TestResponse:
    return visitor.client.post("/dang-nhap/ma", data={"code": code, "next": "/cum-loa"})


def test_after_the_password_the_code_is_asked_for(anyone: Visitor, telephone: Telephone) -> None:
    asked = first_step(anyone)
    form = anyone.client.get(asked.headers["Location"])
    between = anyone.get("/session").status_code
    done = second_step(anyone, telephone.code())

    assert (asked.status_code, asked.headers["Location"]) == (303, "/dang-nhap/ma?next=/cum-loa")
    assert 'autocomplete="one-time-code"' in form.text
    assert "phu-cat" not in form.text
    assert between == 401
    assert (done.status_code, done.headers["Location"]) == (303, "/cum-loa")
    assert anyone.get("/session").status_code == 200
    assert anyone.client.get_cookie("loa_half", path="/dang-nhap") is None


def test_a_wrong_code_is_said_on_the_form(anyone: Visitor, telephone: Telephone) -> None:
    first_step(anyone)

    wrong = second_step(anyone, "12345")
    empty = second_step(anyone, "")

    assert (wrong.status_code, empty.status_code) == (403, 403)
    assert VI["wrong_code"] in wrong.text
    assert VI["second_factor_needed"] in empty.text
    assert second_step(anyone, telephone.recovery_codes[0]).status_code == 303


def test_without_the_first_step_there_is_no_second(anyone: Visitor, telephone: Telephone) -> None:
    form = anyone.client.get("/dang-nhap/ma?next=/cum-loa")
    guessed = second_step(anyone, telephone.code())
    anyone.client.set_cookie("loa_half", "made up", path="/dang-nhap")
    made_up = second_step(anyone, telephone.code())

    assert form.headers["Location"] == "/dang-nhap?next=/cum-loa"
    assert (guessed.status_code, made_up.status_code) == (403, 403)
    assert VI["sign_in_expired"] in made_up.text
    assert anyone.get("/session").status_code == 401


def test_the_first_step_is_forgotten_after_a_while_or_with_the_password(
    town: World, anyone: Visitor, telephone: Telephone
) -> None:
    first_step(anyone)
    town.now += timedelta(minutes=11)
    late = second_step(anyone, telephone.code())

    first_step(anyone)
    with town.store.write() as rows:
        account = rows.people.by_username("phu-cat")
        assert account is not None
        rows.people.keep(replace(account, password_hash=town.passwords.hash("another")))
    changed = second_step(anyone, telephone.code())

    assert VI["sign_in_expired"] in late.text
    assert VI["sign_in_expired"] in changed.text


@pytest.mark.usefixtures("telephone")
def test_many_wrong_codes_lock_and_say_how_long(anyone: Visitor) -> None:
    first_step(anyone)

    answers = [second_step(anyone, "12345") for _ in range(6)]

    assert answers[-1].status_code == 429
    assert "Hãy đợi" in answers[-1].text


def test_a_name_nobody_has_is_locked_like_a_known_one(town: World, anyone: Visitor) -> None:
    def tried(name: str) -> list[tuple[int, bytes]]:
        answers = [anyone.post("/session", {"username": name, "password": "no"}) for _ in range(7)]
        return [(each.status_code, each.data) for each in answers]

    known, unknown = tried("phu-cat"), tried("nobody")
    town.now += timedelta(seconds=31)
    later = [
        anyone.post("/session", {"username": name, "password": "no"}).status_code
        for name in ("phu-cat", "nobody")
    ]

    assert known == unknown
    assert known[-1][0] == 429
    assert later == [401, 401]
