"""Previews, approvals and changes over HTTP: what screens show and press."""

from pathlib import Path
from typing import Any

import pytest
from loa_server.domain.people import Account
from loa_server.domain.rights import Role
from office import Office
from visitors import Visitor, make_app, refusal
from world import World

Json = dict[str, Any]
DAILY = {"mode": "rule", "times": ["17:00"], "from": "2026-11-24"}


@pytest.fixture
def office(town: World) -> Office:
    return Office(town)


@pytest.fixture
def people(office: Office, tmp_path: Path) -> dict[str, Visitor]:
    app = make_app(office.world, tmp_path)
    return {name: Visitor(app).sign_in(name) for name in ("lan", "hung", "mai", "tuy-phuoc")}


def wish(office: Office, author: Account | None = None, **changes: Any) -> Json:
    piece = office.world.ready(author or office.author)
    return {"bulletins": [piece.id], "audiences": ["a-phu-cat"], "when": DAILY, **changes}


def test_approvers_see_what_waits_and_all_see_who_decided(
    office: Office, people: dict[str, Visitor]
) -> None:
    waiting = people["lan"].post("/broadcasts", wish(office)).get_json()
    lists = {name: len(who.get("/approvals").get_json()) for name, who in people.items()}

    answer = people["hung"].post(f"/broadcasts/{waiting['id']}/approve", {"note": "Đồng ý"})
    late = people["mai"].post(f"/broadcasts/{waiting['id']}/approve", {})

    shown = people["lan"].get(f"/broadcasts/{waiting['id']}").get_json()
    assert (waiting["status"], waiting["approval"]["state"]) == ("waiting", "waiting")
    assert (waiting["may_approve"], waiting["may_change"]) == (False, False)
    assert lists == {"lan": 0, "hung": 1, "mai": 1, "tuy-phuoc": 0}
    assert answer.status_code == 200
    assert refusal(late) == (409, "already_decided")
    assert late.get_json()["facts"]["by"] == "Hung"
    assert shown["status"] == "scheduled"
    assert shown["approval"] == {
        "state": "approved",
        "by_name": "Hung",
        "at": "2026-11-23T03:00:00.000Z",
        "note": "Đồng ý",
    }
    assert people["mai"].get("/approvals").get_json() == []


def test_a_refusal_says_why(office: Office, people: dict[str, Visitor]) -> None:
    waiting = people["lan"].post("/broadcasts", wish(office)).get_json()
    path = f"/broadcasts/{waiting['id']}/refuse"

    silent = people["hung"].post(path, {"note": ""})
    answer = people["hung"].post(path, {"note": "Trùng giờ họp"}).get_json()

    assert refusal(silent) == (422, "note_needed")
    assert (answer["status"], answer["approval"]["note"]) == ("refused", "Trùng giờ họp")


@pytest.mark.parametrize("deed", ["approve", "refuse"])
def test_what_waits_elsewhere_does_not_exist(
    office: Office, people: dict[str, Visitor], deed: str
) -> None:
    waiting = people["lan"].post("/broadcasts", wish(office)).get_json()
    body = {"note": "x"}

    foreign = people["tuy-phuoc"].post(f"/broadcasts/{waiting['id']}/{deed}", body)
    unknown = people["tuy-phuoc"].post(f"/broadcasts/bp-none/{deed}", body)

    assert refusal(foreign) == refusal(unknown) == (404, "not_found")


def test_a_preview_tells_starts_lunar_days_conflicts_and_what_is_needed(
    office: Office, people: dict[str, Visitor]
) -> None:
    office.allow_alone()
    first = wish(office, office.chief, **{"class": "priority"})
    people["mai"].post("/broadcasts", first)
    asked = wish(office, office.chief, slot_min=30, title="Giá lúa")

    alone = people["mai"].post("/broadcasts/preview", asked).get_json()
    waits = people["lan"].post("/broadcasts/preview", asked).get_json()

    assert (alone["needs"], waits["needs"]) == ("nothing", "approval")
    assert (alone["duration_ms"], alone["slot_ms"]) == (60_000, 1_800_000)
    assert alone["station_count"] == 2
    assert alone["problems"] == []
    assert len(alone["starts"]) == 10
    assert alone["starts"][0] == {
        "starts_at": "2026-11-24T10:00:00.000Z",
        "lunar": {"day": 16, "month": 10, "leap": False},
        "holidays": [],
    }
    assert alone["conflict_count"] == len(alone["conflicts"]) == 8
    assert alone["conflicts"][0] == {
        "starts_at": "2026-11-24T10:00:00.000Z",
        "winner": {
            "broadcast": people["mai"].get("/broadcasts").get_json()[0]["id"],
            "title": "Tiêm chủng",
            "area_name": "Phù Cát",
            "class": "priority",
        },
        "loser": {
            "broadcast": None,
            "title": "Giá lúa",
            "area_name": "Phù Cát",
            "class": "ordinary",
        },
        "outcome": "silent",
        "reason": "overlap",
        "new_start_at": None,
        "lost_ms": 60_000,
        "station_count": 2,
        "may_reorder_area": None,
    }


def test_two_priorities_may_be_turned_round_by_who_approves_there(
    office: Office, people: dict[str, Visitor]
) -> None:
    office.allow_alone()
    first = people["mai"].post("/broadcasts", wish(office, office.chief, **{"class": "priority"}))
    second = people["mai"].post("/broadcasts", wish(office, office.chief, **{"class": "priority"}))
    asked = wish(office, office.chief, **{"class": "priority"})
    ids = [first.get_json()["id"], second.get_json()["id"]]

    may = people["mai"].post("/broadcasts/preview", asked).get_json()["conflicts"][0]
    may_not = people["lan"].post("/broadcasts/preview", asked).get_json()["conflicts"][0]
    turned = people["mai"].put("/areas/phu-cat/order", {"broadcasts": ids[::-1]})
    foreign = people["tuy-phuoc"].get("/areas/phu-cat/order")

    assert (may["may_reorder_area"], may_not["may_reorder_area"]) == ("phu-cat", None)
    assert [each["id"] for each in turned.get_json()["broadcasts"]] == ids[::-1]
    assert all(each["decided"] for each in turned.get_json()["broadcasts"])
    assert people["lan"].get("/areas/phu-cat/order").get_json() == turned.get_json()
    assert refusal(foreign) == (404, "not_found")


def test_what_is_wrong_is_part_of_the_preview_and_refuses_the_order(
    office: Office, people: dict[str, Visitor]
) -> None:
    night = wish(office, when={"mode": "at", "start": "2026-11-24T22:00"})
    override = {"reason": "Lễ hội đình làng", "until": "2026-11-24"}

    shown = people["lan"].post("/broadcasts/preview", night).get_json()
    refused = people["lan"].post("/broadcasts", night)
    asked = people["lan"].post("/broadcasts", {**night, "override": override}).get_json()

    assert shown["needs"] == "override"
    (problem,) = shown["problems"]
    assert problem["code"] == "outside_permitted_hours"
    assert problem["facts"]["field"] == "when"
    assert refusal(refused) == (422, "outside_permitted_hours")
    assert asked["override"] == {
        "reason": "Lễ hội đình làng",
        "asked_by_name": "Lan",
        "second_by_name": None,
        "until": "2026-11-24",
    }
    assert refusal(people["hung"].post(f"/broadcasts/{asked['id']}/approve", {})) == (
        403,
        "second_factor_missing",
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"bulletins": []}, "no_bulletin"),
        ({"programme": "ct-none"}, "no_bulletin"),
        ({"bulletins": [], "programme": "ct-none"}, "not_found"),
        ({"bulletins": ["bt-none"]}, "not_found"),
        ({"late": {"policy": "slip"}}, "slip_out_of_range"),
        ({"late": {"policy": "resume", "slip_min": 241}}, "slip_out_of_range"),
        ({"slot_min": 0}, "bad_request"),
        ({"class": "live"}, "forbidden"),
        ({"class": "emergency"}, "forbidden"),
        ({"title": "x" * 201}, "bad_request"),
        ({"override": {"reason": "vội", "until": "2026-11-24"}}, "override_reason"),
    ],
)
def test_an_order_that_cannot_be_names_its_reason(
    office: Office, people: dict[str, Visitor], changes: Json, code: str
) -> None:
    asked = {**wish(office), **changes}

    assert refusal(people["lan"].post("/broadcasts", asked))[1] == code


def test_one_occurrence_is_cancelled_another_moved_and_the_series_ended(
    office: Office, people: dict[str, Visitor]
) -> None:
    office.allow_alone()
    mai = people["mai"]
    made = mai.post("/broadcasts", wish(office, office.chief)).get_json()
    path = f"/broadcasts/{made['id']}"
    moved = {"scope": "one", "occurrence": "2026-11-26T17:00", "start": "2026-11-26T18:00"}

    cancelled = mai.post(f"{path}/occurrences/2026-11-25T17:00/cancel", {})
    shown = mai.post(f"{path}/change/preview", moved).get_json()
    changed = mai.post(f"{path}/change", moved)
    ended = mai.post(f"{path}/end", {"occurrence": "2026-11-28T17:00"})

    old = mai.get(path).get_json()
    assert (cancelled.status_code, changed.status_code, ended.status_code) == (204, 201, 204)
    assert [each["starts_at"] for each in shown["starts"]] == ["2026-11-26T11:00:00.000Z"]
    assert changed.get_json()["replaces"] == {
        "broadcast": made["id"],
        "scope": "one",
        "occurrence": "2026-11-26T17:00:00",
    }
    assert old["when"]["left_out"] == ["2026-11-25", "2026-11-26"]
    assert old["ends_at"] == "2026-11-28T10:00:00.000Z"


@pytest.mark.parametrize(
    "start", ["nonsense", "2026-11-24T17:01", "2026-11-24", "9999-12-31T23:59"]
)
def test_an_occurrence_that_is_none_is_not_cancelled(
    office: Office, people: dict[str, Visitor], start: str
) -> None:
    office.allow_alone()
    made = people["mai"].post("/broadcasts", wish(office, office.chief)).get_json()

    answer = people["mai"].post(f"/broadcasts/{made['id']}/occurrences/{start}/cancel", {})

    assert refusal(answer) == (422, "occurrence_unknown")


def test_a_bulletin_that_sounds_here_by_order_from_above_may_be_used(
    office: Office, people: dict[str, Visitor]
) -> None:
    above = office.person("vinh", Role.AUTHOR, area="gia-lai")
    theirs = office.world.ready(above, "Của tỉnh")
    asked = {"bulletins": [theirs.id], "audiences": ["a-phu-cat"], "when": DAILY}
    unheard = refusal(people["lan"].post("/broadcasts", asked))
    office.allow_alone("gia-lai")
    office.allow_alone()
    world = office.world
    world.broadcast("a-gia-lai", actor=world.province, bulletin=theirs)

    heard = people["lan"].post("/broadcasts", asked)

    assert unheard == (404, "not_found")
    assert heard.status_code == 201
