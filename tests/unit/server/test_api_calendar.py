"""Calendar files over HTTP: what comes in is shown before it is ordered, what goes out is ours."""

import io
from typing import Any

import pytest
from icalendar import Calendar as File
from visitors import API, MARK, Visitor, refusal
from world import World

HERE = "DTSTART;TZID=Asia/Ho_Chi_Minh:20261201T173000"
DAILY = {
    "mode": "rule",
    "times": ["05:30", "17:00"],
    "from": "2026-11-24",
    "until": "2026-11-30",
    "repeat": {"every": 1, "unit": "day", "weekdays": None, "month_day": None, "nth": None},
    "extra": [],
    "left_out": [],
    "holidays": {"policy": "as_usual", "days": [], "times": []},
}


def file(*events: tuple[str, ...]) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//EN"]
    for number, event in enumerate(events):
        lines += ["BEGIN:VEVENT", f"UID:{number}", "DTSTAMP:20261101T000000Z", *event]
        lines.append("END:VEVENT")
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def send(
    visitor: Visitor, content: bytes, *audiences: str, apply: str | None = None
) -> Any:  # Any: the client's answer
    name = "Content-Disposition: form-data; name"
    fields = [("audiences", ",".join(audiences or ("a-phu-cat",)))]
    fields += [] if apply is None else [("apply", apply)]
    body = "".join(f'--{MARK}\r\n{name}="{key}"\r\n\r\n{text}\r\n' for key, text in fields).encode()
    body += f'--{MARK}\r\n{name}="file"; filename="lich.ics"\r\n\r\n'.encode()
    body += content + f"\r\n--{MARK}--\r\n".encode()
    return visitor.client.post(
        f"{API}/calendar",
        input_stream=io.BytesIO(body),
        content_type=f"multipart/form-data; boundary={MARK}",
        content_length=len(body),
        headers=visitor.headers,
    )


TWO_EVENTS = file(
    ("SUMMARY:  Tiêm chủng ", HERE, "RRULE:FREQ=DAILY;COUNT=3"),
    ("SUMMARY:Tiem chung", HERE),
)


def test_a_file_is_shown_before_anything_is_ordered(town: World, commune: Visitor) -> None:
    bulletin = town.ready(town.commune).id

    answer = send(commune, TWO_EVENTS)

    assert answer.status_code == 200, answer.text
    found, unknown = answer.get_json()
    assert found["summary"] == "Tiêm chủng"
    assert found["matched"] == {"programme": None, "bulletin": bulletin, "title": "Tiêm chủng"}
    assert (found["when"]["times"], found["when"]["until"]) == (["17:30"], "2026-12-03")
    assert (found["problem"], found["broadcast"]) == (None, None)
    assert unknown["when"] == {"mode": "at", "start": "2026-12-01T17:30:00"}
    assert (unknown["matched"], unknown["problem"]["code"]) == (None, "title_unknown")
    assert commune.get("/broadcasts").get_json() == []


def test_a_file_is_ordered_event_by_event(town: World, commune: Visitor) -> None:
    town.ready(town.commune)

    made, unknown = send(commune, TWO_EVENTS, "a-phu-cat", "s-phu-cat-1", apply="true").get_json()

    (broadcast,) = commune.get("/broadcasts").get_json()
    assert made["broadcast"] == broadcast["id"]
    assert broadcast["when"] == made["when"]
    assert {each["id"] for each in broadcast["audiences"]} == {"a-phu-cat", "s-phu-cat-1"}
    assert unknown["broadcast"] is None


def test_an_event_that_is_refused_holds_up_no_other(town: World, commune: Visitor) -> None:
    town.ready(town.commune)
    night = "DTSTART;TZID=Asia/Ho_Chi_Minh:20261201T233000"
    content = file(
        ("SUMMARY:Tiêm chủng", night),
        ("SUMMARY:Tiêm chủng", "DTSTART;VALUE=DATE:20261201"),
        ("SUMMARY:Tiêm chủng", HERE, "RRULE:FREQ=YEARLY"),
        ("SUMMARY:Tiêm chủng", "DTSTART:20251201T173000"),
        ("SUMMARY:Tiêm chủng", HERE),
    )

    found = send(commune, content, apply="true").get_json()

    codes = [each["problem"] and each["problem"]["code"] for each in found]
    assert codes == [
        "outside_permitted_hours",
        "all_day_not_supported",
        "rule_frequency_not_supported",
        "start_in_past",
        None,
    ]
    assert found[-1]["broadcast"] is not None


@pytest.mark.parametrize(
    ("content", "audience", "status", "code"),
    [
        (b"no calendar", "a-phu-cat", 422, "calendar_unreadable"),
        (TWO_EVENTS, "a-nowhere", 422, "audience_unknown"),
        (TWO_EVENTS, "a-tuy-phuoc", 422, "audience_unknown"),
        (TWO_EVENTS, "s-tuy-phuoc-1", 422, "audience_unknown"),
        (TWO_EVENTS, "a-gia-lai", 403, "forbidden"),
        (TWO_EVENTS + b"X:" + b"a" * 1_000_000, "a-phu-cat", 413, "too_large"),
        (TWO_EVENTS + b"X:" + b"a" * 1_100_000, "a-phu-cat", 413, "too_large"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused(
    town: World, commune: Visitor, content: bytes, audience: str, status: int, code: str
) -> None:
    town.ready(town.commune)

    assert refusal(send(commune, content, audience, apply="true")) == (status, code)
    assert commune.get("/broadcasts").get_json() == []


def test_a_programme_goes_before_a_bulletin_of_the_same_title(
    town: World, commune: Visitor
) -> None:
    piece = town.ready(town.commune)
    items = [{"bulletin": piece.id, "part": "item"}]
    programme = commune.post("/programmes", {"title": "Tiêm chủng", "items": items}).get_json()

    made, _ = send(commune, TWO_EVENTS, apply="true").get_json()

    assert made["matched"] == {
        "programme": programme["id"],
        "bulletin": None,
        "title": "Tiêm chủng",
    }
    broadcast = commune.get(f"/broadcasts/{made['broadcast']}").get_json()
    assert broadcast["programme"] == programme["id"]


def test_a_title_of_the_neighbour_is_not_known_here(town: World, commune: Visitor) -> None:
    town.ready(town.neighbour)

    found = send(commune, TWO_EVENTS).get_json()

    assert [each["matched"] for each in found] == [None, None]


def test_the_timetable_goes_out_with_titles_places_and_lengths(
    town: World, commune: Visitor
) -> None:
    bulletin = town.ready(town.commune).id
    wish = {"bulletins": [bulletin], "audiences": ["a-phu-cat"], "when": DAILY, "class": "ordinary"}
    broadcast = commune.post("/broadcasts", wish).get_json()

    answer = commune.get("/calendar.ics?area=phu-cat")

    assert answer.mimetype == "text/calendar"
    events = File.from_ical(answer.data).walk("VEVENT")
    assert [event["UID"] for event in events] == [
        f"{broadcast['id']}-0530@loa",
        f"{broadcast['id']}-1700@loa",
    ]
    assert {event["SUMMARY"] for event in events} == {"Tiêm chủng"}
    assert {event["LOCATION"] for event in events} == {"Phù Cát"}
    assert {event["DESCRIPTION"] for event in events} == {"Thường"}
    assert {event["DURATION"].dt.total_seconds() for event in events} == {60}


def test_what_goes_out_can_come_in_again(town: World, commune: Visitor) -> None:
    bulletin = town.ready(town.commune).id
    wish = {"bulletins": [bulletin], "audiences": ["a-phu-cat"], "when": DAILY, "class": "ordinary"}
    commune.post("/broadcasts", wish)

    found = send(commune, commune.get("/calendar.ics").data, apply="true").get_json()

    assert [each["when"]["times"] for each in found] == [["05:30"], ["17:00"]]
    assert {each["when"]["until"] for each in found} == {"2026-11-30"}
    assert all(each["broadcast"] for each in found)


def test_what_is_stopped_or_elsewhere_does_not_go_out(
    town: World, commune: Visitor, neighbour: Visitor
) -> None:
    stopped = town.broadcast()
    commune.post(f"/broadcasts/{stopped.id}/stop")
    town.broadcast()

    assert commune.get("/calendar.ics").data.count(b"BEGIN:VEVENT") == 1
    assert neighbour.get("/calendar.ics").data.count(b"BEGIN:VEVENT") == 0
    assert refusal(neighbour.get("/calendar.ics?area=phu-cat")) == (404, "not_found")
    assert refusal(neighbour.get("/calendar.ics?area=nowhere")) == (404, "not_found")
