"""Broadcasts as calendar files and back: the same starts, read by us and by others."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rruleset, rrulestr
from hypothesis import assume, given, settings
from icalendar import Calendar as File
from loa_agent.protocol.documents import Rule
from loa_server.adapters.calendar_icalendar import MAX_EVENTS, IcalendarFormat
from loa_server.application.calendar_files import Unreadable
from loa_server.domain.calendar_entries import Entry, Span, entries_of, entry_to_wish
from loa_server.domain.holidays import Calendar, HolidayName
from loa_server.domain.problems import Problem
from loa_server.domain.repeat import Nth, Repeat, Unit
from loa_server.domain.schedule import HolidayPolicy, HolidayRule, Schedule, starts
from loa_server.domain.when import At, Repeating, timing
from makers import ZONE
from wishes import LOCAL_NOW, NOW, TODAY, wishes

DAY = timedelta(days=1)
SOON = LOCAL_NOW + timedelta(seconds=1)
YEAR = LOCAL_NOW + 300 * DAY
CALENDAR = Calendar({date(2026, 12, 5): "Lễ hội đình làng"})
FORMAT = IcalendarFormat()


def span(ends_at: datetime | None = None) -> Span:
    end = None if ends_at is None else ends_at.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)
    return Span(SOON, end)


def written(schedule: Schedule, ends_at: datetime | None = None) -> bytes:
    return FORMAT.write(entries_of("bp-1", schedule, CALENDAR, span(ends_at), TODAY))


def due(schedule: Schedule, ends_at: datetime | None) -> list[datetime]:
    end = span(ends_at).end or YEAR
    return list(starts(schedule, CALENDAR, SOON, min(end, YEAR)))


def read_by_dateutil(content: bytes) -> list[datetime]:
    """Starts of all events by the rules of another library."""
    found = set()
    for event in File.from_ical(content).walk("VEVENT"):
        series = rruleset()
        start = event["DTSTART"].dt
        if "RRULE" in event:
            series.rrule(rrulestr(event["RRULE"].to_ical().decode(), dtstart=start))
        else:
            series.rdate(start)
        for name, add in (("RDATE", series.rdate), ("EXDATE", series.exdate)):
            if name in event:
                for each in event[name].dts:
                    add(each.dt)
        zone = ZoneInfo(ZONE)
        first, end = (at.replace(tzinfo=zone) for at in (LOCAL_NOW, YEAR))
        found |= set(series.between(first, end))
    return sorted(at.replace(tzinfo=None) for at in found)


def read_by_us(content: bytes) -> list[datetime]:
    found = set()
    for entry in FORMAT.read(content, ZONE):
        assert isinstance(entry, Entry)
        if entry.start > YEAR:
            continue
        chosen = timing(entry_to_wish(entry, ZONE), ZONE, NOW)
        found |= set(due(chosen.schedule, chosen.ends_at))
    return sorted(found)


@settings(deadline=None, max_examples=50)
@given(wishes)
def test_a_timetable_written_and_read_again_has_the_same_starts(wish: Repeating) -> None:
    try:
        chosen = timing(wish, ZONE, NOW, CALENDAR)
    except Problem:
        assume(condition=False)
    expected = due(chosen.schedule, chosen.ends_at)
    assume(expected)

    content = written(chosen.schedule, chosen.ends_at)

    assert read_by_dateutil(content) == expected
    assert read_by_us(content) == expected


def test_each_time_of_day_is_an_event_of_its_own_that_keeps_its_name() -> None:
    wish = Repeating((time(17, 0), time(5, 30)), TODAY, date(2026, 12, 31))
    chosen = timing(wish, ZONE, NOW)

    text = written(chosen.schedule, chosen.ends_at).decode()

    assert text.count("BEGIN:VEVENT") == 2
    assert "UID:bp-1-0530@loa" in text
    assert "UID:bp-1-1700@loa" in text
    assert "DTSTART;TZID=Asia/Ho_Chi_Minh:20261123T170000" in text
    # The morning of the day it was ordered had passed.
    assert "DTSTART;TZID=Asia/Ho_Chi_Minh:20261124T053000" in text
    assert "RRULE:FREQ=DAILY;UNTIL=20261231T165959Z" in text
    assert text.count("BEGIN:VTIMEZONE") == 1
    assert written(chosen.schedule, chosen.ends_at).decode() == text


def test_tet_is_spelt_out_for_a_year() -> None:
    silent = HolidayRule(HolidayPolicy.NOT_ON, (HolidayName.TET,))
    chosen = timing(Repeating((time(17, 0),), TODAY, holidays=silent), ZONE, NOW)

    (entry,) = entries_of("bp-1", chosen.schedule, CALENDAR, span(), TODAY)

    assert [at.date() for at in entry.left_out] == [date(2027, 2, 5) + DAY * i for i in range(5)]


def test_a_single_broadcast_is_a_single_event_unless_it_was_cancelled() -> None:
    once = timing(At(datetime(2026, 12, 1, 17, 30)), ZONE, NOW).schedule
    rule = once.rule.model_copy(update={"except_dates": (once.rule.start,)})

    (entry,) = entries_of("bp-1", once, CALENDAR, span(), TODAY)

    assert (entry.start, entry.rrule, entry.added) == (datetime(2026, 12, 1, 17, 30), None, ())
    assert list(entries_of("bp-1", Schedule(rule), CALENDAR, span(), TODAY)) == []


def test_a_rule_without_times_has_that_of_its_start() -> None:
    plain = Schedule(Rule(start="2026-11-24T05:30:00", zone=ZONE, rrule="FREQ=DAILY"))

    (entry,) = entries_of("bp-1", plain, CALENDAR, span(), TODAY)

    assert (entry.uid, entry.start) == ("bp-1-0530", datetime(2026, 11, 24, 5, 30))


def test_a_broadcast_that_was_cut_short_ends_as_early_in_the_file() -> None:
    chosen = timing(Repeating((time(17, 0),), TODAY, date(2026, 12, 31)), ZONE, NOW)

    text = written(chosen.schedule, datetime(2026, 12, 1, 3, 0, tzinfo=UTC)).decode()

    assert "UNTIL=20261201T025959Z" in text


def file(*events: Iterable[str]) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//EN"]
    for event in events:
        lines += ["BEGIN:VEVENT", "UID:1", "DTSTAMP:20261101T000000Z", "SUMMARY:Tiêm chủng"]
        lines += [*event, "END:VEVENT"]
    return ("\r\n".join([*lines, "END:VCALENDAR"]) + "\r\n").encode()


def wish_from(*lines: str) -> At | Repeating:
    (entry,) = FORMAT.read(file(lines), ZONE)
    if isinstance(entry, Unreadable):
        raise entry.problem
    return entry_to_wish(entry, ZONE)


HERE = "DTSTART;TZID=Asia/Ho_Chi_Minh:20261201T173000"
FIVE = time(17, 30)
FIRST = date(2026, 12, 1)


def weekly(*weekdays: int) -> Repeating:
    return Repeating((FIVE,), FIRST, repeat=Repeat(1, Unit.WEEK, weekdays=weekdays))


def monthly(**day: Any) -> Repeating:
    return Repeating((FIVE,), FIRST, repeat=Repeat(1, Unit.MONTH, **day))


@pytest.mark.parametrize(
    ("lines", "wish"),
    [
        ((HERE,), At(datetime(2026, 12, 1, 17, 30))),
        (("DTSTART:20261201T173000",), At(datetime(2026, 12, 1, 17, 30))),
        (("DTSTART:20261201T103000Z",), At(datetime(2026, 12, 1, 17, 30))),
        (("DTSTART;TZID=Europe/Paris:20261201T113000",), At(datetime(2026, 12, 1, 17, 30))),
        (
            ("DTSTART;TZID=SE Asia Standard Time:20261201T173000",),
            At(datetime(2026, 12, 1, 17, 30)),
        ),
        ((HERE, "RRULE:FREQ=DAILY"), Repeating((FIVE,), FIRST)),
        (
            (HERE, "RRULE:FREQ=DAILY;COUNT=3"),
            Repeating((FIVE,), FIRST, date(2026, 12, 3)),
        ),
        (
            (HERE, "RRULE:FREQ=DAILY;UNTIL=20261203T103000Z"),
            Repeating((FIVE,), FIRST, date(2026, 12, 3)),
        ),
        (
            (HERE, "RRULE:FREQ=DAILY;UNTIL=20261203T102959Z"),
            Repeating((FIVE,), FIRST, date(2026, 12, 2)),
        ),
        ((HERE, "RRULE:FREQ=WEEKLY"), weekly(2)),
        (
            (HERE, "RRULE:FREQ=DAILY;COUNT=1000"),
            Repeating((FIVE,), FIRST, FIRST + 999 * DAY),
        ),
        ((HERE, "RRULE:FREQ=WEEKLY;BYDAY=FR,MO;WKST=SU"), weekly(1, 5)),
        ((HERE, "RRULE:FREQ=DAILY;BYDAY=SA,SU"), weekly(6, 7)),
        ((HERE, "RRULE:FREQ=MONTHLY"), monthly(month_day=1)),
        ((HERE, "RRULE:FREQ=MONTHLY;BYMONTHDAY=-1"), monthly(month_day=-1)),
        ((HERE, "RRULE:FREQ=MONTHLY;BYDAY=+2TU"), monthly(nth=Nth(2, 2))),
        (
            (HERE, "RDATE:20261205T010000Z"),
            Repeating((FIVE,), FIRST, FIRST, extra=(datetime(2026, 12, 5, 8, 0),)),
        ),
        (
            (HERE, "RRULE:FREQ=DAILY", "EXDATE;VALUE=DATE:20261202"),
            Repeating((FIVE,), FIRST, left_out=(datetime(2026, 12, 2, 17, 30),)),
        ),
        (
            (HERE, "RRULE:FREQ=DAILY", "EXDATE;TZID=SE Asia Standard Time:20261202T173000"),
            Repeating((FIVE,), FIRST, left_out=(datetime(2026, 12, 2, 17, 30),)),
        ),
        (
            (HERE, "RRULE:FREQ=DAILY", "EXDATE:20261202T173000"),
            Repeating((FIVE,), FIRST, left_out=(datetime(2026, 12, 2, 17, 30),)),
        ),
        ((HERE, "RRULE:FREQ=DAILY;UNTIL=99991231T235959Z"), Repeating((FIVE,), FIRST)),
        (
            (HERE, "RRULE:FREQ=DAILY;UNTIL=20261203"),
            Repeating((FIVE,), FIRST, date(2026, 12, 3)),
        ),
        (
            (
                HERE,
                "RRULE:FREQ=DAILY",
                "EXDATE;TZID=Asia/Ho_Chi_Minh:20261202T173000,20261204T173000",
                "EXDATE:20261205T103000Z",
                "RDATE;TZID=Asia/Ho_Chi_Minh:20261202T080000",
            ),
            Repeating(
                (FIVE,),
                FIRST,
                extra=(datetime(2026, 12, 2, 8, 0),),
                left_out=tuple(datetime(2026, 12, day, 17, 30) for day in (2, 4, 5)),
            ),
        ),
    ],
)
def test_an_event_becomes_the_wish_it_means(lines: tuple[str, ...], wish: object) -> None:
    assert wish_from(*lines) == wish


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (("DTSTART;VALUE=DATE:20261201",), "all_day_not_supported"),
        ((), "event_unreadable"),
        (("DTSTART:2026-12-01 17:30",), "event_unreadable"),
        (("DTSTART:20260231T173000",), "event_unreadable"),
        (("DTSTART;TZID=Asia/Ho_Chi_Minh:00010101T000000",), "day_unknown"),
        (("DTSTART;TZID=Asia/Ho_Chi_Minh:99991231T235959",), "day_unknown"),
        (("DTSTART:99991231T235959Z", "RRULE:FREQ=DAILY"), "day_unknown"),
        (("DTSTART;TZID=Mars/Olympus:20261201T173000",), "zone_unknown"),
        (("DTSTART;TZID=../../etc/passwd:20261201T173000",), "zone_unknown"),
        (("DTSTART;TZID=Europe/Paris:20261201T113000", "RRULE:FREQ=DAILY"), "zone_not_supported"),
        ((HERE, "RRULE:FREQ=YEARLY"), "rule_frequency_not_supported"),
        ((HERE, "RRULE:FREQ=SECONDLY"), "rule_frequency_not_supported"),
        ((HERE, "RRULE:FREQ=HOURLY;INTERVAL=2"), "rule_frequency_not_supported"),
        ((HERE, "RRULE:FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1"), "rule_part_not_supported"),
        ((HERE, "RRULE:FREQ=MONTHLY;BYDAY=1MO;BYSETPOS=1"), "rule_part_not_supported"),
        ((HERE, "RRULE:FREQ=DAILY;BYHOUR=5,17"), "rule_part_not_supported"),
        ((HERE, "RRULE:FREQ=MONTHLY;BYMONTHDAY=1,15"), "rule_part_not_supported"),
        ((HERE, "RRULE:FREQ=MONTHLY;BYMONTHDAY=40"), "day_unknown"),
        ((HERE, "RRULE:FREQ=DAILY;INTERVAL=0"), "bad_rule"),
        ((HERE, "RRULE:FREQ=DAILY;INTERVAL=100000"), "rule_part_not_supported"),
        ((HERE, "RRULE:FREQ=DAILY;COUNT=99999"), "bad_rule"),
        ((HERE, "RRULE:FREQ=DAILY;COUNT=0"), "rule_part_not_supported"),
        ((HERE, "RRULE:FREQ=MONTHLY;BYDAY=5MO;COUNT=900"), "bad_rule"),
        ((HERE, "RRULE:FREQ=DAILY;UNTIL=20261331"), "event_unreadable"),
        ((HERE, "RRULE:FREQ=WEEKLY;BYDAY=1MO"), "bad_rule"),
        ((HERE, "RRULE:FREQ=MONTHLY;BYDAY=6MO"), "rule_part_not_supported"),
        ((HERE, "RRULE:FREQ=DAILY;BYDAY=" + ",".join(["MO"] * 300)), "rule_unreadable"),
        ((HERE, "RRULE:FREQ=DAILY;COUNT=9999999999999"), "event_unreadable"),
        ((HERE, "RRULE:FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=MO"), "rule_part_not_supported"),
        ((HERE, "RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"), "rule_part_not_supported"),
        ((HERE, "RECURRENCE-ID:20261201T103000Z"), "rule_part_not_supported"),
        ((HERE, "RDATE;VALUE=PERIOD:20261202T103000Z/PT1H"), "rule_part_not_supported"),
        ((HERE, "STATUS:CANCELLED"), "event_cancelled"),
        (
            (HERE, "RRULE:FREQ=DAILY", "EXDATE:" + ",".join(["20261202T103000Z"] * 400)),
            "too_many_exceptions",
        ),
    ],
)
def test_an_event_we_cannot_promise_is_refused(lines: tuple[str, ...], code: str) -> None:
    with pytest.raises(Problem) as refused:
        wish_from(*lines)

    assert refused.value.code == code


def test_a_broken_event_spoils_no_other() -> None:
    good, bad = FORMAT.read(file([HERE], ["DTSTART:never"]), ZONE)

    assert isinstance(good, Entry)
    assert good.summary == "Tiêm chủng"
    assert isinstance(bad, Unreadable)
    assert bad.summary == "Tiêm chủng"


NESTED = "BEGIN:VCALENDAR\r\n" + "BEGIN:VEVENT\r\n" * 5000
EVIL_ZONE = file([HERE]).replace(
    b"BEGIN:VEVENT",
    b"BEGIN:VTIMEZONE\r\nTZID:Asia/Ho_Chi_Minh\r\nBEGIN:STANDARD\r\nDTSTART:00010101T000000\r\n"
    b"TZOFFSETFROM:+0000\r\nTZOFFSETTO:+2300\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\n"
    b"END:VTIMEZONE\r\nBEGIN:VEVENT",
)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "calendar_unreadable"),
        (b"\xff\xfe\x00", "calendar_unreadable"),
        (b"<html></html>", "calendar_unreadable"),
        (NESTED.encode(), "calendar_unreadable"),
        (b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", "calendar_unreadable"),
        (b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\n", "calendar_unreadable"),
        (b"BEGIN:VCALENDAR\r\nX:" + b"a" * 900_000, "calendar_unreadable"),
        (b"BEGIN:VCALENDAR\r\n" + b" a\r\n" * 200_000, "calendar_unreadable"),
        (file(*[[HERE]] * (MAX_EVENTS + 1)), "too_many_events"),
    ],
)
def test_a_hostile_file_is_refused_as_a_whole(content: bytes, code: str) -> None:
    with pytest.raises(Problem) as refused:
        FORMAT.read(content, ZONE)

    assert refused.value.code == code


def test_a_zone_defined_inside_a_file_is_not_believed() -> None:
    (entry,) = FORMAT.read(EVIL_ZONE, ZONE)

    assert isinstance(entry, Entry)
    assert entry.start == datetime(2026, 12, 1, 17, 30)
