"""Where a broadcast stands at an instant, and which of its occurrences people want to see."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from loa_agent.protocol import documents as wire
from loa_agent.protocol.documents import local_start
from loa_agent.protocol.occurrences import Occurrence, occurrences

from loa_server.domain.broadcasts import BroadcastStatus
from loa_server.domain.when import DAILY

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
    broadcast: wire.Broadcast, stopped_at: datetime | None, now: datetime, *, with_last: bool = True
) -> Standing:
    """Judge a broadcast; `with_last` False spares the search for an occurrence long past."""
    if stopped_at is not None:
        broadcast = broadcast.model_copy(
            update={"ends_at": min(stopped_at, broadcast.ends_at or stopped_at)}
        )
    near = occurrences(_brought_near(broadcast, now), now - NEAR, now + NEAR)
    last = max((o for o in near if o.starts_at <= now), key=_start, default=None)
    coming = min((o for o in near if o.starts_at > now), key=_start, default=None)
    if coming is None and _may_come(broadcast, now):
        later = occurrences(broadcast, now + NEAR, now + FAR)
        coming = min((o for o in later if o.starts_at > now), key=_start, default=None)
    if last is None and with_last and broadcast.begins_at is not None:
        last = max(occurrences(broadcast, broadcast.begins_at, now), key=_start, default=None)
    sounding = last is not None and now < last.ends_at
    shown = last if _still_shown(last, now) else coming or last
    return Standing(
        status=_status(stopped=stopped_at is not None, sounding=sounding, coming=coming),
        next_at=None if coming is None else coming.starts_at,
        shown=shown,
    )


def _brought_near(broadcast: wire.Broadcast, now: datetime) -> wire.Broadcast:
    """A daily rule begun shortly before: the same days from then on, without counting up to them.

    A list of daily broadcasts a year old would otherwise step through a year of days for each.
    """
    rule = broadcast.rule
    first = local_start(rule.start)
    begin = (now - NEAR).replace(tzinfo=None) - NEAR
    if rule.rrule != DAILY or first >= begin:
        return broadcast
    later = datetime.combine(begin.date(), first.time())
    nearer = rule.model_copy(update={"start": later.isoformat(timespec="seconds")})
    return broadcast.model_copy(update={"rule": nearer})


def _start(occurrence: Occurrence) -> datetime:
    return occurrence.starts_at


def _may_come(broadcast: wire.Broadcast, now: datetime) -> bool:
    return broadcast.ends_at is None or broadcast.ends_at > now + NEAR


def _still_shown(last: Occurrence | None, now: datetime) -> bool:
    return last is not None and now < last.ends_at + AFTERGLOW


def _status(*, stopped: bool, sounding: bool, coming: Occurrence | None) -> BroadcastStatus:
    if stopped:
        return BroadcastStatus.STOPPED
    if sounding:
        return BroadcastStatus.ON_AIR
    return BroadcastStatus.FINISHED if coming is None else BroadcastStatus.SCHEDULED
