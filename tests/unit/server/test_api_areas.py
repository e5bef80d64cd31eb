"""Areas over HTTP: seen, changed, merged, listed; refused with the field and the reason."""

import io
from typing import Any

import pytest
from loa_server.application.merge_areas import MAX_MERGED
from loa_server.application.set_special_day import MAX_SPECIAL_DAYS
from loa_server.domain.people import Account
from loa_server.domain.rights import Grant, Role
from visitors import API, MARK, Visitor, form, refusal
from werkzeug.test import TestResponse
from world import World

WINDOW = {"weekdays": [1, 2, 3, 4, 5, 6, 7], "start": "06:00", "end": "19:00"}
NO_CAPS = {"sessions_per_day": None, "session_min": None, "day_min": None}


def send_list(visitor: Visitor, content: bytes | None = None, **fields: str) -> TestResponse:
    body = form(fields, content)
    return visitor.client.post(
        f"{API}/areas/import",
        input_stream=io.BytesIO(body),
        content_type=f"multipart/form-data; boundary={MARK}",
        content_length=len(body),
        headers=visitor.headers,
    )


def hired(town: World, app: Any, area: str, *roles: Role) -> Visitor:
    """Somebody with these roles at one place."""
    grants = tuple(Grant(role, area) for role in roles)
    name = "-".join([area, *roles])
    account = Account(f"u-{name}", name, "X", area, grants, town.passwords.hash(name))
    with town.store.write() as rows:
        rows.people.add(account)
    return Visitor(app).sign_in(name)


def field_of(answer: TestResponse) -> tuple[str, Any]:
    body = answer.get_json()
    return body["code"], body["facts"].get("field", body["facts"].get("fields"))


def test_an_area_is_shown_with_what_is_in_force_and_what_of_it_is_its_own(
    commune: Visitor,
) -> None:
    areas = {each["id"]: each for each in commune.get("/areas").get_json()}

    assert areas["phu-cat"] == {
        "id": "phu-cat",
        "code": "21853",
        "name": "Phù Cát",
        "kind": "commune",
        "level": 2,
        "parent": "gia-lai",
        "zone": "Asia/Ho_Chi_Minh",
        "hours": [{"weekdays": [1, 2, 3, 4, 5, 6, 7], "start": "05:00", "end": "21:00"}],
        "caps": NO_CAPS,
        "volumes": [],
        "self_approval": True,
        "own": {
            "zone": None,
            "hours": None,
            "caps": None,
            "volumes": None,
            "self_approval": None,
        },
        "station_count": 2,
    }


def test_a_new_area_takes_everything_from_above(province: Visitor) -> None:
    answer = province.post("/areas", {"parent": "phu-cat", "name": " Thôn  Mới ", "code": "2"})

    assert answer.status_code == 201
    made = answer.get_json()
    assert (made["id"], made["name"], made["kind"], made["level"]) == (
        "h-21853-2",
        "Thôn Mới",
        "hamlet",
        3,
    )
    assert made["hours"] == province.get("/areas/phu-cat").get_json()["hours"]
    assert made["history"] == [
        {
            "code": "2",
            "name": "Thôn Mới",
            "kind": "hamlet",
            "parent": "phu-cat",
            "parent_name": "Phù Cát",
            "from": "2026-11-23T03:00:00.000Z",
            "to": None,
        }
    ]


@pytest.mark.parametrize(
    ("wish", "code", "field"),
    [
        ({"parent": "phu-cat", "name": "X", "code": "1"}, "duplicate_code", "code"),
        ({"parent": "gia-lai", "name": "X", "code": "21952"}, "duplicate_code", "code"),
        ({"parent": "an-hanh", "name": "X", "code": "9"}, "kind_does_not_fit", "kind"),
        (
            {"parent": "phu-cat", "name": "X", "code": "9", "kind": "province"},
            "kind_does_not_fit",
            "kind",
        ),
        ({"parent": "nowhere", "name": "X", "code": "9"}, "not_found", "parent"),
        ({"parent": "phu-cat", "name": " ", "code": "9"}, "bad_request", "name"),
        ({"parent": "phu-cat", "name": "X", "code": "=9"}, "code_unfit", "code"),
        ({"parent": "phu-cat", "name": "X"}, "bad_request", {"code": "missing"}),
        (
            {"parent": "phu-cat", "name": "X", "code": "9", "kind": "village"},
            "bad_request",
            {"kind": "enum"},
        ),
    ],
)
def test_what_is_no_area_is_refused_with_the_field(
    province: Visitor, wish: dict[str, Any], code: str, field: object
) -> None:
    assert field_of(province.post("/areas", wish)) == (code, field)


def test_settings_are_changed_one_by_one_and_given_back_to_what_stands_above(
    commune: Visitor,
) -> None:
    loud = {**WINDOW, "percent": 50}
    caps = {"sessions_per_day": 3, "session_min": 30, "day_min": 60}

    own = commune.put(
        "/areas/phu-cat", {"hours": [WINDOW], "caps": caps, "volumes": [loud]}
    ).get_json()
    kept = commune.put("/areas/phu-cat", {"volumes": None, "zone": "Asia/Bangkok"}).get_json()
    back = commune.put("/areas/phu-cat", {"hours": None, "caps": None, "zone": None}).get_json()

    assert (own["hours"], own["caps"], own["volumes"]) == ([WINDOW], caps, [loud])
    assert own["own"] == {
        "zone": None,
        "hours": [WINDOW],
        "caps": caps,
        "volumes": [loud],
        "self_approval": None,
    }
    assert (kept["hours"], kept["volumes"], kept["zone"]) == ([WINDOW], [], "Asia/Bangkok")
    assert (back["own"]["hours"], back["caps"], back["zone"]) == (None, NO_CAPS, "Asia/Ho_Chi_Minh")


@pytest.mark.parametrize(
    ("wish", "code", "field"),
    [
        ({"hours": [{**WINDOW, "end": "05:00"}]}, "window_backwards", "hours"),
        ({"hours": [WINDOW, {"start": "18:59", "end": "21:00"}]}, "windows_overlap", "hours"),
        ({"hours": [{**WINDOW, "weekdays": []}]}, "no_weekday", "hours"),
        ({"hours": [{**WINDOW, "weekdays": [8]}]}, "bad_request", None),
        ({"hours": [{**WINDOW, "start": "6:00"}]}, "bad_request", None),
        ({"hours": [{**WINDOW, "end": "24:01"}]}, "bad_request", None),
        ({"hours": [WINDOW] * 49}, "too_many", "hours"),
        ({"hours": [WINDOW] * 1001}, "bad_request", None),
        ({"volumes": [{**WINDOW, "percent": 101}]}, "bad_request", None),
        (
            {"volumes": [{**WINDOW, "percent": 1}, {**WINDOW, "percent": 2}]},
            "windows_overlap",
            "volumes",
        ),
        ({"caps": {"session_min": 61, "day_min": 60}}, "session_over_day", "caps"),
        ({"caps": {"sessions_per_day": 0}}, "bad_request", None),
        ({"caps": {"day_min": 1441}}, "bad_request", None),
        ({"zone": "Asia/Nowhere"}, "zone_unknown", "zone"),
        ({"code": "52"}, "duplicate_code", "code"),
        ({"kind": "hamlet"}, "kind_does_not_fit", "kind"),
        ({"name": ""}, "bad_request", "name"),
        ({"colour": "red"}, "bad_request", {"colour": "extra_forbidden"}),
    ],
)
def test_settings_that_make_no_sense_are_refused(
    province: Visitor, wish: dict[str, Any], code: str, field: object
) -> None:
    before = province.get("/areas/phu-cat").get_json()

    refused = field_of(province.put("/areas/phu-cat", wish))

    assert refused[0] == code
    assert field is None or refused[1] == field
    assert province.get("/areas/phu-cat").get_json() == before


def test_each_deed_asks_for_its_own_right(town: World, app: Any) -> None:
    admin = hired(town, app, "phu-cat", Role.AREA_ADMIN)
    operator = hired(town, app, "phu-cat", Role.OPERATOR)
    author = hired(town, app, "phu-cat", Role.AUTHOR, Role.APPROVER)
    tries = (
        ("PUT", "/areas/phu-cat", {"hours": [WINDOW]}),
        ("PUT", "/areas/phu-cat", {"name": "Xã Phù Cát"}),
        ("PUT", "/areas/phu-cat", {"self_approval": False}),
        ("PUT", "/areas/phu-cat/days/2026-12-20", {"name": "Hội"}),
        ("POST", "/areas", {"parent": "phu-cat", "name": "Thôn", "code": "2"}),
        ("PUT", "/stations/phu-cat-1", {"volume_percent": 50}),
        ("PUT", "/stations/phu-cat-1", {"hours": []}),
        ("POST", "/stations/phu-cat-1/move", {"area": "an-hanh"}),
        ("PUT", "/areas/gia-lai", {"hours": [WINDOW]}),
        ("POST", "/areas/phu-cat/move", {"parent": "vn"}),
    )

    def codes(visitor: Visitor) -> list[int]:
        return [
            visitor.client.open(
                API + path, method=method, json=body, headers=visitor.headers
            ).status_code
            for method, path, body in tries
        ]

    assert codes(author) == [403] * len(tries)
    assert codes(operator) == [403, 403, 403, 403, 403, 200, 403, 200, 403, 403]
    assert codes(admin) == [200, 200, 200, 200, 201, 200, 200, 200, 403, 403]


def test_self_approval_is_decided_by_who_manages_people_and_hours(
    province: Visitor, town: World, app: Any
) -> None:
    allowed = province.put("/areas/phu-cat", {"self_approval": False}).get_json()
    author = hired(town, app, "phu-cat", Role.AUTHOR, Role.AUDITOR)

    refused = author.put("/areas/phu-cat", {"self_approval": True})

    assert (allowed["self_approval"], allowed["own"]["self_approval"]) == (False, False)
    assert province.get("/areas/an-hanh").get_json()["self_approval"] is False
    assert refusal(refused) == (403, "forbidden")


GUESSES = ("tuy-phuoc", "nowhere", "a-phu-cat", "' or 1=1 --", "x" * 300, "\0")


@pytest.mark.parametrize("guess", GUESSES)
def test_an_area_elsewhere_is_answered_like_one_that_never_was(
    commune: Visitor, guess: str
) -> None:
    here = {"parent": guess, "name": "X", "code": "9"}
    answers = [
        commune.get(f"/areas/{guess}"),
        commune.get(f"/areas/{guess}/days"),
        commune.put(f"/areas/{guess}", {"name": "X"}),
        commune.put(f"/areas/{guess}/days/2026-12-20", {"name": "X"}),
        commune.delete(f"/areas/{guess}/days/2026-12-20"),
        commune.post(f"/areas/{guess}/move", {"parent": "phu-cat"}),
        commune.post("/areas/an-hanh/move", {"parent": guess}),
        commune.post("/areas", here),
        commune.post("/areas/merge", {"areas": ["phu-cat", guess], "into": {"id": "an-hanh"}}),
        commune.post("/areas/merge", {"areas": ["phu-cat"], "into": {"id": guess}}),
        commune.post("/stations/phu-cat-1/move", {"area": guess}),
    ]

    found = {refusal(answer) for answer in answers}

    assert found <= {(404, "not_found"), (422, "bad_request")}
    assert guess in {"x" * 300, "\0"} or found == {(404, "not_found")}


@pytest.mark.parametrize("guess", ["tuy-phuoc-1", "nowhere", "x" * 300])
def test_a_station_elsewhere_is_answered_like_one_that_never_was(
    commune: Visitor, guess: str
) -> None:
    answers = [
        commune.get(f"/stations/{guess}/settings"),
        commune.put(f"/stations/{guess}", {"name": "X"}),
        commune.post(f"/stations/{guess}/move", {"area": "phu-cat"}),
    ]

    assert {refusal(answer) for answer in answers} == {(404, "not_found")}


def test_a_station_has_settings_of_its_own_until_they_are_given_back(commune: Visitor) -> None:
    changed = commune.put(
        "/stations/phu-cat-1",
        {"name": " Loa  đình ", "volume_percent": 30, "delay_ms": 120, "hours": [WINDOW]},
    )
    own = commune.get("/stations/phu-cat-1/settings").get_json()
    commune.put("/stations/phu-cat-1", {"hours": None})
    back = commune.get("/stations/phu-cat-1/settings").get_json()

    assert (changed.get_json()["name"], changed.get_json()["volume_percent"]) == ("Loa đình", 30)
    assert own == {
        "name": "Loa đình",
        "volume_percent": 30,
        "delay_ms": 120,
        "zone": "Asia/Ho_Chi_Minh",
        "hours": [WINDOW],
        "caps": NO_CAPS,
        "volumes": [],
        "own": {"hours": [WINDOW], "caps": None, "volumes": None},
    }
    assert (back["own"]["hours"], back["hours"][0]["start"]) == (None, "05:00")
    for wish in ({"delay_ms": 2001}, {"volume_percent": -1}, {"name": ""}):
        assert refusal(commune.put("/stations/phu-cat-1", wish)) == (422, "bad_request")


def test_a_merge_is_tried_out_before_it_is_done(province: Visitor) -> None:
    wish = {"areas": ["phu-cat", "tuy-phuoc"], "into": {"name": "Xã Phù Cát", "code": "21853"}}

    tried = province.post("/areas/merge", wish).get_json()
    seen = [each["id"] for each in province.get("/areas").get_json()]
    done = province.post("/areas/merge", {**wish, "apply": True}).get_json()
    closed = province.get("/areas/phu-cat").get_json()

    assert (tried["applied"], tried["area"], tried["stations"]) == (False, None, 3)
    assert "phu-cat" in seen
    assert done == {**tried, "applied": True, "area": "c-21853"}
    assert [each["id"] for each in province.get("/areas").get_json()] == [
        "vn",
        "gia-lai",
        "c-21853",
        "an-hanh",
    ]
    assert (closed["replaced_by"], closed["valid_to"]) == ("c-21853", "2026-11-23T03:00:00.000Z")
    new = province.get("/areas/c-21853").get_json()
    assert [each["name"] for each in new["merged"]] == ["Phù Cát", "Tuy Phước"]
    for path in ("/areas/phu-cat", "/areas/tuy-phuoc"):
        assert refusal(province.put(path, {"name": "X"})) == (422, "area_closed")


@pytest.mark.parametrize(
    ("areas", "into", "code", "field"),
    [
        (["phu-cat"], {"name": "X", "code": "9"}, "too_few", "areas"),
        ([], {"id": "phu-cat"}, "too_few", "areas"),
        (["phu-cat", "phu-cat"], {"name": "X", "code": "9"}, "too_few", "areas"),
        ([f"x{n}" for n in range(MAX_MERGED + 1)], {"id": "phu-cat"}, "too_many", "areas"),
        (["phu-cat", "tuy-phuoc"], {"id": "phu-cat"}, "area_circle", "into"),
        (["phu-cat"], {"id": "an-hanh"}, "area_circle", "into"),
        (["phu-cat", "gia-lai"], {"name": "X", "code": "9"}, "different_kinds", "areas"),
        (["an-hanh"], {"id": "tuy-phuoc"}, "different_kinds", "areas"),
        (["phu-cat", "tuy-phuoc"], {"name": "X", "code": "52"}, "duplicate_code", "code"),
        (["phu-cat", "tuy-phuoc"], {"name": "X"}, "bad_request", "into"),
        (["phu-cat"], {"id": "tuy-phuoc", "name": "X", "code": "9"}, "bad_request", "into"),
        (["phu-cat"], {}, "bad_request", "into"),
    ],
)
def test_a_merge_that_makes_no_sense_is_refused(
    province: Visitor, areas: list[str], into: dict[str, str], code: str, field: str
) -> None:
    answer = province.post("/areas/merge", {"areas": areas, "into": into, "apply": True})

    assert field_of(answer) == (code, field)


def test_a_move_that_makes_a_circle_is_refused(province: Visitor) -> None:
    for parent in ("phu-cat", "an-hanh"):
        answer = province.post("/areas/phu-cat/move", {"parent": parent})
        assert field_of(answer) == ("area_circle", "parent")


def test_special_days_are_kept_called_otherwise_and_forgotten(
    province: Visitor, commune: Visitor
) -> None:
    province.put("/areas/gia-lai/days/2026-12-19", {"name": "Ngày của tỉnh"})
    commune.put("/areas/phu-cat/days/2026-12-20", {"name": "Hội"})

    shown = commune.put("/areas/phu-cat/days/2026-12-20", {"name": " Hội  làng "}).get_json()
    gone = commune.delete("/areas/phu-cat/days/2026-12-20")

    assert shown == [
        {
            "day": "2026-12-19",
            "name": "Ngày của tỉnh",
            "area": "gia-lai",
            "area_name": "Gia Lai",
        },
        {"day": "2026-12-20", "name": "Hội làng", "area": "phu-cat", "area_name": "Phù Cát"},
    ]
    assert gone.status_code == 204
    assert len(commune.get("/areas/phu-cat/days").get_json()) == 1


@pytest.mark.parametrize("day", ["2026-02-31", "today", "1999-12-31", "2201-01-01", "20261220x"])
def test_a_day_no_calendar_has_is_refused(commune: Visitor, day: str) -> None:
    answer = commune.put(f"/areas/phu-cat/days/{day}", {"name": "X"})

    assert field_of(answer) == ("day_unknown", "day")


def test_an_area_keeps_a_bounded_number_of_days(town: World, commune: Visitor) -> None:
    with town.store.write() as rows:
        for number in range(MAX_SPECIAL_DAYS):
            day = town.now.date().replace(year=2027 + number // 300, month=1, day=1)
            rows.areas.set_day("phu-cat", day.fromordinal(day.toordinal() + number % 300), "X")

    answer = commune.put("/areas/phu-cat/days/2100-01-01", {"name": "X"})

    assert field_of(answer) == ("too_many", "day")
    assert commune.put("/areas/phu-cat/days/2027-01-01", {"name": "Y"}).status_code == 200


def test_a_list_of_what_is_seen_goes_out_and_comes_in(commune: Visitor, province: Visitor) -> None:
    answer = commune.get("/areas.csv")
    again = send_list(province, answer.data, apply="true").get_json()

    assert answer.mimetype == "text/csv"
    assert answer.data.startswith("\ufeffcode,name,kind,parent_code".encode())
    assert "Tuy Phước".encode() not in answer.data
    assert again == {"applied": True, "rows": 4, "added": 0, "changed": 0, "problems": []}


def test_every_bad_line_is_named(province: Visitor) -> None:
    content = "code,name,kind,parent_code\n,X,commune,52\n9,X,commune,99\n8,X,commune,52\n"

    answer = send_list(province, content.encode(), apply="true").get_json()

    assert answer == {
        "applied": False,
        "rows": 3,
        "added": 1,
        "changed": 0,
        "problems": [
            {"line": 2, "field": "code", "code": "required", "facts": {}},
            {
                "line": 3,
                "field": "parent_code",
                "code": "parent_unknown",
                "facts": {"code": "99"},
            },
        ],
    }


def test_a_province_of_the_country_is_taken_by_its_code(province: Visitor) -> None:
    known = province.get("/areas/seed").get_json()
    tried = send_list(province, seed="52").get_json()

    assert len(known) == 34
    assert {"code": "52", "name": "Tỉnh Gia Lai", "communes": 135} in known
    assert (tried["rows"], tried["applied"]) == (136, False)
    # The root of this tree has another code than VN, and nobody here may make provinces.
    assert [(each["line"], each["code"]) for each in tried["problems"]] == [(2, "parent_unknown")]


def test_without_a_file_or_a_province_or_with_both_there_is_nothing_to_import(
    province: Visitor,
) -> None:
    assert field_of(send_list(province)) == ("bad_request", "file")
    assert field_of(send_list(province, b"x", seed="52")) == ("bad_request", "file")
    assert field_of(send_list(province, seed="99")) == ("seed_unknown", "seed")
    assert field_of(send_list(province, b"\xff\xfe")) == ("csv_unreadable", "file")


def test_a_list_of_twenty_thousand_lines_is_judged(province: Visitor) -> None:
    lines = "\n".join(f"21853-{n},Thôn {n},hamlet,21853" for n in range(20_000))

    answer = send_list(province, f"code,name,kind,parent_code\n{lines}\n".encode()).get_json()

    assert (answer["rows"], answer["added"], answer["problems"]) == (20_000, 20_000, [])
