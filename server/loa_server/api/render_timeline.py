"""From the read models of the timeline to JSON."""

from loa_server.api.render import lunar_to_shape
from loa_server.api.shapes import timeline as wire
from loa_server.application import timeline_queries as read

MAX_STATIONS = 200
"""Of one occurrence; the count tells of the rest."""


def coming_to_shape(coming: read.Coming) -> wire.Coming:
    """An occurrence of the coming hours."""
    return wire.Coming(
        occurrence=coming.occurrence,
        broadcast=coming.broadcast.id,
        title=coming.broadcast.title,
        class_=coming.broadcast.class_,
        area_name=coming.area_name,
        starts_at=coming.starts_at,
        ends_at=coming.ends_at,
        sounds=[
            wire.Sound(begin=each.begin, end=each.end, offset_ms=each.offset_ms)
            for each in coming.sounds
        ],
        outcome=coming.outcome,
        reason=coming.reason,
        winner=coming.winner,
        winner_title=coming.winner_title,
        early=coming.early,
        station_count=len(coming.sites),
        stations=[wire.HeardAt(id=site.id, name=site.name) for site in coming.sites[:MAX_STATIONS]],
        where=list(coming.where),
    )


def day_to_shape(day: read.CalendarDay) -> wire.CalendarDay:
    """A day of the calendar."""
    return wire.CalendarDay(date=day.date, lunar=lunar_to_shape(day.lunar), holiday=day.holiday)


def timetable_to_shape(timetable: read.Timetable) -> wire.Timetable:
    """The timetable, each event once."""
    return wire.Timetable(
        zone=timetable.zone,
        days=[day_to_shape(each) for each in timetable.days],
        rows=[
            wire.TimetableRow(id=each.id, name=each.name, area_name=each.area_name, line=each.line)
            for each in timetable.rows
        ],
        lines=[list(each) for each in timetable.lines],
        events=[_event_to_shape(each) for each in timetable.events],
    )


def _event_to_shape(event: read.TimetableEvent) -> wire.TimetableEvent:
    return wire.TimetableEvent(
        occurrence=event.occurrence,
        broadcast=event.broadcast.id,
        title=event.broadcast.title,
        class_=event.broadcast.class_,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        slot_ms=event.broadcast.slot_ms,
        outcome=event.outcome,
        reason=event.reason,
        winner_title=event.winner_title,
        waiting=event.waiting,
        may_change=event.may_change,
    )
