"""What will sound: the coming hours and the timetable, and nobody sees beyond their reach."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from loa_agent.protocol.documents import Caps, Window
from loa_server.adapters.db.engine import writing
from loa_server.adapters.db.tables import broadcast as broadcasts
from loa_server.adapters.db.tables import station as stations
from loa_server.application.create_station import create_station
from loa_server.application.stop_broadcast import stop_broadcast
from loa_server.domain.broadcasts import Broadcast
from loa_server.domain.repeat import EVERY_DAY
from loa_server.domain.schedule import HolidayRule
from loa_server.domain.when import At, Repeating, When
from sqlalchemy import update
from visitors import Visitor, refusal
from world import NOW, World

DAY = timedelta(days=1)


def daily(*times: time, begin: date = date(2026, 11, 23)) -> When:
    return Repeating(
        times=times,
        begin=begin,
        until=None,
        repeat=EVERY_DAY,
        extra=(),
        left_out=(),
        left_out_days=(),
        holidays=HolidayRule(),
    )


def coming(visitor: Visitor, **asked: str) -> list[dict[str, Any]]:
    answer = visitor.get("/timeline", query_string=asked)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()
    return found


def timetable(visitor: Visitor, **asked: str) -> dict[str, Any]:
    answer = visitor.get("/timetable", query_string={"from": "2026-11-23", **asked})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def line_of(shown: dict[str, Any], row: str) -> list[tuple[str, str]]:
    (line,) = (each["line"] for each in shown["rows"] if each["id"] == row)
    events = [shown["events"][each] for each in shown["lines"][line]]
    return [(each["occurrence"].partition("@")[2], each["outcome"]) for each in events]


def wait_for_approval(town: World, broadcast: Broadcast) -> None:
    with writing(town.engine) as connection:
        mine = update(broadcasts).where(broadcasts.c.id == broadcast.id)
        connection.execute(mine.values(approval="waiting", decided_at=None, decided_by=None))


def limit(town: World, station: str, **limits: Any) -> None:
    with writing(town.engine) as connection:
        connection.execute(update(stations).where(stations.c.id == station).values(limits))


def test_the_next_hours_tell_what_when_and_where(town: World, commune: Visitor) -> None:
    broadcast = town.broadcast()

    (shown,) = coming(commune)

    assert shown == {
        "occurrence": f"{broadcast.id}@2026-11-23T17:00:00",
        "broadcast": broadcast.id,
        "title": "Tiêm chủng",
        "class": "ordinary",
        "area_name": "Phù Cát",
        "starts_at": "2026-11-23T10:00:00.000Z",
        "ends_at": "2026-11-23T10:01:00.000Z",
        "sounds": [
            {
                "begin": "2026-11-23T10:00:00.000Z",
                "end": "2026-11-23T10:01:00.000Z",
                "offset_ms": 0,
            }
        ],
        "outcome": "whole",
        "reason": None,
        "winner": None,
        "winner_title": None,
        "early": False,
        "station_count": 2,
        "stations": [
            {"id": "an-hanh-1", "name": "Loa an-hanh-1"},
            {"id": "phu-cat-1", "name": "Loa phu-cat-1"},
        ],
        "where": ["Phù Cát"],
    }


def test_a_window_and_a_place_may_be_asked_for(town: World, province: Visitor) -> None:
    town.broadcast("a-gia-lai", actor=town.province, when=daily(time(17, 0), time(18, 0)))
    evening = {"begin": "2026-11-24T10:30:00Z", "end": "2026-11-24T11:30:00Z"}

    (hour,) = coming(province, **evening)
    (hamlet,) = coming(province, area="an-hanh", **evening)
    (station,) = coming(province, station="phu-cat-1", **evening)

    assert hour["starts_at"] == "2026-11-24T11:00:00.000Z"
    assert (hour["station_count"], hour["where"]) == (3, ["Gia Lai"])
    assert (hamlet["station_count"], hamlet["where"]) == (1, ["An Hành"])
    assert [each["id"] for each in station["stations"]] == ["phu-cat-1"]


@pytest.mark.parametrize(
    "asked",
    [
        {"begin": "2026-11-24T10:00:00Z", "end": "2026-11-24T10:00:00Z"},
        {"begin": "2026-11-24T10:00:00Z", "end": "2026-11-23T10:00:00Z"},
        {"begin": "2026-11-24T10:00:00Z", "end": "2026-12-24T10:00:00Z"},
        {"begin": "2026-11-24T10:00:00"},
        {"begin": "0001-01-01T00:00:00Z"},
        {"begin": "9999-12-31T23:00:00Z"},
        {"begin": "yesterday"},
        {"what": "else"},
    ],
)
def test_a_window_that_is_none_is_refused(commune: Visitor, asked: dict[str, str]) -> None:
    assert refusal(commune.get("/timeline", query_string=asked)) == (422, "bad_request")


def test_early_and_late_hours_stand_out(town: World, commune: Visitor) -> None:
    town.broadcast(when=daily(time(5, 30), time(6, 0), time(20, 0), time(20, 59)))

    found = coming(commune)

    early = {each["occurrence"][-8:-3]: each["early"] for each in found}
    assert early == {"20:00": False, "20:59": False, "05:30": True, "06:00": False}


def test_where_is_said_in_the_fewest_names(town: World, province: Visitor) -> None:
    create_station(town.services, town.province, name="Loa chợ", area="phu-cat", station="cho")
    town.broadcast("a-an-hanh", "s-tuy-phuoc-1", "s-cho", actor=town.province)

    (shown,) = coming(province)

    assert shown["where"] == ["Tuy Phước", "An Hành", "Loa chợ"]


def test_one_occurrence_stands_once_for_each_of_its_fates(town: World, province: Visitor) -> None:
    low = town.broadcast("a-phu-cat", actor=town.commune, bulletin=town.ready(title="Thường"))
    town.broadcast("a-an-hanh", actor=town.province, bulletin=town.ready(town.province, "Ưu tiên"))
    with writing(town.engine) as connection:
        first = broadcasts.c.id != low.id
        connection.execute(update(broadcasts).where(first).values(class_="priority"))

    fates = {
        each["outcome"]: (each["where"], each["reason"], each["winner_title"])
        for each in coming(province)
        if each["broadcast"] == low.id
    }

    assert fates == {
        "silent": (["An Hành"], "overlap", "Ưu tiên"),
        "whole": (["Loa phu-cat-1"], None, None),
    }


def test_a_station_with_hours_and_caps_of_its_own_is_judged_by_them(
    town: World, commune: Visitor
) -> None:
    town.broadcast()
    limit(town, "phu-cat-1", hours=[Window(start="06:00", end="12:00").model_dump(mode="json")])
    limit(town, "an-hanh-1", caps=Caps(session_ms=30_000).model_dump(mode="json"))

    shown = {
        each["stations"][0]["id"]: (each["outcome"], each["reason"], each["early"])
        for each in coming(commune)
    }

    assert shown == {
        "phu-cat-1": ("silent", "outside_hours", False),
        "an-hanh-1": ("silent", "over_session_length", False),
    }


def test_a_commune_sees_nothing_of_another(
    town: World, commune: Visitor, neighbour: Visitor
) -> None:
    wide = town.broadcast("a-phu-cat", "a-tuy-phuoc", actor=town.province)
    town.broadcast("a-tuy-phuoc", actor=town.neighbour)

    shown = coming(commune)
    grid = timetable(commune)
    whole = str(shown) + str(grid) + str(timetable(commune, rows="areas"))

    assert [each["broadcast"] for each in shown] == [wide.id]
    assert "tuy-phuoc" not in whole
    assert "Tuy Phước" not in whole
    assert len(coming(neighbour)) == 2
    for asked in ({"area": "tuy-phuoc"}, {"area": "gia-lai"}, {"area": "nowhere"}):
        assert refusal(commune.get("/timeline", query_string=asked)) == (404, "not_found")
        more = {"from": "2026-11-23", **asked}
        assert refusal(commune.get("/timetable", query_string=more)) == (404, "not_found")
        more["to"] = "2026-11-24"
        assert refusal(commune.get("/days", query_string=more)) == (404, "not_found")
    for station in ("tuy-phuoc-1", "nobody"):
        asked = {"station": station}
        assert refusal(commune.get("/timeline", query_string=asked)) == (404, "not_found")


def test_who_ordered_from_beside_is_not_named(town: World, commune: Visitor) -> None:
    broadcast = town.broadcast("a-phu-cat", actor=town.province)
    with writing(town.engine) as connection:
        mine = update(broadcasts).where(broadcasts.c.id == broadcast.id)
        connection.execute(mine.values(area="tuy-phuoc"))

    (shown,) = coming(commune)

    assert shown["area_name"] == ""


def test_the_timetable_holds_each_event_once_and_rows_that_sound_alike_share_a_line(
    town: World, province: Visitor
) -> None:
    town.broadcast("a-gia-lai", actor=town.province, when=daily(time(17, 0)))
    only = town.broadcast("s-tuy-phuoc-1", actor=town.province, when=At(datetime(2026, 11, 24, 6)))

    shown = timetable(province, days="3")

    assert shown["zone"] == "Asia/Ho_Chi_Minh"
    assert [each["date"] for each in shown["days"]] == ["2026-11-23", "2026-11-24", "2026-11-25"]
    assert [(each["id"], each["area_name"]) for each in shown["rows"]] == [
        ("an-hanh-1", "An Hành"),
        ("phu-cat-1", "Phù Cát"),
        ("tuy-phuoc-1", "Tuy Phước"),
    ]
    assert len(shown["lines"]) == 2
    assert len(shown["events"]) == 4
    assert line_of(shown, "phu-cat-1") == line_of(shown, "an-hanh-1")
    assert line_of(shown, "tuy-phuoc-1") == [
        ("2026-11-23T17:00:00", "whole"),
        ("2026-11-24T06:00:00", "whole"),
        ("2026-11-24T17:00:00", "whole"),
        ("2026-11-25T17:00:00", "whole"),
    ]
    (event,) = (each for each in shown["events"] if each["broadcast"] == only.id)
    assert event == {
        "occurrence": f"{only.id}@2026-11-24T06:00:00",
        "broadcast": only.id,
        "title": "Tiêm chủng",
        "class": "ordinary",
        "starts_at": "2026-11-23T23:00:00.000Z",
        "ends_at": "2026-11-23T23:01:00.000Z",
        "slot_ms": None,
        "outcome": "whole",
        "reason": None,
        "winner_title": None,
        "waiting": False,
        "may_change": True,
    }


def test_areas_as_rows_show_the_worst_of_what_their_stations_play(
    town: World, commune: Visitor
) -> None:
    town.broadcast()
    limit(town, "an-hanh-1", hours=[Window(start="06:00", end="12:00").model_dump(mode="json")])

    shown = timetable(commune, rows="areas")

    assert [(each["id"], each["area_name"]) for each in shown["rows"]] == [
        ("phu-cat", ""),
        ("an-hanh", "Phù Cát"),
    ]
    assert line_of(shown, "phu-cat") == [("2026-11-23T17:00:00", "silent")]
    assert line_of(shown, "an-hanh") == [("2026-11-23T17:00:00", "silent")]


def test_what_was_ordered_above_is_shown_and_changed_only_there(
    town: World, province: Visitor, commune: Visitor
) -> None:
    town.broadcast("a-gia-lai", actor=town.province)

    below, above = timetable(commune), timetable(province)

    assert [each["may_change"] for each in below["events"]] == [False]
    assert [each["may_change"] for each in above["events"]] == [True]


def test_what_waits_for_approval_is_shown_as_it_would_sound_and_moves_nothing(
    town: World, commune: Visitor
) -> None:
    approved = town.broadcast(bulletin=town.ready(title="Duyệt rồi"))
    waiting = town.broadcast(bulletin=town.ready(title="Chờ duyệt"))
    later = town.broadcast(when=At(datetime(2026, 11, 23, 19)))
    for each in (waiting, later):
        wait_for_approval(town, each)

    shown = timetable(commune)

    events = {each["broadcast"]: each for each in shown["events"]}
    fates = {key: (each["waiting"], each["outcome"]) for key, each in events.items()}
    assert fates[approved.id] == (False, "whole")
    assert fates[later.id] == (True, "whole")
    assert fates[waiting.id][0]
    assert [each["broadcast"] for each in coming(commune)] == [approved.id]


def test_what_waits_to_take_the_place_of_another_is_not_judged_against_it(
    town: World, commune: Visitor
) -> None:
    old = town.broadcast(when=daily(time(17, 0)))
    new = town.broadcast(when=At(datetime(2026, 11, 24, 17)))
    wait_for_approval(town, new)
    with writing(town.engine) as connection:
        mine = update(broadcasts).where(broadcasts.c.id == new.id)
        connection.execute(
            mine.values(
                replaces=old.id, replaces_scope="one", replaces_occurrence="2026-11-24T17:00:00"
            )
        )

    shown = timetable(commune, days="2")

    fates = [(each["broadcast"], each["waiting"], each["outcome"]) for each in shown["events"]]
    assert sorted(fates) == sorted(
        [(old.id, False, "whole"), (old.id, False, "whole"), (new.id, True, "whole")]
    )


def test_what_was_stopped_stands_until_it_was(town: World, commune: Visitor) -> None:
    broadcast = town.broadcast(when=daily(time(11, 0), time(17, 0)))
    town.now = NOW + DAY + timedelta(hours=3)

    stop_broadcast(town.services, town.commune, broadcast=broadcast.id)

    shown = timetable(commune, days="7")
    assert line_of(shown, "phu-cat-1") == [
        ("2026-11-23T11:00:00", "whole"),
        ("2026-11-23T17:00:00", "whole"),
        ("2026-11-24T11:00:00", "whole"),
    ]
    assert not any(each["may_change"] for each in shown["events"])
    assert coming(commune) == []


def test_where_no_station_stands_the_timetable_is_empty(town: World, commune: Visitor) -> None:
    with writing(town.engine) as connection:
        connection.execute(update(stations).values(retired_at=NOW))
    town_empty = timetable(commune, rows="areas")

    assert (town_empty["rows"], town_empty["events"], coming(commune)) == ([], [], [])


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"from": "2026-02-31"},
        {"from": "2026-11-23", "days": "0"},
        {"from": "2026-11-23", "days": "32"},
        {"from": "2026-11-23", "rows": "people"},
        {"from": "2200-01-01"},
        {"from": "2199-12-30", "days": "3"},
    ],
)
def test_a_timetable_of_no_days_is_refused(commune: Visitor, asked: dict[str, str]) -> None:
    assert refusal(commune.get("/timetable", query_string=asked)) == (422, "bad_request")


def test_days_tell_lunar_dates_and_holidays(commune: Visitor) -> None:
    asked = {"from": "2027-02-05", "to": "2027-02-06"}

    answer = commune.get("/days", query_string=asked)

    assert answer.get_json() == [
        {"date": "2027-02-05", "lunar": {"day": 29, "month": 12, "leap": False}, "holiday": "tet"},
        {"date": "2027-02-06", "lunar": {"day": 1, "month": 1, "leap": False}, "holiday": "tet"},
    ]


@pytest.mark.parametrize("to", ["2026-11-22", "2028-11-22", "soon"])
def test_days_from_later_to_earlier_or_without_end_are_refused(commune: Visitor, to: str) -> None:
    answer = commune.get("/days", query_string={"from": "2026-11-23", "to": to})

    assert refusal(answer) == (422, "bad_request")


def test_the_last_days_of_the_calendar_are_shown(commune: Visitor) -> None:
    answer = commune.get("/days", query_string={"from": "2199-12-31", "to": "2199-12-31"})

    assert [each["date"] for each in answer.get_json()] == ["2199-12-31"]
