"""The instants a rule is due: local wall time with RFC 5545 recurrence turned into UTC."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from loa_agent.protocol.documents import Broadcast, Rule, local_start
from loa_agent.protocol.ids import OccurrenceId, occurrence_id

MAX_OCCURRENCES = 5000
"""Per broadcast and window; a rule that yields more is cut here."""

ALLOWED_PARTS = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYHOUR", "BYMINUTE", "WKST"}
)
ALLOWED_FREQ = frozenset({"DAILY", "WEEKLY", "MONTHLY"})
_RULE_LETTERS = re.compile(r"[A-Z0-9=;,+-]+")
_NUMBERS = {"INTERVAL": (1, 1000), "COUNT": (1, 100_000), "BYMONTHDAY": (-31, 31)}
"""A step of nothing or a 32nd day would make a library search for ever."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One instant a broadcast is due, before hours and conflicts are judged."""

    id: OccurrenceId
    broadcast: Broadcast
    starts_at: datetime
    ends_at: datetime


def rule_problem(rule: Rule) -> str | None:
    """Code of what we cannot promise about a rule, or None.

    Only daily, weekly and monthly rules without BYWEEKNO, BYSETPOS and the like are promised,
    since libraries disagree on the rest.
    """
    if rule.rrule is None:
        return None
    if _RULE_LETTERS.fullmatch(rule.rrule) is None:
        return "rule_unreadable"
    parts = dict(part.partition("=")[::2] for part in rule.rrule.split(";"))
    twice = {"BYHOUR", "BYMINUTE"} if rule.times else frozenset[str]()
    if not parts.keys() <= ALLOWED_PARTS - twice:
        return "rule_part_not_supported"
    if parts.get("FREQ") not in ALLOWED_FREQ:
        return "rule_frequency_not_supported"
    return None if _readable(rule.rrule, parts, rule.start) else "rule_unreadable"


def _readable(text: str, parts: Mapping[str, str], start: str) -> bool:
    try:
        for name, (least, most) in _NUMBERS.items():
            numbers = [int(part) for part in parts[name].split(",")] if name in parts else []
            if not all(least <= number <= most and number for number in numbers):
                return False
        rrulestr(text, dtstart=local_start(start))
    except ValueError:
        return False
    return True


def local_starts(rule: Rule, begin: datetime, end: datetime) -> list[datetime]:
    """Naive local starts in [begin, end), both naive local, in order and without repeats."""
    first = local_start(rule.start)
    if rule.rrule is None:
        found = {first}
    else:
        recurrence = rrulestr(rule.rrule, dtstart=first)
        day_before = begin - timedelta(days=1) if rule.times else begin
        days = _bounded(recurrence.xafter(day_before, inc=True), end + timedelta(days=1))
        found = {start for day in days for start in _times(rule, day) if start >= first}
    found |= {local_start(text) for text in rule.dates}
    found -= {local_start(text) for text in rule.except_dates}
    return sorted(start for start in found if begin <= start < end)


def _times(rule: Rule, day: datetime) -> list[datetime]:
    """The starts of one day of the recurrence."""
    if not rule.times:
        return [day]
    return [datetime.combine(day.date(), time.fromisoformat(text)) for text in rule.times]


def _bounded(starts: Iterator[datetime], end: datetime) -> Iterator[datetime]:
    for count, start in enumerate(starts):
        if start >= end or count >= MAX_OCCURRENCES:
            return
        yield start


def occurrences(broadcast: Broadcast, begin: datetime, end: datetime) -> list[Occurrence]:
    """Occurrences that sound at least partly inside [begin, end), aware UTC."""
    zone = ZoneInfo(broadcast.rule.zone)
    length = timedelta(milliseconds=broadcast.duration_ms)
    margin = timedelta(days=1)
    local_begin = (begin - length).astimezone(zone).replace(tzinfo=None) - margin
    local_end = end.astimezone(zone).replace(tzinfo=None) + margin
    found = []
    for local in local_starts(broadcast.rule, local_begin, local_end):
        starts_at = local.replace(tzinfo=zone).astimezone(UTC)
        if starts_at >= end or starts_at + length <= begin or not _exists(broadcast, starts_at):
            continue
        name = occurrence_id(broadcast.id, local)
        found.append(Occurrence(name, broadcast, starts_at, starts_at + length))
    return found


def _exists(broadcast: Broadcast, starts_at: datetime) -> bool:
    if broadcast.begins_at is not None and starts_at < broadcast.begins_at:
        return False
    return broadcast.ends_at is None or starts_at < broadcast.ends_at
