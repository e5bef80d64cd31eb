"""Orders whose days are holidays: they may lie further ahead than a document reaches."""

from datetime import timedelta
from typing import Any

import pytest
from visitors import Visitor, refusal
from world import World

EVERY_DAY = {"every": 1, "unit": "day", "weekdays": None, "month_day": None, "nth": None}
ONLY_TET = {"policy": "only_on", "days": ["tet"], "times": []}


def rule(**changes: Any) -> dict[str, Any]:
    return {"mode": "rule", "times": ["06:00"], "from": "2026-11-24", "until": None, **changes}


def order(town: World, when: dict[str, Any]) -> dict[str, Any]:
    return {
        "bulletins": [town.ready(town.commune).id],
        "audiences": ["a-phu-cat"],
        "when": when,
        "class": "ordinary",
    }


@pytest.mark.parametrize(
    ("when", "next_at"),
    [
        (rule(holidays=ONLY_TET), "2027-02-04T23:00:00.000Z"),
        (
            rule(until="2026-11-24", times=["05:30"], extra=["2027-03-01T08:00"]),
            "2026-11-23T22:30:00.000Z",
        ),
        (
            rule(until="2026-11-24", left_out=["2026-11-24"], extra=["2027-03-01T08:00"]),
            "2027-03-01T01:00:00.000Z",
        ),
    ],
)
def test_what_first_sounds_months_ahead_can_be_ordered(
    town: World, commune: Visitor, when: dict[str, Any], next_at: str
) -> None:
    preview = commune.post("/broadcasts/preview", order(town, when)).get_json()
    answer = commune.post("/broadcasts", order(town, when))

    assert preview["problems"] == []
    assert preview["starts"][0]["starts_at"] == next_at
    assert answer.status_code == 201, answer.text
    assert answer.get_json()["next_at"] == next_at
    assert answer.get_json()["status"] == "scheduled"


def test_hours_are_judged_on_a_holiday_months_ahead(town: World, commune: Visitor) -> None:
    night = rule(times=["22:30"], holidays=ONLY_TET)

    assert refusal(commune.post("/broadcasts", order(town, night))) == (
        422,
        "outside_permitted_hours",
    )


def test_a_holiday_months_ahead_comes_into_the_manifest_in_time(
    town: World, commune: Visitor
) -> None:
    made = commune.post("/broadcasts", order(town, rule(holidays=ONLY_TET))).get_json()

    early = town.desk.manifest("a-phu-cat")
    town.now += timedelta(days=50)
    later = town.desk.manifest("a-phu-cat")

    assert early is not None
    assert later is not None
    (before,), (then,) = early.broadcasts, later.broadcasts
    assert before.id == then.id == made["id"]
    assert before.rule.dates == ()
    assert then.rule.dates[0] == "2027-02-05T06:00:00"
