"""Orders over HTTP: what was chosen comes back, and every refusal has its status."""

from datetime import timedelta
from typing import Any

import pytest
from visitors import Visitor, refusal
from world import NOW, World, a_play

DAILY = {"mode": "rule", "times": ["17:00", "05:30"], "from": "2026-11-24", "until": "2026-11-30"}
EVERY_DAY = {"every": 1, "unit": "day", "weekdays": None, "month_day": None, "nth": None}
AS_USUAL: dict[str, Any] = {"policy": "as_usual", "days": [], "times": []}
MONTHLY = {
    "mode": "rule",
    "times": ["05:30", "17:00"],
    "from": "2026-11-24",
    "until": None,
    "repeat": {**EVERY_DAY, "every": 2, "unit": "month", "nth": {"week": -1, "weekday": 7}},
    "extra": ["2026-12-01T08:00"],
    "left_out": ["2027-01-31", "2027-03-28T05:30"],
    "holidays": {"policy": "other_times", "days": ["tet", "own"], "times": ["06:00"]},
}


def order(town: World, **changes: Any) -> dict[str, Any]:
    bulletin = changes.pop("bulletin", None) or town.ready(town.commune).id
    return {
        "bulletins": [bulletin],
        "audiences": ["a-phu-cat"],
        "when": {"mode": "now"},
        "class": "ordinary",
        **changes,
    }


def test_a_broadcast_sent_now_starts_when_stations_can_be_ready(
    town: World, commune: Visitor
) -> None:
    answer = commune.post("/broadcasts", order(town, delay_s=20))

    assert answer.status_code == 201
    broadcast = answer.get_json()
    assert commune.get("/broadcasts").get_json() == [broadcast]
    assert commune.get(f"/broadcasts/{broadcast['id']}").get_json() == broadcast
    bulletins = broadcast.pop("bulletins")
    assert len(bulletins) == 1
    assert broadcast.pop("id").startswith("bp-")
    assert broadcast == {
        "title": "Tiêm chủng",
        "class": "ordinary",
        "audiences": [{"id": "a-phu-cat", "name": "Phù Cát"}],
        "when": {"mode": "at", "start": "2026-11-23T10:00:20"},
        "author_name": "Cán bộ phu-cat",
        "created_at": "2026-11-23T03:00:00.000Z",
        "ends_at": None,
        "stopped_at": None,
        "next_at": "2026-11-23T03:00:20.000Z",
        "station_count": 2,
        "duration_ms": 60_000,
        "status": "scheduled",
        "programme": None,
        "at_once": True,
        "late": {"policy": "join", "slip_min": 0},
        "slot_ms": None,
        "area": "phu-cat",
        "area_name": "Phù Cát",
        "approval": {
            "state": "approved",
            "by_name": "Cán bộ phu-cat",
            "at": "2026-11-23T03:00:00.000Z",
            "note": None,
        },
        "override": None,
        "replaces": None,
        "withheld": [],
        "may_stop": True,
        "may_change": True,
        "may_approve": False,
    }


def test_a_chosen_minute_is_local(town: World, commune: Visitor) -> None:
    when = {"mode": "at", "start": "2026-11-24T17:00"}

    broadcast = commune.post("/broadcasts", order(town, when=when)).get_json()

    assert broadcast["when"] == {"mode": "at", "start": "2026-11-24T17:00:00"}
    assert broadcast["next_at"] == "2026-11-24T10:00:00.000Z"


@pytest.mark.parametrize("until", ["2026-11-30", None])
def test_every_day_comes_back_as_it_was_chosen(
    town: World, commune: Visitor, until: str | None
) -> None:
    when = {**DAILY, "until": until}

    broadcast = commune.post("/broadcasts", order(town, when=when)).get_json()

    assert broadcast["when"] == {
        **when,
        "times": ["05:30", "17:00"],
        "repeat": EVERY_DAY,
        "extra": [],
        "left_out": [],
        "holidays": AS_USUAL,
    }
    assert broadcast["next_at"] == "2026-11-23T22:30:00.000Z"


def test_a_series_comes_back_as_it_was_chosen_and_can_be_sent_again(
    town: World, commune: Visitor
) -> None:
    first = commune.post("/broadcasts", order(town, when=MONTHLY)).get_json()
    again = commune.post("/broadcasts", order(town, when=first["when"])).get_json()

    assert first["when"] == again["when"] == MONTHLY
    assert first["next_at"] == "2026-11-28T22:30:00.000Z"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"audiences": []}, 422, "no_audience"),
        ({"audiences": ["g-none"]}, 422, "audience_unknown"),
        ({"audiences": ["a-nowhere"]}, 422, "audience_unknown"),
        ({"audiences": ["s-tuy-phuoc-1"]}, 422, "audience_unknown"),
        ({"audiences": ["a-gia-lai"]}, 403, "forbidden"),
        ({"bulletin": "bt-none"}, 404, "not_found"),
        ({"when": {"mode": "at", "start": "2026-11-22T17:00"}}, 422, "start_in_past"),
        ({"when": {"mode": "at", "start": "2026-11-24T23:30"}}, 422, "outside_permitted_hours"),
        ({"when": {**DAILY, "times": []}}, 422, "rule_never"),
        ({"when": {**DAILY, "until": "2026-11-23"}}, 422, "ends_before_start"),
        (
            {"when": {**DAILY, "left_out": ["2026-11-25"] * 10_000}},
            422,
            "too_many_exceptions",
        ),
        ({"delay_s": 1}, 422, "bad_rule"),
    ],
)
def test_an_order_that_cannot_be_is_refused_by_its_reason(
    town: World, commune: Visitor, changes: dict[str, Any], status: int, code: str
) -> None:
    assert refusal(commune.post("/broadcasts", order(town, **changes))) == (status, code)


def test_a_bulletin_that_is_not_ready_is_not_sent(town: World, commune: Visitor) -> None:
    bulletin = town.upload().id

    answer = commune.post("/broadcasts", order(town, bulletin=bulletin))

    assert refusal(answer) == (422, "bulletin_not_ready")


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"when": {"mode": "someday"}}, {"when": "union_tag_invalid"}),
        ({"when": {"mode": "at"}}, {"when.at.start": "missing"}),
        (
            {"when": {"mode": "at", "start": "9999-12-31T00:00"}},
            {"when.at.start": "less_than_equal"},
        ),
        (
            {"when": {"mode": "at", "start": "2026-11-24T17:00+07:00"}},
            {"when.at.start": "timezone_naive"},
        ),
        (
            {"when": {**DAILY, "times": ["25:00"]}},
            {"when.rule.times.0": "string_pattern_mismatch"},
        ),
        ({"when": {**DAILY, "until": "9999-12-31"}}, {"when.rule.until": "less_than_equal"}),
        ({"when": {**DAILY, "until": "2027-02-31"}}, {"when.rule.until": "day_unknown"}),
        ({"when": {"mode": "at", "start": "2027-02-31T17:00"}}, {"when.at.start": "day_unknown"}),
        ({"when": {**DAILY, "left_out": ["2027-02-31"]}}, {"when.rule.left_out.0": "day_unknown"}),
        (
            {"when": {**DAILY, "repeat": {"unit": "year"}}},
            {"when.rule.repeat.unit": "enum"},
        ),
        ({"class": "loud"}, {"class": "enum"}),
        ({"audiences": "a-phu-cat"}, {"audiences": "list_type"}),
    ],
)
def test_a_malformed_order_is_refused_by_its_fields(
    town: World, commune: Visitor, changes: dict[str, Any], fields: dict[str, str]
) -> None:
    answer = commune.post("/broadcasts", order(town, **changes))

    assert refusal(answer) == (422, "bad_request")
    assert answer.get_json()["facts"] == {"fields": fields}


def test_the_way_of_each_station_is_shown_and_ends_in_the_log(
    town: World, commune: Visitor
) -> None:
    broadcast = town.broadcast()
    at = NOW.replace(hour=10)
    town.report("phu-cat-1", *a_play(1, broadcast, at))
    town.now = at + timedelta(minutes=2)

    rows = commune.get(f"/broadcasts/{broadcast.id}/progress").get_json()
    plays = commune.get("/plays?limit=5").get_json()

    steps = {row["station"]: row["step"] for row in rows}
    assert steps == {"phu-cat-1": "played", "an-hanh-1": "waiting"}
    row = next(row for row in rows if row["station"] == "phu-cat-1")
    assert len(plays) == 1
    play = plays[0]
    shared = ("station", "station_name", "occurrence", "planned_at", "actual_at", "difference_ms")
    assert {key: row[key] for key in shared} == {key: play[key] for key in shared}
    assert (play["outcome"], play["title"], play["broadcast"]) == (
        "played",
        "Tiêm chủng",
        broadcast.id,
    )
    assert (play["actual_at"], play["difference_ms"]) == ("2026-11-23T10:00:00.012Z", 12)


def test_a_stopped_broadcast_stays_stopped(town: World, commune: Visitor) -> None:
    broadcast = town.broadcast()

    answers = [commune.post(f"/broadcasts/{broadcast.id}/stop").status_code for _ in range(2)]

    assert answers == [204, 204]
    shown = commune.get(f"/broadcasts/{broadcast.id}").get_json()
    assert (shown["status"], shown["next_at"]) == ("stopped", None)


@pytest.mark.parametrize("limit", ["0", "1001", "many"])
def test_the_log_is_asked_for_in_reasonable_portions(commune: Visitor, limit: str) -> None:
    assert refusal(commune.get(f"/plays?limit={limit}")) == (422, "bad_request")
