"""What an order would do, without ordering it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from loa_server.application.create_broadcast import decided_alone
from loa_server.application.draft_broadcast import Order, drafted
from loa_server.application.judging import Judged, Places, judged, read_places
from loa_server.application.ports import Transaction
from loa_server.application.services import Services
from loa_server.domain.approval import Needs, as_if_agreed
from loa_server.domain.areas import AreaTree
from loa_server.domain.broadcasts import ApprovalState, Broadcast
from loa_server.domain.conflicts import Conflict, deciding_area
from loa_server.domain.holidays import Calendar, HolidayName
from loa_server.domain.lunar import FIRST_YEAR, LAST_YEAR, LunarDate, to_lunar
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.rights import Deed, may
from loa_server.domain.schedule import starts
from loa_server.domain.when import HORIZON

SHOWN_STARTS = 10
UNNAMED = "moi"
"""Id of a broadcast that is not ordered yet."""
RAISED = frozenset({"forbidden", "not_found", "audience_unknown"})
"""Who may not ask is refused; what is only wrong with the wish is part of the answer."""


@dataclass(frozen=True, slots=True)
class Start:
    """An occurrence to come, with what its local day is called."""

    starts_at: datetime
    day: date
    lunar: LunarDate | None
    holidays: tuple[HolidayName, ...]


@dataclass(frozen=True, slots=True)
class Met:
    """A conflict, and the area whose order the asker may decide to turn it round."""

    conflict: Conflict
    may_reorder_area: str | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What would come of an order."""

    tree: AreaTree
    duration_ms: int = 0
    slot_ms: int | None = None
    station_count: int = 0
    starts: Sequence[Start] = ()
    problems: Sequence[Problem] = ()
    conflicts: Sequence[Met] = ()
    needs: Needs = Needs.APPROVAL


def preview_broadcast(services: Services, actor: Account, order: Order) -> Preview:
    """Judge an order as `create_broadcast` would.

    Raises:
        Problem: `forbidden`, `not_found`, `audience_unknown`.
    """
    now = services.clock()
    with services.store.read() as rows:
        places = read_places(rows, services.zone)
        try:
            draft = drafted(rows, places, actor, order, now, UNNAMED)
            return previewed(rows, places, actor, draft, now)
        except Problem as problem:
            if problem.code in RAISED:
                raise
            return Preview(places.tree, problems=[problem])


def previewed(
    rows: Transaction,
    places: Places,
    actor: Account,
    draft: Broadcast,
    now: datetime,
    instead: Broadcast | None = None,
) -> Preview:
    """What a drafted broadcast meets and still needs."""
    found = judged(rows, places, as_if_agreed(draft, now), now, instead)
    calendar = places.calendars.of(draft.area)
    return Preview(
        places.tree,
        duration_ms=found.travelling.duration_ms,
        slot_ms=draft.slot_ms,
        station_count=found.station_count,
        starts=list(islice(_starts(draft, calendar, now), SHOWN_STARTS)),
        problems=found.problems,
        conflicts=[_met(each, actor, places.tree) for each in found.conflicts],
        needs=_needs(places, actor, draft, found, now),
    )


def _needs(places: Places, actor: Account, draft: Broadcast, found: Judged, now: datetime) -> Needs:
    if found.problems or draft.override is not None:
        return Needs.OVERRIDE
    alone = decided_alone(places, actor, draft, now).approval.state is ApprovalState.APPROVED
    return Needs.NOTHING if alone else Needs.APPROVAL


def _starts(draft: Broadcast, calendar: Calendar, now: datetime) -> Iterator[Start]:
    zone = ZoneInfo(draft.rule.zone)
    begin = now.astimezone(zone).replace(tzinfo=None)
    for local in starts(draft.schedule, calendar, begin, begin + HORIZON):
        instant = local.replace(tzinfo=zone).astimezone(now.tzinfo)
        if draft.ends_at is not None and instant >= draft.ends_at:
            return
        day = local.date()
        lunar = to_lunar(day) if FIRST_YEAR <= day.year <= LAST_YEAR else None
        yield Start(instant, day, lunar, calendar.names(day))


def _met(conflict: Conflict, actor: Account, tree: AreaTree) -> Met:
    area = deciding_area(conflict, tree)
    if area is not None and not may(actor.grants, tree, Deed.APPROVE, area):
        area = None
    return Met(conflict, area)
