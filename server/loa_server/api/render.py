"""From read models to the JSON shapes, one function per boundary."""

from loa_server.api import shapes
from loa_server.api.wishes import when_to_shape
from loa_server.application.queries import (
    AreaView,
    BroadcastView,
    BulletinView,
    PlayView,
    ProgressRow,
    StationView,
)


def area_to_shape(view: AreaView) -> shapes.Area:
    """An area with what is in force there."""
    return shapes.Area(
        id=view.id,
        code=view.code,
        name=view.name,
        level=view.level,
        parent=view.parent,
        zone=view.zone,
        hours=[
            shapes.Window(weekdays=list(each.weekdays), start=each.start, end=each.end)
            for each in view.hours
        ],
        station_count=view.station_count,
    )


def station_to_shape(view: StationView) -> shapes.Station:
    """A station on the dashboard."""
    return shapes.Station(
        id=view.id,
        name=view.name,
        area=view.area,
        area_name=view.area_name,
        status=view.status,
        enrolled=view.enrolled,
        clock=view.clock,
        playing=view.playing,
        playing_title=view.playing_title,
        last_seen=view.last_seen,
        conditions=list(view.conditions),
        up_to_date=view.up_to_date,
        volume_percent=view.volume_percent,
        agent_version=view.agent_version,
        free_bytes=view.free_bytes,
    )


def bulletin_to_shape(view: BulletinView) -> shapes.Bulletin:
    """A bulletin with its voice once it is ready."""
    bulletin, voice = view.bulletin, view.bulletin.voice
    return shapes.Bulletin(
        id=bulletin.id,
        title=bulletin.title,
        category=bulletin.category,
        author_name=view.author_name,
        area=bulletin.area,
        area_name=view.area_name,
        created_at=bulletin.created_at,
        status=bulletin.status,
        code=bulletin.code,
        facts=dict(bulletin.facts),
        sha256=None if voice is None else voice.sha256,
        duration_ms=None if voice is None else voice.duration_ms,
        bytes=None if voice is None else voice.bytes,
    )


def broadcast_to_shape(view: BroadcastView) -> shapes.Broadcast:
    """A broadcast as a list shows it."""
    broadcast = view.broadcast
    return shapes.Broadcast(
        id=broadcast.id,
        title=broadcast.title,
        class_=broadcast.class_,
        bulletins=list(broadcast.bulletins),
        audiences=[shapes.Audience(id=each.id, name=each.name) for each in view.audiences],
        when=when_to_shape(broadcast.schedule, broadcast.ends_at),
        author_name=view.author_name,
        created_at=broadcast.created_at,
        ends_at=broadcast.ends_at,
        stopped_at=broadcast.stopped_at,
        next_at=view.next_at,
        station_count=view.station_count,
        duration_ms=view.duration_ms,
        status=view.status,
        may_stop=view.may_stop,
    )


def progress_to_shape(row: ProgressRow) -> shapes.ProgressRow:
    """One station's way through an occurrence."""
    return shapes.ProgressRow(
        station=row.station,
        station_name=row.station_name,
        occurrence=row.occurrence,
        step=row.step,
        planned_at=row.planned_at,
        actual_at=row.actual_at,
        difference_ms=row.difference_ms,
        code=row.code,
    )


def play_to_shape(view: PlayView) -> shapes.Play:
    """A line of the play log."""
    play = view.play
    return shapes.Play(
        station=play.station,
        station_name=view.station_name,
        occurrence=play.occurrence,
        broadcast=play.broadcast,
        title=view.title,
        outcome=play.outcome,
        sha256=play.sha256,
        planned_at=play.planned_at,
        actual_at=play.actual_at,
        difference_ms=play.difference_ms,
        offset_ms=play.offset_ms,
        played_ms=play.played_ms,
        ended_at=play.ended_at,
        code=play.code,
    )
