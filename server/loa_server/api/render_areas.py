"""From read models of areas and stations to the JSON shapes."""

from collections.abc import Iterable
from typing import TypedDict

from loa_agent.protocol import documents as wire

from loa_server.api.shapes import areas as shapes
from loa_server.application.area_queries import (
    AreaDetail,
    AreaView,
    InForce,
    SpecialDayView,
    StationSettingsView,
)
from loa_server.application.import_areas import Imported
from loa_server.application.merge_areas import Merge
from loa_server.application.queries import StationView

MINUTE_MS = 60_000


def area_to_shape(view: AreaView) -> shapes.Area:
    """An area with what is in force there."""
    area = view.area
    return shapes.Area(
        id=area.id,
        code=area.code,
        name=area.name,
        kind=area.called,
        level=area.level,
        parent=area.parent,
        **_in_force(view.in_force),
        own=shapes.Own(
            zone=area.zone,
            hours=None if area.hours is None else _windows(area.hours),
            caps=None if area.caps is None else _caps(area.caps),
            volumes=None if area.volumes is None else _volumes(area.volumes),
            self_approval=area.self_approval,
        ),
        station_count=view.station_count,
    )


def detail_to_shape(detail: AreaDetail) -> shapes.AreaDetail:
    """An area with its past."""
    area = area_to_shape(detail.view)
    return shapes.AreaDetail(
        **{name: getattr(area, name) for name in shapes.Area.model_fields},
        valid_from=detail.valid_from,
        valid_to=detail.valid_to,
        replaced_by=detail.replaced_by,
        replaced_by_name=detail.replaced_by_name,
        history=[
            shapes.AreaPast(
                code=each.code,
                name=each.name,
                kind=each.kind,
                parent=each.parent,
                parent_name=each.parent_name,
                from_=each.begins_at,
                to=each.ends_at,
            )
            for each in detail.history
        ],
        merged=[
            shapes.Merged(id=each.id, code=each.code, name=each.name, until=each.until)
            for each in detail.merged
        ],
    )


def special_day_to_shape(view: SpecialDayView) -> shapes.SpecialDay:
    """A day an area keeps as a holiday."""
    return shapes.SpecialDay(
        day=view.day.isoformat(), name=view.name, area=view.area, area_name=view.area_name
    )


def merge_to_shape(merge: Merge, *, applied: bool, known: str | None) -> shapes.MergeResult:
    """What a merge does; an area that only a merge would make is not named before."""
    return shapes.MergeResult(
        applied=applied,
        area=merge.area if applied else known,
        areas=merge.areas,
        children=merge.children,
        stations=merge.stations,
        people=merge.people,
        broadcasts=merge.broadcasts,
        heard_anew=merge.heard_anew,
        bulletins=merge.bulletins,
        special_days=merge.special_days,
        recoded=merge.recoded,
        kept_settings=merge.kept_settings,
    )


def imported_to_shape(done: Imported) -> shapes.ImportResult:
    """What an import does, with every bad line."""
    return shapes.ImportResult(
        applied=done.applied,
        rows=done.rows,
        added=done.added,
        changed=done.changed,
        problems=[
            shapes.ImportProblem(
                line=each.line, field=each.field, code=each.reason, facts=dict(each.facts)
            )
            for each in done.bad
        ],
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


def settings_to_shape(view: StationSettingsView) -> shapes.StationSettings:
    """How a station sounds."""
    station = view.station
    in_force = _in_force(view.in_force)
    return shapes.StationSettings(
        name=station.name,
        volume_percent=station.volume_percent,
        delay_ms=station.delay_ms,
        zone=view.in_force.zone,
        hours=in_force["hours"],
        caps=in_force["caps"],
        volumes=in_force["volumes"],
        own=shapes.StationOwn(
            hours=None if station.hours is None else _windows(station.hours),
            caps=None if station.caps is None else _caps(station.caps),
            volumes=None if station.volumes is None else _volumes(station.volumes),
        ),
    )


class _InForce(TypedDict):
    zone: str
    hours: list[shapes.Window]
    caps: shapes.Caps
    volumes: list[shapes.VolumeWindow]
    self_approval: bool


def _in_force(settings: InForce) -> _InForce:
    return _InForce(
        zone=settings.zone,
        hours=_windows(settings.hours),
        caps=_caps(settings.caps),
        volumes=_volumes(settings.volumes),
        self_approval=settings.self_approval,
    )


def _windows(windows: Iterable[wire.Window]) -> list[shapes.Window]:
    return [
        shapes.Window(weekdays=list(each.weekdays), start=each.start, end=each.end)
        for each in windows
    ]


def _volumes(windows: Iterable[wire.VolumeWindow]) -> list[shapes.VolumeWindow]:
    return [
        shapes.VolumeWindow(
            weekdays=list(each.weekdays), start=each.start, end=each.end, percent=each.percent
        )
        for each in windows
    ]


def _caps(caps: wire.Caps) -> shapes.Caps:
    return shapes.Caps(
        sessions_per_day=caps.sessions_per_day,
        session_min=None if caps.session_ms is None else caps.session_ms // MINUTE_MS,
        day_min=None if caps.day_ms is None else caps.day_ms // MINUTE_MS,
    )
