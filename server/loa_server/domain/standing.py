"""Where a broadcast stands at an instant, and which of its occurrences people want to see."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from loa_agent.protocol import documents as wire
from loa_agent.protocol.occurrences import Occurrence, occurrences

from loa_server.domain.broadcasts import ApprovalState, Broadcast, BroadcastStatus
from loa_server.domain.holidays import Calendar
from loa_server.domain.schedule import MAX_WINDOW, Schedule, travelling

DAY = timedelta(days=1)
NEAR = timedelta(days=2)
"""What comes and goes daily is found at once; only what is further off costs a longer look."""
FAR = timedelta(days=732)
AFTERGLOW = timedelta(minutes=10)
"""How long what has just ended is still of more interest than what comes next."""


@dataclass(frozen=True, slots=True)
class Standing:
    """`shown` is the occurrence sounding, just ended, next or last; None when there is none."""

    status: BroadcastStatus
    next_at: datetime | None
    shown: Occurrence | None


def standing(
    broadcast: Broadcast,
    travelling: wire.Broadcast,
    calendar: Calendar,
    now: datetime,
    *,
    with_last: bool = True,
) -> Standing:
    """Judge a broadcast; `travelling` is how stations hear of it at `now`.

    `with_last` False spares the search for an occurrence long past.
    """
    stopped = broadcast.stopped_at
    if stopped is not None:
        ends_at = min(stopped, travelling.ends_at or stopped)
        travelling = travelling.model_copy(update={"ends_at": ends_at})
    series = _Series(travelling, broadcast.schedule, calendar)
    near = occurrences(travelling, now - NEAR, now + NEAR)
    last = max((o for o in near if o.starts_at <= now), key=_start, default=None)
    coming = min((o for o in near if o.starts_at > now), key=_start, default=None)
    if coming is None and _may_come(travelling, now):
        coming = next(series.forwards(now + NEAR, now + FAR), None)
    if last is None and with_last and travelling.begins_at is not None:
        last = next(series.backwards(travelling.begins_at, now), None)
    sounding = last is not None and now < last.ends_at
    shown = last if _still_shown(last, now) else coming or last
    return Standing(
        status=_status(broadcast, sounding=sounding, coming=coming),
        next_at=None if coming is None else coming.starts_at,
        shown=shown,
    )


@dataclass(frozen=True, slots=True)
class _Series:
    """A broadcast over longer stretches than one travelling rule has its holidays for."""

    broadcast: wire.Broadcast
    schedule: Schedule
    calendar: Calendar

    def forwards(self, begin: datetime, end: datetime) -> Iterator[Occurrence]:
        """Occurrences that start in [begin, end), soonest first."""
        while begin < end:
            after = min(begin + self._stride, end)
            yield from sorted(self._starting(begin, after), key=_start)
            begin = after

    def backwards(self, begin: datetime, end: datetime) -> Iterator[Occurrence]:
        """Occurrences that start in [begin, end), latest first."""
        end = min(end, self.broadcast.ends_at or end)
        while begin < end:
            before = max(end - self._stride, begin)
            yield from sorted(self._starting(before, end), key=_start, reverse=True)
            end = before

    @property
    def _stride(self) -> timedelta:
        # A single broadcast is found in one look; a day at each end allows for any zone.
        return FAR if self.schedule.rule.rrule is None else MAX_WINDOW - 3 * DAY

    def _starting(self, begin: datetime, end: datetime) -> Iterator[Occurrence]:
        rule = self.schedule.rule
        if rule.rrule is not None:
            first, after = begin.date() - DAY, end.date() + 2 * DAY
            rule = travelling(self.schedule, self.calendar, first, after)
        broadcast = self.broadcast.model_copy(update={"rule": rule})
        return (o for o in occurrences(broadcast, begin, end) if begin <= o.starts_at < end)


def _start(occurrence: Occurrence) -> datetime:
    return occurrence.starts_at


def _may_come(broadcast: wire.Broadcast, now: datetime) -> bool:
    return broadcast.ends_at is None or broadcast.ends_at > now + NEAR


def _still_shown(last: Occurrence | None, now: datetime) -> bool:
    return last is not None and now < last.ends_at + AFTERGLOW


def _status(broadcast: Broadcast, *, sounding: bool, coming: Occurrence | None) -> BroadcastStatus:
    if broadcast.stopped_at is not None:
        return BroadcastStatus.STOPPED
    match broadcast.approval.state:
        case ApprovalState.WAITING:
            return BroadcastStatus.WAITING
        case ApprovalState.REFUSED:
            return BroadcastStatus.REFUSED
        case ApprovalState.APPROVED if sounding:
            return BroadcastStatus.ON_AIR
        case ApprovalState.APPROVED:
            return BroadcastStatus.FINISHED if coming is None else BroadcastStatus.SCHEDULED
