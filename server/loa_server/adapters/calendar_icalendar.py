"""iCalendar files (RFC 5545) by the icalendar library; what is read is hostile.

Time zones a file brings along are not looked at: they are programs in disguise. A zone is
known by its name or it is not known.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vDDDLists, vRecur
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from loa_server.application.calendar_files import Unreadable
from loa_server.domain.calendar_entries import MAX_RULE_LETTERS, Entry
from loa_server.domain.problems import Problem
from loa_server.domain.when import MAX_EXCEPTIONS

MAX_EVENTS = 500
MAX_DEPTH = 3
"""An alarm in an event in a calendar."""
MAX_LINE = 50_000
"""Characters of an unfolded line: a year of left out starts takes about 6,000."""
MAX_SUMMARY = 200
ZONE_BEGIN = date(2000, 1, 1)
ZONE_END = date(2050, 1, 1)
_KEPT = ("DTSTART", "RRULE", "RDATE", "EXDATE", "SUMMARY", "UID", "RECURRENCE-ID", "STATUS")
"""All that is read of an event; the rest cannot do harm if it is never parsed."""


class IcalendarFormat:
    """Implements the port `CalendarFormat`."""

    def write(self, entries: Iterable[Entry]) -> bytes:
        """A calendar with one event for each entry, and the zones they speak of."""
        calendar = Calendar()
        calendar.add("prodid", "-//Loa//timetable//VI")
        calendar.add("version", "2.0")
        found = list(entries)
        for zone in sorted({entry.zone for entry in found}):
            calendar.add_component(_timezone(zone))
        for entry in found:
            calendar.add_component(_event(entry))
        return bytes(calendar.to_ical())

    def read(self, content: bytes, zone: str) -> list[Entry | Unreadable]:
        """The events of a file in order, each an entry or why it is none.

        Raises:
            Problem: `calendar_unreadable` or `too_many_events` for the file as a whole.
        """
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise Problem("calendar_unreadable", {"field": "file"}) from error
        return [_entry(lines, zone) for lines in _events(text)]


@lru_cache(maxsize=16)
def _timezone(zone: str) -> Timezone:
    return Timezone.from_tzinfo(ZoneInfo(zone), zone, ZONE_BEGIN, ZONE_END)


def _event(entry: Entry) -> Event:
    zone = ZoneInfo(entry.zone)
    event = Event()
    event.add("uid", f"{entry.uid}@loa")
    event.add("summary", entry.summary)
    # A stamp that never changes: the same timetable is the same file.
    event.add("dtstamp", entry.start.replace(tzinfo=zone).astimezone(ZoneInfo("UTC")))
    event.add("dtstart", entry.start.replace(tzinfo=zone))
    event.add("duration", entry.length)
    if entry.rrule is not None:
        event.add("rrule", vRecur.from_ical(_in_utc(entry.rrule, zone)))
    if entry.added:
        event.add("rdate", [at.replace(tzinfo=zone) for at in entry.added])
    if entry.left_out:
        event.add("exdate", [at.replace(tzinfo=zone) for at in entry.left_out])
    for name in ("location", "description"):
        if text := getattr(entry, name):
            event.add(name, text)
    return event


def _in_utc(rrule: str, zone: ZoneInfo) -> str:
    """RFC 5545 wants the end of a series in UTC where its start names a zone."""
    head, until, last = rrule.partition("UNTIL=")
    if not until:
        return rrule
    end = datetime.strptime(last, "%Y%m%dT%H%M%S").replace(tzinfo=zone)
    return f"{head}{until}{end.astimezone(ZoneInfo('UTC')):%Y%m%dT%H%M%SZ}"


def _events(text: str) -> Iterator[list[str]]:
    """Content lines of each event, of the properties we read only, nothing nested."""
    depth: list[str] = []
    event: list[str] = []
    count, seen = 0, False
    for line in _unfolded(text):
        head, _, value = line.partition(":")
        name = head.partition(";")[0].strip().upper()
        opened = list(depth)
        seen = seen or name == "BEGIN"
        _nest(depth, name, value.strip().upper(), line)
        if name == "BEGIN" and depth[-1] == "VEVENT":
            event = []
        elif name == "END" and opened[-1] == "VEVENT":
            count += 1
            if count > MAX_EVENTS:
                raise Problem("too_many_events", {"field": "file", "most": MAX_EVENTS})
            yield event
        elif depth[-1:] == ["VEVENT"] and name in _KEPT:
            event.append(line)
    if depth or not seen:
        raise Problem("calendar_unreadable", {"field": "file"})


def _nest(depth: list[str], name: str, value: str, line: str) -> None:
    """Follow what begins and ends; a calendar is outermost and nothing nests deep."""
    sound = True
    if name == "BEGIN":
        depth.append(value)
        sound = len(depth) <= MAX_DEPTH and depth[0] == "VCALENDAR"
    elif name == "END":
        sound = depth[-1:] == [value]
        depth[-1:] = []
    if not sound:
        raise Problem("calendar_unreadable", {"field": "file", "line": line[:40]})


def _unfolded(text: str) -> Iterator[str]:
    """Lines with their continuations; RFC 5545 folds at 75 bytes."""
    pieces: list[str] = []
    length = 0
    for raw in text.replace("\r\n", "\n").split("\n"):
        if pieces and raw[:1] in {" ", "\t"}:
            pieces.append(raw[1:])
        else:
            if pieces:
                yield "".join(pieces)
            pieces, length = [raw], 0
        length += len(raw)
        if length > MAX_LINE:
            raise Problem("calendar_unreadable", {"field": "file", "line": pieces[0][:40]})
    yield "".join(pieces)


def _entry(lines: list[str], zone: str) -> Entry | Unreadable:
    """One event alone: what is wrong with it spoils no other."""
    try:
        text = "\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT", ""])
        event = Event.from_ical(text)
    except (ValueError, KeyError, IndexError, TypeError, ArithmeticError):
        return Unreadable(_raw_summary(lines), Problem("event_unreadable", {"field": "file"}))
    summary = " ".join(str(event.get("SUMMARY", "")).split())[:MAX_SUMMARY]
    try:
        return _read(event, summary, zone)
    except Problem as problem:
        return Unreadable(summary, problem)
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError):
        return Unreadable(summary, Problem("event_unreadable", {"field": "file"}))


def _raw_summary(lines: list[str]) -> str:
    found = (line for line in lines if line.upper().startswith("SUMMARY"))
    return next(found, "").partition(":")[2][:MAX_SUMMARY]


def _read(event: Any, summary: str, default: str) -> Entry:  # Any: a library's open dictionary
    if event.errors:
        raise Problem("event_unreadable", {"field": str(event.errors[0][0]).lower()})
    if "RECURRENCE-ID" in event:
        raise Problem("rule_part_not_supported", {"field": "repeat", "part": "RECURRENCE-ID"})
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        raise Problem("event_cancelled", {"field": "status"})
    for name in ("DTSTART", "RRULE"):
        if isinstance(event.get(name), list):
            raise Problem("rule_part_not_supported", {"field": "repeat", "part": name})
    if "DTSTART" not in event:
        raise Problem("event_unreadable", {"field": "dtstart"})
    zone = _zone(event["DTSTART"], default)
    start = _local(event["DTSTART"].dt, zone)
    rrule = event["RRULE"].to_ical().decode() if "RRULE" in event else None
    if rrule is not None and len(rrule) > MAX_RULE_LETTERS:
        raise Problem("rule_unreadable", {"field": "repeat"})
    return Entry(
        uid=str(event.get("UID", ""))[:MAX_SUMMARY],
        summary=summary,
        zone=zone,
        start=start,
        rrule=rrule,
        added=_instants(event, "RDATE", zone, start.time()),
        left_out=_instants(event, "EXDATE", zone, start.time()),
    )


def _zone(value: Any, default: str) -> str:  # Any: vDDDTypes or a list of them
    """Name of the zone a value is in; UTC and floating times name none."""
    named = value.params.get("TZID")
    if named is None:
        moment = getattr(value, "dt", None)
        aware = isinstance(moment, datetime) and moment.tzinfo is not None
        return "UTC" if aware else default
    name = WINDOWS_TO_OLSON.get(str(named), str(named)).strip("/")
    try:
        return ZoneInfo(name).key
    except (OSError, KeyError, ValueError) as error:
        raise Problem("zone_unknown", {"field": "start", "zone": str(named)[:60]}) from error


def _local(moment: object, zone: str) -> datetime:
    if not isinstance(moment, datetime):
        raise Problem("all_day_not_supported", {"field": "start"})
    if moment.tzinfo is not None:
        moment = moment.astimezone(ZoneInfo(zone))
    return moment.replace(tzinfo=None, microsecond=0)


def _instants(
    event: Any, name: str, zone: str, at: time
) -> tuple[datetime, ...]:  # Any: a library's open dictionary
    """Single starts in the zone of the event; a whole day left out is its start of that day."""
    values = event.get(name, [])
    found: list[datetime] = []
    for each in values if isinstance(values, list) else [values]:
        if not isinstance(each, vDDDLists):
            raise Problem("event_unreadable", {"field": name.lower()})
        for value in each.dts:
            moment: object = value.dt
            if isinstance(moment, tuple):
                raise Problem("rule_part_not_supported", {"field": "extra", "part": "PERIOD"})
            if isinstance(moment, date) and not isinstance(moment, datetime):
                moment = datetime.combine(moment, at)
            elif isinstance(moment, datetime) and moment.tzinfo is None:
                moment = moment.replace(tzinfo=ZoneInfo(_zone(each, zone)))
            found.append(_local(moment, zone))
    if len(found) > MAX_EXCEPTIONS:
        field = "extra" if name == "RDATE" else "left_out"
        raise Problem("too_many_exceptions", {"field": field, "most": MAX_EXCEPTIONS})
    return tuple(found)
