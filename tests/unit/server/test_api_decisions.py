"""Who decides sees beforehand what it would do."""

from datetime import timedelta
from typing import Any

from visitors import Visitor, refusal
from world import World

FIVE_PM = {"mode": "at", "start": "2026-11-24T17:00"}


def order(town: World, title: str, **changes: Any) -> dict[str, Any]:
    return {
        "bulletins": [town.ready(town.commune, title).id],
        "audiences": ["a-phu-cat"],
        "when": FIVE_PM,
        "class": "ordinary",
        **changes,
    }


def test_an_approver_sees_what_a_waiting_broadcast_would_meet(
    town: World, commune: Visitor, province: Visitor
) -> None:
    stronger = commune.post("/broadcasts", order(town, "Thời sự", **{"class": "priority"}))
    assert province.put("/areas/phu-cat", {"self_approval": False}).status_code == 200
    waiting = commune.post("/broadcasts", order(town, "Tiêm chủng")).get_json()
    assert waiting["status"] == "waiting"

    answer = province.get(f"/broadcasts/{waiting['id']}/preview")

    assert answer.status_code == 200, answer.text
    [conflict] = answer.get_json()["conflicts"]
    assert conflict["winner"]["broadcast"] == stronger.get_json()["id"]
    assert conflict["loser"]["broadcast"] == waiting["id"]
    assert answer.get_json()["starts"][0]["starts_at"] == "2026-11-24T10:00:00.000Z"


def test_a_waiting_broadcast_meant_for_now_is_previewed_as_of_now(
    town: World, commune: Visitor, province: Visitor
) -> None:
    assert province.put("/areas/phu-cat", {"self_approval": False}).status_code == 200
    wish = order(town, "Mất nước", when={"mode": "now"})
    waiting = commune.post("/broadcasts", wish).get_json()
    town.now += timedelta(minutes=30)

    found = province.get(f"/broadcasts/{waiting['id']}/preview").get_json()

    assert found["problems"] == []
    assert found["starts"][0]["starts_at"] > waiting["created_at"]


def test_a_change_is_previewed_as_if_the_old_one_had_given_way(
    town: World, commune: Visitor, province: Visitor
) -> None:
    series = {"mode": "rule", "times": ["17:00"], "from": "2026-11-24"}
    old = commune.post("/broadcasts", order(town, "Thời sự", when=series)).get_json()
    assert province.put("/areas/phu-cat", {"self_approval": False}).status_code == 200
    change = {"scope": "all", "occurrence": "2026-11-24T17:00", "slot_min": 5}
    waiting = commune.post(f"/broadcasts/{old['id']}/change", change).get_json()
    assert waiting["status"] == "waiting", waiting

    found = province.get(f"/broadcasts/{waiting['id']}/preview").get_json()

    assert (found["problems"], found["conflicts"]) == ([], [])
    assert found["slot_ms"] == 300_000


def test_what_lies_elsewhere_is_not_previewed(
    town: World, commune: Visitor, neighbour: Visitor
) -> None:
    made = commune.post("/broadcasts", order(town, "Tiêm chủng")).get_json()

    assert refusal(neighbour.get(f"/broadcasts/{made['id']}/preview")) == (404, "not_found")
