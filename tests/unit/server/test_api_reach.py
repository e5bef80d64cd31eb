"""Nobody reads or changes anything outside the area under which they work."""

from dataclasses import fields
from pathlib import Path

import pytest
from loa_server.bootstrap.web import document
from loa_server.config import Settings
from samples import Named, Operation, operations
from visitors import Visitor, refusal
from world import World

GUESSES = ("some-id", "u-nobody", "a-phu-cat", "%2e%2e", "' or 1=1 --", "Loa" * 100, "\x00")


BY_ID = [
    each for each in operations(document(Settings(data=Path("unused")))) if "_id}" in each.path
]


@pytest.mark.parametrize("operation", BY_ID, ids=str)
def test_guessed_ids_lead_nowhere(operation: Operation, province: Visitor) -> None:
    guessed = [Named(*[guess] * len(fields(Named))) for guess in GUESSES]

    answers = [operation.ask(province.client, province.headers, each) for each in guessed]

    assert {answer.status_code for answer in answers} <= {404, 422}
    assert all(set(answer.get_json()) == {"code", "facts"} for answer in answers)


def test_lists_hold_only_what_lies_in_reach(
    town: World, province: Visitor, commune: Visitor, neighbour: Visitor
) -> None:
    town.broadcast(actor=town.commune)

    seen = {
        name: {
            visitor: len(who.get(f"/{name}").get_json())
            for visitor, who in (("p", province), ("c", commune), ("n", neighbour))
        }
        for name in ("areas", "stations", "bulletins", "broadcasts", "plays")
    }

    assert seen == {
        "areas": {"p": 5, "c": 4, "n": 3},
        "stations": {"p": 3, "c": 2, "n": 1},
        "bulletins": {"p": 1, "c": 1, "n": 0},
        "broadcasts": {"p": 1, "c": 1, "n": 0},
        "plays": {"p": 0, "c": 0, "n": 0},
    }


def test_what_the_province_ordered_is_followed_in_the_commune_but_stopped_only_above(
    town: World, province: Visitor, commune: Visitor
) -> None:
    broadcast = town.broadcast("a-gia-lai", actor=town.province)
    path = f"/broadcasts/{broadcast.id}"

    below = commune.get(path).get_json()
    followed = commune.get(f"{path}/progress").get_json()
    refused = commune.post(f"{path}/stop", {})
    stopped = province.post(f"{path}/stop", {})

    assert (below["may_stop"], below["station_count"]) == (False, 2)
    assert len(followed) == 2
    assert refusal(refused) == (403, "forbidden")
    assert stopped.status_code == 204


def test_nobody_adds_a_station_or_sends_anything_elsewhere(
    town: World, commune: Visitor, province: Visitor
) -> None:
    mine = town.ready(town.commune)
    order = {"bulletins": [mine.id], "when": {"mode": "now"}}

    station = commune.post("/stations", {"name": "Loa lạ", "area": "tuy-phuoc"})
    above = commune.post("/broadcasts", {**order, "audiences": ["a-gia-lai"]})
    beside = commune.post("/broadcasts", {**order, "audiences": ["a-phu-cat", "s-tuy-phuoc-1"]})
    below = province.post("/broadcasts", {**order, "audiences": ["s-tuy-phuoc-1"]})

    assert refusal(station) == (404, "not_found")
    assert refusal(above) == (403, "forbidden")
    assert refusal(beside) == (422, "audience_unknown")
    assert below.status_code == 201


def test_a_bulletin_of_others_cannot_be_sent_by_its_id(town: World, neighbour: Visitor) -> None:
    theirs = town.ready(town.commune)
    order = {"bulletins": [theirs.id], "audiences": ["a-tuy-phuoc"], "when": {"mode": "now"}}

    assert refusal(neighbour.post("/broadcasts", order)) == (404, "not_found")


def test_an_emergency_is_not_sent_by_an_ordinary_account(town: World, province: Visitor) -> None:
    bulletin = town.ready(town.province)
    order = {
        "bulletins": [bulletin.id],
        "audiences": ["a-gia-lai"],
        "when": {"mode": "now"},
        "class": "emergency",
    }

    assert refusal(province.post("/broadcasts", order)) == (403, "forbidden")
