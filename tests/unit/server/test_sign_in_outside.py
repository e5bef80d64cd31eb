"""Signing in at a provider outside, honest and not, over real HTTP with real signatures."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes.provider import CLIENT_ID, CLIENT_SECRET, Person, Provider, key_pair, running_provider
from loa_server.adapters.db.store import read_audit
from loa_server.adapters.oidc_authlib import OidcClient, OidcSignIn
from loa_server.api.app import LoaApp
from loa_server.api.pages.words import VI
from telephones import set_up_telephone
from visitors import Visitor, make_app
from werkzeug.test import TestResponse
from world import World

BACK = "/dang-nhap/oidc/ve"


@pytest.fixture
def provider(town: World) -> Iterator[Provider]:
    with running_provider(lambda: town.now) as running:
        client = OidcClient(running.issuer, CLIENT_ID, CLIENT_SECRET, "Gia Lai ID")
        town.services = replace(town.services, outside=OidcSignIn(client))
        with town.store.write() as rows:
            account = rows.people.by_username("phu-cat")
            assert account is not None
            rows.people.keep(replace(account, email="phu-cat@gia-lai.vn"))
        yield running


@pytest.fixture
def doors(provider: Provider, town: World, tmp_path: Path) -> LoaApp:
    """The application that knows the provider."""
    assert town.services.outside is not None, provider
    return make_app(town, tmp_path)


def depart(visitor: Visitor, wanted: str = "/cum-loa") -> str:
    answer = visitor.client.get("/dang-nhap/oidc", query_string={"next": wanted})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def come_back(
    visitor: Visitor, provider: Provider, person: Person | None = None, **more: Any
) -> TestResponse:
    back = provider.agree(depart(visitor, **more), person or Person())
    return visitor.client.get(back)


def assert_out(visitor: Visitor, answer: TestResponse, words: str = "outside_refused") -> None:
    assert answer.status_code in {403, 503}
    assert VI[words] in answer.text
    assert 'href="/dang-nhap"' in answer.text
    assert visitor.get("/session").status_code == 401


def test_who_has_an_account_with_that_verified_address_comes_in(
    doors: LoaApp, provider: Provider, town: World
) -> None:
    visitor = Visitor(doors)

    answer = come_back(visitor, provider)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/cum-loa")
    assert visitor.get("/session").get_json()["account"]["username"] == "phu-cat"
    linked, entered = read_audit(town.engine)[-2:]
    assert (linked[0].action, linked[0].facts["subject"]) == ("outside_linked", "s-1")
    assert (entered[0].action, entered[0].facts) == ("signed_in", {"by": "outside"})


def test_the_form_offers_it_where_there_is_a_provider(doors: LoaApp) -> None:
    form = Visitor(doors).client.get("/dang-nhap?next=/cum-loa").text

    assert "Đăng nhập bằng Gia Lai ID" in form
    assert 'href="/dang-nhap/oidc?next=/cum-loa"' in form


def test_without_a_provider_there_is_no_such_page(anyone: Visitor) -> None:
    assert anyone.client.get("/dang-nhap/oidc").status_code == 404
    assert anyone.client.get(BACK).status_code == 404
    assert "oidc" not in anyone.client.get("/dang-nhap").text


def test_later_the_link_counts_and_not_the_address(doors: LoaApp, provider: Provider) -> None:
    come_back(Visitor(doors), provider)
    visitor, successor = Visitor(doors), Visitor(doors)

    again = come_back(visitor, provider, Person(email="new@gia-lai.vn", email_verified=False))
    other = come_back(successor, provider, Person(subject="s-2"))

    assert again.status_code == 303
    assert_out(successor, other, "outside_unknown")


@pytest.mark.parametrize(
    "person",
    [
        Person(email_verified=False),
        Person(email=None),
        Person(email="nobody@gia-lai.vn"),
        Person(email="not an address"),
    ],
)
def test_who_is_not_known_by_a_verified_address_stays_out(
    doors: LoaApp, provider: Provider, person: Person, town: World
) -> None:
    visitor = Visitor(doors)

    answer = come_back(visitor, provider, person)

    assert_out(visitor, answer, "outside_unknown")
    with town.store.read() as rows:
        assert rows.proofs.linked_account(provider.issuer, person.subject) is None


def test_a_word_instead_of_true_verifies_nothing(doors: LoaApp, provider: Provider) -> None:
    provider.claims = {"email_verified": "true"}
    visitor = Visitor(doors)

    assert_out(visitor, come_back(visitor, provider), "outside_unknown")


def test_who_was_sent_away_stays_out(doors: LoaApp, provider: Provider, town: World) -> None:
    come_back(Visitor(doors), provider)
    with town.store.write() as rows:
        account = rows.people.by_username("phu-cat")
        assert account is not None
        rows.people.keep(replace(account, disabled_at=town.now))
    visitor = Visitor(doors)

    assert_out(visitor, come_back(visitor, provider), "account_disabled")


def test_a_second_factor_is_asked_for_all_the_same(
    doors: LoaApp, provider: Provider, town: World
) -> None:
    telephone = set_up_telephone(town, town.commune)
    visitor = Visitor(doors)

    half = come_back(visitor, provider)
    between = visitor.get("/session").status_code
    done = visitor.client.post("/dang-nhap/ma", data={"code": telephone.code(), "next": "/cum-loa"})

    assert half.headers["Location"] == "/dang-nhap/ma?next=/cum-loa"
    assert between == 401
    assert done.headers["Location"] == "/cum-loa"
    assert visitor.get("/session").status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": "another-client", "azp": CLIENT_ID},
        {"aud": ["another-client", "third"]},
        {"aud": [CLIENT_ID, "another-client"], "azp": "another-client"},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"sub": None},
        {"sub": "x" * 201},
        {"exp": 1},
        {"exp": None},
        {"nbf": 4_000_000_000},
    ],
)
def test_an_answer_that_is_not_for_us_now_is_refused(
    doors: LoaApp, provider: Provider, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    visitor = Visitor(doors)

    assert_out(visitor, come_back(visitor, provider))


@pytest.mark.parametrize(
    "way", ["unsigned", "signed_with_client_secret", "signed_with_public_key", "signed_by_stranger"]
)
def test_an_answer_that_is_not_signed_by_the_provider_is_refused(
    doors: LoaApp, provider: Provider, way: str
) -> None:
    provider.sign = getattr(provider, way)
    visitor = Visitor(doors)

    assert_out(visitor, come_back(visitor, provider))


def test_changed_keys_of_the_provider_are_taken_up(doors: LoaApp, provider: Provider) -> None:
    come_back(Visitor(doors), provider)
    provider.key = key_pair("new")

    assert come_back(Visitor(doors), provider).status_code == 303


def test_a_way_back_is_good_once(doors: LoaApp, provider: Provider) -> None:
    visitor = Visitor(doors)
    back = provider.agree(depart(visitor), Person())
    cookie = visitor.client.get_cookie("loa_outside", path="/dang-nhap")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    visitor.client.get(back)
    visitor.client.delete_cookie("loa_session")

    again = visitor.client.get(back)
    visitor.client.set_cookie("loa_outside", cookie.value, path="/dang-nhap")
    with_old_cookie = visitor.client.get(back)

    assert_out(visitor, again)
    assert_out(visitor, with_old_cookie)


def test_nobody_is_signed_in_by_the_link_of_somebody_else(
    doors: LoaApp, provider: Provider
) -> None:
    attacker, victim = Visitor(doors), Visitor(doors)
    link = provider.agree(depart(attacker), Person())

    without = victim.client.get(link)
    depart(victim)
    with_own_way = victim.client.get(link)

    assert_out(victim, without)
    assert_out(victim, with_own_way)


@pytest.mark.parametrize("state", ["", "guessed", "trạng thái"])
def test_the_right_code_with_another_state_is_refused(
    doors: LoaApp, provider: Provider, state: str
) -> None:
    visitor = Visitor(doors)
    back = provider.agree(depart(visitor), Person()).partition("&state=")[0]

    assert_out(visitor, visitor.client.get(f"{back}&state={state}"))


def test_a_way_back_after_a_long_while_is_refused(
    doors: LoaApp, provider: Provider, town: World
) -> None:
    visitor = Visitor(doors)
    back = provider.agree(depart(visitor), Person())
    town.now += timedelta(minutes=11)

    assert_out(visitor, visitor.client.get(back))


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_nobody_is_led_elsewhere(doors: LoaApp, provider: Provider, wanted: str) -> None:
    answer = come_back(Visitor(doors), provider, wanted=wanted)

    assert answer.headers["Location"] == "/"


def test_the_browser_is_sent_with_all_that_protects_the_way(
    doors: LoaApp, provider: Provider
) -> None:
    url = depart(Visitor(doors))

    assert url.startswith(f"{provider.issuer}/authorize?")
    assert re.search(r"[?&]code_challenge=[\w-]{43}(&|$)", url)
    for part in ("code_challenge_method=S256", "response_type=code", "nonce=", "state="):
        assert part in url
    assert CLIENT_SECRET not in url
    assert "redirect_uri=http%3A%2F%2Flocalhost%2Fdang-nhap%2Foidc%2Fve" in url


def test_a_person_who_says_no_over_there_is_told_what_to_do(doors: LoaApp) -> None:
    visitor = Visitor(doors)
    state = re.search(r"state=([\w-]+)", depart(visitor))
    assert state is not None

    answer = visitor.client.get(f"{BACK}?error=access_denied&state={state[1]}")

    assert_out(visitor, answer)


def test_a_provider_that_speaks_for_another_is_not_believed(
    doors: LoaApp, provider: Provider
) -> None:
    provider.said_issuer = "https://evil.example"
    visitor = Visitor(doors)

    assert_out(visitor, visitor.client.get("/dang-nhap/oidc"))


def test_a_provider_that_is_away_is_said_so(town: World, tmp_path: Path) -> None:
    with running_provider(lambda: town.now) as gone:
        pass
    client = OidcClient(gone.issuer, CLIENT_ID, CLIENT_SECRET, "Gia Lai ID")
    town.services = replace(town.services, outside=OidcSignIn(client))
    visitor = Visitor(make_app(town, tmp_path))

    assert_out(visitor, visitor.client.get("/dang-nhap/oidc"), "outside_unreachable")
