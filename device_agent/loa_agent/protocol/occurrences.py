"""The instants a rule is due: local wall time with RFC 5545 recurrence turned into UTC."""

from collections.abc import Iterator
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
    parts = dict(part.partition("=")[::2] for part in rule.rrule.split(";"))
    if not parts.keys() <= ALLOWED_PARTS:
        return "rule_part_not_supported"
    if parts.get("FREQ") not in ALLOWED_FREQ:
        return "rule_frequency_not_supported"
    if rule.times and parts.keys() & {"BYHOUR", "BYMINUTE"}:
        return "rule_part_not_supported"
    try:
        rrulestr(rule.rrule, dtstart=local_start(rule.start))
    except ValueError:
        return "rule_unreadable"
    return None


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
