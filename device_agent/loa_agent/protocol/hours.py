"""Permitted hours as spans of instants, and how loud it is in which."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from loa_agent.protocol.documents import Config, Window
from loa_agent.protocol.instants import (
    DAY_SECONDS,
    ceil_ms,
    floor_ms,
    instant_of,
    local_day,
    utc_ms,
)


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
    found = open_stretches(windows, zone, floor_ms(begin), ceil_ms(end))
    spans = [Span(max(instant_of(b), begin), min(instant_of(e), end)) for b, e in found]
    return [span for span in spans if span.begin < span.end]


def open_stretches(
    windows: Sequence[Window], zone: str, begin: int, end: int
) -> list[tuple[int, int]]:
    """The same in milliseconds: permitted time inside [begin, end), merged and in order."""
    found = []
    for day in range(local_day(zone, begin) - 1, local_day(zone, end) + 1):
        midnight = day * DAY_SECONDS
        for window in windows:
            if (day - 1) % 7 + 1 in window.weekdays:
                opened = utc_ms(zone, midnight + _seconds(window.start))
                closed = utc_ms(zone, midnight + _seconds(window.end))
                found.append((max(opened, begin), min(closed, end)))
    joined: list[tuple[int, int]] = []
    for opened, closed in sorted(each for each in found if each[0] < each[1]):
        if joined and opened <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], closed))
        else:
            joined.append((opened, closed))
    return joined


def _seconds(text: str) -> int:
    return int(text[:2]) * 3600 + int(text[3:]) * 60


def volume_at(config: Config, instant: datetime) -> int:
    """Percent of what begins at `instant`: of the first window that holds it, else the usual."""
    now = floor_ms(instant)
    for window in config.volumes:
        if open_stretches([window], config.zone, now, now + 1):
            return window.percent
    return config.volume_percent


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
