"""Whether a broadcast may sound where it is meant to, judged by the one timeline."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from loa_agent.protocol import documents as wire
from loa_agent.protocol.occurrences import occurrences
from loa_agent.protocol.timeline import Planned, timeline

from loa_server.domain.areas import AreaTree
from loa_server.domain.broadcasts import COMPILED_AHEAD
from loa_server.domain.listening import Limits, Listeners, config, different, manifest
from loa_server.domain.problems import Problem

LOOK_AHEAD = timedelta(days=8)
"""A week and a day: windows differ by weekday."""
FEW_DAYS = 16
"""What sounds on no more days than this within the compiled time is judged on each of them."""
_FAR = timedelta(days=366)
_DAY = timedelta(days=1)
CODES = {
    "outside_hours": "outside_permitted_hours",
    "over_sessions": "over_sessions",
    "over_session_length": "over_session_length",
    "over_day_length": "over_day_length",
}
"""Reasons of the timeline that only an override passes, and what they are called when refused."""

Span = tuple[datetime, datetime]


def not_permitted(
    broadcast: wire.Broadcast,
    found: Iterable[Listeners],
    tree: AreaTree,
    spans: Iterable[Span],
    now: datetime,
) -> list[Problem]:
    """What would fall silent by hours and caps were it alone, once for every code.

    Facts name the first `area` concerned, the `start`, and the `windows` or the `limit` passed.
    """
    alone = [manifest("a-x", 0, [broadcast], now)]
    stretches = list(spans)
    problems: dict[str, Problem] = {}
    for each in different(found):
        settings = config(each.limits, now)
        for begin, end in stretches:
            for planned in timeline(alone, settings, begin, end):
                if planned.reason in CODES and CODES[planned.reason] not in problems:
                    problems[CODES[planned.reason]] = problem(planned, each, tree)
    return list(problems.values())


def wholly_silent(
    broadcast: wire.Broadcast, limits: Limits, spans: Iterable[Span], now: datetime
) -> str | None:
    """The code by which nothing of it may sound there from now on.

    None when some of it may, or when nothing of it is to come.
    """
    alone = [manifest("a-x", 0, [broadcast], now)]
    settings = config(limits, now)
    code = None
    for begin, end in spans:
        for planned in timeline(alone, settings, begin, end):
            if any(sound.end > now for sound in planned.sounds) or planned.reason not in CODES:
                return None
            code = code or CODES[planned.reason]
    return code


def problem(planned: Planned, where: Listeners, tree: AreaTree) -> Problem:
    """Why an occurrence may not sound at these stations as ordered."""
    code = CODES[planned.reason or ""]
    facts: dict[str, object] = {
        "field": "when",
        "area": tree.get(where.area).name,
        "start": planned.occurrence.starts_at.isoformat(),
    }
    limits = where.limits
    match code:
        case "outside_permitted_hours":
            facts["windows"] = [window.model_dump() for window in limits.hours]
        case "over_sessions":
            facts["limit"] = limits.caps.sessions_per_day
        case "over_session_length":
            facts["limit_ms"] = limits.caps.session_ms
        case _:
            facts["limit_ms"] = limits.caps.day_ms
    return Problem(code, facts)


def next_start(broadcast: wire.Broadcast, now: datetime) -> datetime | None:
    """When it begins next, or None when it never will within a year."""
    for reach in (LOOK_AHEAD, _FAR):
        coming = [o.starts_at for o in occurrences(broadcast, now, now + reach)]
        later = [start for start in coming if start >= now]
        if later:
            return min(later)
    return None


def spans_to_judge(broadcast: wire.Broadcast, now: datetime) -> list[Span]:
    """Stretches of time that show everything a broadcast can meet.

    A week and a day from its next start on, and besides within the compiled time every day that is
    unlike the days judged (a holiday with other times) or was added singly; every day when there
    are few. Empty when it never sounds again.
    """
    first = next_start(broadcast, now)
    if first is None:
        return []
    zone = ZoneInfo(broadcast.rule.zone)
    last = _midnight(max(first + LOOK_AHEAD, now + COMPILED_AHEAD), zone)
    days: dict[date, tuple[time, ...]] = {}
    for each in occurrences(broadcast, first, last):
        local = each.starts_at.astimezone(zone)
        days[local.date()] = (*days.get(local.date(), ()), local.time())
    return list(_joined(_chosen(days, broadcast, first.astimezone(zone).date()), zone, first))


def _midnight(instant: datetime, zone: ZoneInfo) -> datetime:
    """The local midnight after: half a day would look like a day with fewer starts."""
    day = instant.astimezone(zone).date() + _DAY
    return datetime.combine(day, time(), zone).astimezone(instant.tzinfo)


def _chosen(
    days: dict[date, tuple[time, ...]], broadcast: wire.Broadcast, first: date
) -> list[date]:
    if len(days) <= FEW_DAYS:
        return sorted(days)
    added = {date.fromisoformat(text[:10]) for text in broadcast.rule.dates}
    seen: set[tuple[int, tuple[time, ...]]] = set()
    chosen = []
    for day in sorted(days):
        kind = (day.isoweekday(), days[day])
        if day < first + LOOK_AHEAD or day in added or kind not in seen:
            chosen.append(day)
        seen.add(kind)
    return chosen


def _joined(days: list[date], zone: ZoneInfo, first: datetime) -> Iterator[Span]:
    """Neighbouring days are one question: each asks for the days around it anyhow."""
    begin = end = None
    for day in days:
        if begin is None or end is None or day > end:
            if begin is not None and end is not None:
                yield _span(begin, end, zone, first)
            begin = day
        end = day + _DAY
    if begin is not None and end is not None:
        yield _span(begin, end, zone, first)


def _span(begin: date, end: date, zone: ZoneInfo, first: datetime) -> Span:
    """From local midnight to local midnight, but not before the first start."""
    since = datetime.combine(begin, time(), zone).astimezone(first.tzinfo)
    return max(since, first), datetime.combine(end, time(), zone).astimezone(first.tzinfo)
