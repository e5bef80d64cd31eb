"""The timetable of an area as a calendar file."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from loa_server.application.queries import BroadcastView
from loa_server.application.services import Services
from loa_server.domain.broadcasts import BroadcastStatus
from loa_server.domain.calendar_entries import Entry, Span, entries_of
from loa_server.domain.holidays import Calendar
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.rights import Deed, may

MAX_BROADCASTS = 2000
SHOWN = frozenset({BroadcastStatus.SCHEDULED, BroadcastStatus.ON_AIR})
"""What still has something to come and waits for nobody's word."""


def export_calendar(
    services: Services,
    actor: Account,
    *,
    describe: Callable[[BroadcastView], str],
    area: str | None = None,
) -> bytes:
    """What is to sound in an area, or in all the actor sees; `describe` is said of each.

    Raises:
        Problem: `not_found` for an area outside what the actor sees.
    """
    now = services.clock()
    tree = services.queries.tree()
    if area is not None and not may(actor.grants, tree, Deed.SEE, area):
        raise Problem("not_found", {"area": area})
    reach = actor.reach if area is None else frozenset({area})
    found = services.queries.broadcasts(now, MAX_BROADCASTS, reach)
    shown = sorted(
        (view for view in found if view.status in SHOWN), key=lambda view: view.broadcast.id
    )
    with services.store.read() as rows:
        homes = {view.broadcast.area for view in shown}
        calendars = {home: rows.places.calendar(home) for home in homes}
    entries = (
        replace(entry, description=describe(view))
        for view in shown
        for entry in _entries(view, calendars[view.broadcast.area], now)
    )
    return services.calendar_format.write(entries)


def _entries(view: BroadcastView, calendar: Calendar, now: datetime) -> Iterator[Entry]:
    broadcast = view.broadcast
    zone = ZoneInfo(broadcast.rule.zone)
    end = None if broadcast.ends_at is None else _local(broadcast.ends_at, zone)
    span = Span(_local(broadcast.created_at, zone), end)
    today = now.astimezone(zone).date()
    length = timedelta(milliseconds=broadcast.slot_ms or view.duration_ms)
    place = ", ".join(each.name for each in view.audiences)
    for entry in entries_of(broadcast.id, broadcast.schedule, calendar, span, today):
        yield replace(entry, summary=broadcast.title, length=length, location=place)


def _local(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)
