"""From what a form says of areas and stations to what use-cases take."""

from collections.abc import Sequence

from loa_agent.protocol.documents import Caps, VolumeWindow, Window

from loa_server.api.shapes import areas as shapes
from loa_server.application.change_area import AreaWish
from loa_server.application.change_station import StationWish
from loa_server.application.merge_areas import NewName
from loa_server.domain import area_limits
from loa_server.domain.problems import Problem

MINUTE_MS = 60_000


def area_wish(change: shapes.AreaChange) -> AreaWish:
    """Only what was said: what was left out stays as it is."""
    said = change.model_fields_set
    wish = AreaWish()
    _limit(wish, change)
    if "name" in said:
        wish["name"] = change.name
    if "code" in said:
        wish["code"] = change.code
    if "kind" in said and change.kind is not None:
        wish["kind"] = change.kind
    if "zone" in said:
        wish["zone"] = None if change.zone is None else area_limits.zone(change.zone)
    if "self_approval" in said:
        wish["self_approval"] = change.self_approval
    return wish


def station_wish(change: shapes.StationChange) -> StationWish:
    """Only what was said: what was left out stays as it is."""
    said = change.model_fields_set
    wish = StationWish()
    _limit(wish, change)
    if "name" in said:
        wish["name"] = change.name
    if "volume_percent" in said:
        wish["volume_percent"] = change.volume_percent
    if "delay_ms" in said:
        wish["delay_ms"] = change.delay_ms
    return wish


def _limit(wish: area_limits.LimitsWish, change: shapes.AreaChange | shapes.StationChange) -> None:
    said = change.model_fields_set
    if "hours" in said:
        wish["hours"] = _hours(change.hours)
    if "caps" in said:
        wish["caps"] = _caps(change.caps)
    if "volumes" in said:
        wish["volumes"] = _volumes(change.volumes)


def merge_into(into: shapes.MergeInto) -> str | NewName:
    """An area that is there, or the name of a new one; raises Problem `bad_request` for both."""
    if into.id is not None and into.name is None and into.code is None:
        return into.id
    if into.id is None and into.name is not None and into.code is not None:
        return NewName(into.name, into.code)
    raise Problem("bad_request", {"field": "into"})


def _hours(windows: Sequence[shapes.WindowWish] | None) -> tuple[Window, ...] | None:
    if windows is None:
        return None
    return area_limits.hours(
        [area_limits.WindowWish(tuple(each.weekdays), each.start, each.end) for each in windows]
    )


def _volumes(windows: Sequence[shapes.VolumeWish] | None) -> tuple[VolumeWindow, ...] | None:
    if windows is None:
        return None
    return area_limits.volumes(
        [
            area_limits.WindowWish(tuple(each.weekdays), each.start, each.end, each.percent)
            for each in windows
        ]
    )


def _caps(wish: shapes.CapsWish | None) -> Caps | None:
    if wish is None:
        return None
    session_ms = None if wish.session_min is None else wish.session_min * MINUTE_MS
    day_ms = None if wish.day_min is None else wish.day_min * MINUTE_MS
    return area_limits.caps(wish.sessions_per_day, session_ms, day_ms)
