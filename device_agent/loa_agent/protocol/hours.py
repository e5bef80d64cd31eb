"""Permitted hours as spans of instants."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from loa_agent.protocol.documents import Window


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open stretch of time [begin, end), aware UTC."""

    begin: datetime
    end: datetime


def permitted_spans(
    windows: Sequence[Window], zone: str, begin: datetime, end: datetime
) -> list[Span]:
    """When sound is permitted inside [begin, end), merged and in order.

    No windows means never: a station without settings stays silent, save for emergencies.
    """
    tz = ZoneInfo(zone)
    day = begin.astimezone(tz).date() - timedelta(days=1)
    last = end.astimezone(tz).date() + timedelta(days=1)
    spans = []
    while day <= last:
        for window in windows:
            if day.isoweekday() in window.weekdays:
                opened, closed = (_instant(day, text, tz) for text in (window.start, window.end))
                spans.append(Span(max(opened, begin), min(closed, end)))
        day += timedelta(days=1)
    return merged([span for span in spans if span.begin < span.end])


def _instant(day: date, text: str, tz: ZoneInfo) -> datetime:
    if text == "24:00":
        day, text = day + timedelta(days=1), "00:00"
    return datetime.combine(day, time.fromisoformat(text), tz).astimezone(UTC)


def merged(spans: Sequence[Span]) -> list[Span]:
    """Touching and overlapping spans become one."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda each: each.begin):
        if joined and span.begin <= joined[-1].end:
            joined[-1] = Span(joined[-1].begin, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def overlap(span: Span, others: Sequence[Span]) -> list[Span]:
    """The parts of `span` inside any of `others`."""
    cut = [Span(max(span.begin, o.begin), min(span.end, o.end)) for o in others]
    return merged([each for each in cut if each.begin < each.end])


def without(span: Span, others: Sequence[Span]) -> list[Span]:
    """The parts of `span` outside all of `others`."""
    left = []
    begin = span.begin
    for other in merged(others):
        if other.end <= begin or other.begin >= span.end:
            continue
        if other.begin > begin:
            left.append(Span(begin, other.begin))
        begin = max(begin, other.end)
    if begin < span.end:
        left.append(Span(begin, span.end))
    return left
