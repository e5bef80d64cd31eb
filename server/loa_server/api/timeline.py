"""What will sound: the coming hours, the timetable, and the calendar beside it."""

from datetime import timedelta

from apiflask import APIBlueprint

from loa_server.api import shapes
from loa_server.api.access import signed_in
from loa_server.api.context import actor, services
from loa_server.api.render_timeline import coming_to_shape, day_to_shape, timetable_to_shape
from loa_server.api.shapes import timeline as wire
from loa_server.application.list_coming import list_coming, only_station
from loa_server.application.show_timetable import calendar_days, show_timetable, window_of
from loa_server.domain.problems import Problem
from loa_server.domain.rights import Reach

bp = APIBlueprint("timeline", __name__, tag="timeline")

USUAL_HOURS = timedelta(hours=24)
MOST_HOURS = timedelta(days=8)
MOST_DAYS = 400


@bp.get("/timeline")
@signed_in
@bp.input(wire.HoursAsked, location="query", arg_name="asked")
@bp.output(shapes.list_of(wire.Coming))
@bp.doc(responses=[404])
def list_hours(asked: wire.HoursAsked) -> list[wire.Coming]:
    """All that will sound at the stations in reach, in order of start, and what will not."""
    begin = asked.begin or services().clock()
    end = asked.end or begin + USUAL_HOURS
    if not timedelta(0) < end - begin <= MOST_HOURS:
        raise Problem(
            "bad_request", {"field": "end", "most_hours": MOST_HOURS // timedelta(hours=1)}
        )
    reach, home = _asked_place(asked.area)
    air = services().queries.air((begin, end), reach, home)
    if asked.station is not None:
        air = only_station(air, asked.station)
    return [coming_to_shape(each) for each in list_coming(air, begin, end)]


@bp.get("/timetable")
@signed_in
@bp.input(wire.TimetableAsked, location="query", arg_name="asked")
@bp.output(wire.Timetable)
@bp.doc(responses=[404])
def get_timetable(asked: wire.TimetableAsked) -> wire.Timetable:
    """Local days with everything due, for stations or for areas."""
    if (wire.LAST_LUNAR_DAY - asked.from_).days < asked.days - 1:
        raise Problem("bad_request", {"field": "days"})
    reach, home = _asked_place(asked.area)
    zone = services().queries.tree().zone(home, services().zone)
    air = services().queries.air(window_of(asked.from_, asked.days, zone), reach, home)
    found = show_timetable(
        air, actor(), first=asked.from_, days=asked.days, zone=zone, rows=asked.rows
    )
    return timetable_to_shape(found)


@bp.get("/days")
@signed_in
@bp.input(wire.DaysAsked, location="query", arg_name="asked")
@bp.output(shapes.list_of(wire.CalendarDay))
@bp.doc(responses=[404])
def list_calendar_days(asked: wire.DaysAsked) -> list[wire.CalendarDay]:
    """Days with their lunar dates and holidays."""
    _, home = _asked_place(asked.area)
    days = (asked.to - asked.from_).days + 1
    if not 0 < days <= MOST_DAYS:
        raise Problem("bad_request", {"field": "to", "most_days": MOST_DAYS})
    with services().store.read() as rows:
        calendar = rows.places.calendar(home)
    return [day_to_shape(each) for each in calendar_days(calendar, asked.from_, days)]


def _asked_place(area: str | None) -> tuple[Reach, str]:
    """The area asked for, or all the actor sees; whose holidays are shown.

    Raises:
        Problem: `not_found` for an area outside the reach.
    """
    if area is None:
        return actor().reach, actor().area
    if area not in services().queries.tree().within(actor().reach):
        raise Problem("not_found", {"area": area})
    return frozenset({area}), area
