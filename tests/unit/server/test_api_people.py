"""Administrators manage the people of their places, over HTTP, and nobody else."""

from typing import Any

import pyotp
import pytest
from loa_server.adapters.db.store import read_audit
from loa_server.api.app import LoaApp
from loa_server.domain.people import Account
from loa_server.domain.rights import Grant, Role
from telephones import set_up_telephone
from visitors import Visitor, refusal
from werkzeug.test import TestResponse
from world import World, together

AUTHOR = {"role": "author", "area": "phu-cat"}


def hire(town: World, app: LoaApp, name: str, *grants: Grant) -> Visitor:
    """An account with these roles, signed in."""
    area = grants[0].area
    account = Account(f"u-{name}", name, name, area, grants, town.passwords.hash(name))
    with town.store.write() as rows:
        rows.people.add(account)
    return Visitor(app).sign_in(name)


def new(visitor: Visitor, username: str = "lan", **changes: Any) -> TestResponse:
    wish = {"username": username, "name": "Lê Thị Lan", "email": None, "grants": [AUTHOR]}
    return visitor.post("/people", {**wish, **changes})


def change(visitor: Visitor, person: str, **changes: Any) -> TestResponse:
    now = visitor.get(f"/people/{person}").get_json()
    grants = [{"role": each["role"], "area": each["area"]} for each in now["grants"]]
    wish = {"name": now["name"], "email": now["email"], "disabled": False, "grants": grants}
    return visitor.put(f"/people/{person}", {**wish, **changes})


def roles_of(visitor: Visitor, person: str) -> set[tuple[str, str]]:
    found = visitor.get(f"/people/{person}").get_json()["grants"]
    return {(each["role"], each["area"]) for each in found}


def test_a_new_person_gets_a_password_and_signs_in_with_it(app: LoaApp, commune: Visitor) -> None:
    made = new(commune, "Lan.Le", email=" Lan@Phu-Cat.VN ")

    assert made.status_code == 201
    body = made.get_json()
    assert body["person"] == {
        "id": body["person"]["id"],
        "username": "lan.le",
        "name": "Lê Thị Lan",
        "email": "lan@phu-cat.vn",
        "disabled": False,
        "second_factor": False,
        "may_change": True,
        "grants": [{"role": "author", "area": "phu-cat", "area_name": "Phù Cát"}],
    }
    entered = Visitor(app).post("/session", {"username": "lan.le", "password": body["password"]})
    account = entered.get_json()["account"]
    assert (account["area"], account["deeds"]["write"]) == ("phu-cat", ["phu-cat"])
    assert account["deeds"]["approve"] == []
    assert body["person"] in commune.get("/people").get_json()


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"username": "phu-cat"}, 409, "id_taken"),
        ({"username": "hai người"}, 422, "bad_request"),
        ({"username": ""}, 422, "bad_request"),
        ({"username": "a" * 101}, 422, "bad_request"),
        ({"name": " "}, 422, "bad_request"),
        ({"email": "nobody"}, 422, "bad_request"),
        ({"email": "a@b.vn, c@d.vn"}, 422, "bad_request"),
        ({"email": "a@b.vn\r\nBcc: c@d.vn"}, 422, "bad_request"),
        ({"grants": []}, 422, "no_grants"),
        ({"grants": [{"role": "king", "area": "phu-cat"}]}, 422, "bad_request"),
        ({"grants": [{"role": "author", "area": "tuy-phuoc"}]}, 404, "not_found"),
        ({"grants": [{"role": "author", "area": "gia-lai"}]}, 404, "not_found"),
        ({"grants": [{"role": "author", "area": "no-such"}]}, 404, "not_found"),
    ],
)
def test_what_no_account_can_be_is_refused(
    commune: Visitor, wish: dict[str, Any], status: int, code: str
) -> None:
    assert refusal(new(commune, **wish)) == (status, code)


def test_an_address_belongs_to_one_person(commune: Visitor) -> None:
    new(commune, "lan", email="lan@phu-cat.vn")

    assert refusal(new(commune, "hoa", email="LAN@phu-cat.vn")) == (409, "email_taken")
    own = {"name": "Hà", "email": "lan@phu-cat.vn", "mail_evening": False, "locale": "vi"}
    assert refusal(commune.put("/account", own)) == (409, "email_taken")


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AREA_ADMIN, Role.PROVINCE_ADMIN}))
def test_who_manages_nobody_is_refused(town: World, app: LoaApp, role: Role) -> None:
    visitor = hire(town, app, "lan", Grant(role, "phu-cat"))

    answers = [
        visitor.get("/people"),
        visitor.get("/people/u-phu-cat"),
        new(visitor, "hoa"),
        visitor.put("/people/u-lan", {"name": "x", "email": None, "disabled": False, "grants": []}),
        visitor.post("/people/u-phu-cat/password"),
        visitor.delete("/people/u-phu-cat/second-factor"),
    ]

    assert {refusal(each) for each in answers} == {(403, "forbidden")}


def test_only_the_people_and_roles_of_ones_places_are_seen(
    town: World, app: LoaApp, commune: Visitor, province: Visitor
) -> None:
    hire(town, app, "lan", Grant(Role.AUTHOR, "an-hanh"), Grant(Role.AUTHOR, "tuy-phuoc"))

    seen = {each["username"]: each for each in commune.get("/people").get_json()}

    assert set(seen) == {"phu-cat", "lan"}
    assert roles_of(commune, "u-lan") == {("author", "an-hanh")}
    assert not seen["lan"]["may_change"]
    assert roles_of(province, "u-lan") == {("author", "an-hanh"), ("author", "tuy-phuoc")}
    unknown = commune.get("/people/u-nobody")
    assert refusal(commune.get("/people/u-tuy-phuoc")) == refusal(unknown) == (404, "not_found")


def test_roles_elsewhere_are_not_touched(
    town: World, app: LoaApp, commune: Visitor, province: Visitor
) -> None:
    hire(town, app, "lan", Grant(Role.AUTHOR, "an-hanh"), Grant(Role.AUTHOR, "tuy-phuoc"))

    assert change(commune, "u-lan", grants=[]).status_code == 200

    assert roles_of(province, "u-lan") == {("author", "tuy-phuoc")}


@pytest.mark.parametrize("changes", [{"name": "Khác"}, {"email": "x@y.vn"}, {"disabled": True}])
def test_who_works_elsewhere_too_is_not_sent_away_or_taken_over_from_one_place(
    town: World, app: LoaApp, commune: Visitor, changes: dict[str, Any]
) -> None:
    hire(town, app, "lan", Grant(Role.AUTHOR, "an-hanh"), Grant(Role.AUTHOR, "tuy-phuoc"))

    assert refusal(change(commune, "u-lan", **changes)) == (403, "forbidden")
    assert refusal(commune.post("/people/u-lan/password")) == (403, "forbidden")
    assert refusal(commune.delete("/people/u-lan/second-factor")) == (403, "forbidden")


def test_a_higher_role_is_given_taken_and_taken_over_only_by_who_has_it(
    town: World, app: LoaApp, commune: Visitor
) -> None:
    admin = hire(town, app, "lan", Grant(Role.AREA_ADMIN, "gia-lai"))
    higher = {"role": "province_admin", "area": "phu-cat"}
    hire(town, app, "hoa", Grant(Role.AUTHOR, "phu-cat"))

    assert refusal(new(admin, "mai", grants=[higher])) == (403, "forbidden")
    assert refusal(change(admin, "u-phu-cat", grants=[AUTHOR])) == (403, "forbidden")
    assert refusal(admin.post("/people/u-phu-cat/password")) == (403, "forbidden")
    assert change(admin, "u-hoa", name="Hoa").status_code == 200
    assert new(commune, "mai", grants=[higher]).status_code == 201


def test_who_is_disabled_is_out_at_once_and_may_come_back(
    town: World, app: LoaApp, commune: Visitor
) -> None:
    lan = hire(town, app, "lan", Grant(Role.AUTHOR, "phu-cat"))

    answer = change(commune, "u-lan", disabled=True)

    assert answer.get_json()["disabled"] is True
    assert refusal(lan.get("/session")) == (401, "not_signed_in")
    again = {"username": "lan", "password": "lan"}
    assert refusal(Visitor(app).post("/session", again)) == (403, "account_disabled")
    wrong = {"username": "lan", "password": "no"}
    assert refusal(Visitor(app).post("/session", wrong)) == (401, "wrong_credentials")

    change(commune, "u-lan", disabled=False)
    assert refusal(lan.get("/session")) == (401, "not_signed_in")
    assert Visitor(app).post("/session", again).status_code == 200


def test_changed_roles_count_from_the_next_request_on(
    town: World, app: LoaApp, commune: Visitor
) -> None:
    lan = hire(town, app, "lan", Grant(Role.AUTHOR, "phu-cat"))
    station = {"name": "Loa mới", "area": "phu-cat"}
    before = lan.post("/stations", station)

    change(commune, "u-lan", grants=[{"role": "operator", "area": "phu-cat"}])

    assert refusal(before) == (403, "forbidden")
    assert lan.post("/stations", station).status_code == 201
    assert refusal(lan.upload()) == (403, "forbidden")


def test_who_moves_to_another_place_belongs_there(
    town: World, app: LoaApp, province: Visitor
) -> None:
    lan = hire(town, app, "lan", Grant(Role.AUTHOR, "phu-cat"))

    change(province, "u-lan", grants=[{"role": "author", "area": "tuy-phuoc"}])

    assert lan.get("/session").get_json()["account"]["area"] == "tuy-phuoc"


def test_a_new_password_ends_all_sessions(town: World, app: LoaApp, commune: Visitor) -> None:
    lan = hire(town, app, "lan", Grant(Role.AUTHOR, "phu-cat"))

    password = commune.post("/people/u-lan/password").get_json()["password"]

    assert refusal(lan.get("/session")) == (401, "not_signed_in")
    fresh = Visitor(app).post("/session", {"username": "lan", "password": password})
    assert fresh.status_code == 200


def test_a_lost_telephone_is_taken_off_by_the_administrator(
    town: World, app: LoaApp, commune: Visitor
) -> None:
    hire(town, app, "lan", Grant(Role.AUTHOR, "phu-cat"))
    with town.store.read() as rows:
        lan = rows.people.by_username("lan")
    assert lan is not None
    set_up_telephone(town, lan)
    assert commune.get("/people/u-lan").get_json()["second_factor"] is True

    assert commune.delete("/people/u-lan/second-factor").status_code == 204

    assert commune.get("/people/u-lan").get_json()["second_factor"] is False
    assert Visitor(app).sign_in("lan").get("/session").status_code == 200


@pytest.mark.parametrize("changes", [{"grants": [AUTHOR]}, {"disabled": True}])
def test_the_last_who_manages_the_top_cannot_go(
    town: World, app: LoaApp, changes: dict[str, Any]
) -> None:
    root = hire(town, app, "root", Grant(Role.PROVINCE_ADMIN, "vn"))

    assert refusal(change(root, "u-root", **changes)) == (409, "last_manager")

    hire(town, app, "second", Grant(Role.AREA_ADMIN, "vn"))
    assert change(root, "u-root", **changes).status_code == 200


def test_somebody_disabled_does_not_count_as_the_other_manager(town: World, app: LoaApp) -> None:
    root = hire(town, app, "root", Grant(Role.PROVINCE_ADMIN, "vn"))
    hire(town, app, "second", Grant(Role.AREA_ADMIN, "vn"))
    change(root, "u-second", disabled=True)

    assert refusal(change(root, "u-root", disabled=True)) == (409, "last_manager")


def test_the_last_two_cannot_send_each_other_away_at_the_same_moment(
    town: World, app: LoaApp
) -> None:
    one = hire(town, app, "one", Grant(Role.AREA_ADMIN, "vn"))
    two = hire(town, app, "two", Grant(Role.AREA_ADMIN, "vn"))
    gone = {"name": "x", "email": None, "disabled": True, "grants": [AUTHOR]}

    together(lambda: one.put("/people/u-two", gone), lambda: two.put("/people/u-one", gone))

    left = [who for who in (one, two) if who.get("/session").status_code == 200]
    assert len(left) == 1


def test_a_commune_may_lose_its_manager_since_the_province_remains(
    town: World, app: LoaApp, province: Visitor
) -> None:
    hire(town, app, "lan", Grant(Role.AREA_ADMIN, "tuy-phuoc"))

    assert change(province, "u-tuy-phuoc", disabled=True).status_code == 200
    assert change(province, "u-lan", disabled=True).status_code == 200


def test_everything_is_written_down_and_no_password_is(town: World, commune: Visitor) -> None:
    made = new(commune).get_json()
    person = made["person"]["id"]
    change(commune, person, grants=[{"role": "operator", "area": "an-hanh"}])
    reset = commune.post(f"/people/{person}/password").get_json()["password"]

    rows = [row for row, _ in read_audit(town.engine)][-3:]
    told = repr(read_audit(town.engine))

    assert [row.action for row in rows] == ["account_created", "account_changed", "password_reset"]
    assert rows[1].facts["grants_before"] == ["author@phu-cat"]
    assert rows[1].facts["grants"] == ["operator@an-hanh"]
    assert all(password not in told for password in (made["password"], reset))


def test_the_browsers_are_told(town: World, commune: Visitor) -> None:
    before = town.queries.changes().get("people", 0)

    new(commune)

    assert town.queries.changes()["people"] == before + 1


def test_people_write_their_own_name_address_and_language(commune: Visitor) -> None:
    own = {"name": "Hà", "email": "ha@phu-cat.vn", "mail_evening": True, "locale": "en"}

    answer = commune.put("/account", own)

    account = commune.get("/session").get_json()["account"]
    assert answer.get_json() == account
    assert {name: account[name] for name in own} == own


@pytest.mark.parametrize(
    "changes",
    [{"email": None}, {"locale": "fr"}, {"name": ""}, {"email": "x"}, {"disabled": False}],
)
def test_what_an_own_account_cannot_be_is_refused(
    commune: Visitor, changes: dict[str, Any]
) -> None:
    own = {"name": "Hà", "email": "ha@phu-cat.vn", "mail_evening": True, "locale": "en"}

    assert refusal(commune.put("/account", {**own, **changes})) == (422, "bad_request")


def test_a_second_factor_is_set_up_used_and_removed(
    town: World, app: LoaApp, commune: Visitor
) -> None:
    offer = commune.post("/account/second-factor", {"password": "phu-cat"}).get_json()
    totp = pyotp.TOTP(offer["secret"])

    wrong = commune.put("/account/second-factor", {"code": "12345"})
    codes = commune.put("/account/second-factor", {"code": totp.at(town.now)}).get_json()

    assert offer["uri"].startswith("otpauth://totp/Loa:phu-cat?secret=")
    assert offer["qr_svg"].startswith("<svg")
    assert refusal(wrong) == (403, "wrong_code")
    assert len(codes["recovery_codes"]) == 10
    assert commune.get("/session").get_json()["account"]["second_factor"] is True
    enter = {"username": "phu-cat", "password": "phu-cat"}
    asked = Visitor(app).post("/session", enter)
    let_in = Visitor(app).post("/session", {**enter, "code": codes["recovery_codes"][0]})
    assert refusal(asked) == (403, "second_factor_needed")
    assert let_in.status_code == 200

    body = {"code": totp.at(town.now, counter_offset=1)}
    path = "/api/v1/account/second-factor"
    removed = commune.client.delete(path, json=body, headers=commune.headers)
    assert removed.status_code == 204
    assert Visitor(app).post("/session", enter).status_code == 200
