"""Hours, caps and volumes by hour as people order them: in order, apart, and not too many.

No law has figures for them: the commune sets them in the rules of its station (NĐ 49/2024/NĐ-CP,
article 7). Hence they are settings of each place, and what nobody sets is handed down.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict
from zoneinfo import ZoneInfo

from loa_agent.protocol.documents import MAX_VOLUMES, Caps, VolumeWindow, Window, Wire

from loa_server.domain.areas import Area
from loa_server.domain.problems import Problem
from loa_server.domain.stations import Station

MAX_HOURS = 48
"""Windows of permitted hours at one place."""


@dataclass(frozen=True, slots=True)
class WindowWish:
    """Local times `HH:MM`, `end` up to 24:00; `percent` where it is a volume."""

    weekdays: tuple[int, ...]
    start: str
    end: str
    percent: int = 0


class LimitsWish(TypedDict, total=False):
    """What a place is to decide itself; None is taken from above."""

    hours: tuple[Window, ...] | None
    caps: Caps | None
    volumes: tuple[VolumeWindow, ...] | None


def hours(wishes: Sequence[WindowWish]) -> tuple[Window, ...]:
    """Permitted hours; none at all means never.

    Raises:
        Problem: `too_many`, `no_weekday`, `window_backwards`, `windows_overlap`, all with `field`.
    """
    _require_apart(wishes, "hours", MAX_HOURS)
    return tuple(
        Window(weekdays=_days(each), start=each.start, end=each.end) for each in _in_order(wishes)
    )


def volumes(wishes: Sequence[WindowWish]) -> tuple[VolumeWindow, ...]:
    """Volume by hour; raises as `hours`."""
    _require_apart(wishes, "volumes", MAX_VOLUMES)
    return tuple(
        VolumeWindow(weekdays=_days(each), start=each.start, end=each.end, percent=each.percent)
        for each in _in_order(wishes)
    )


def caps(sessions: int | None, session_ms: int | None, day_ms: int | None) -> Caps:
    """Limits; raises Problem `session_over_day` for a session longer than all of a day."""
    if session_ms is not None and day_ms is not None and session_ms > day_ms:
        raise Problem("session_over_day", {"field": "caps"})
    return Caps(sessions_per_day=sessions, session_ms=session_ms, day_ms=day_ms)


def zone(name: str) -> str:
    """A time zone by its name; raises Problem `zone_unknown`."""
    try:
        ZoneInfo(name)
    except (OSError, KeyError, ValueError) as error:
        raise Problem("zone_unknown", {"field": "zone"}) from error
    return name


def settings_facts(place: Area | Station, names: Iterable[str]) -> dict[str, Any]:
    """Fields of a place as JSON values, for the record of who changed what."""
    return {name: _json(getattr(place, name)) for name in sorted(names)}


def _json(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_json(each) for each in value]
    return value.model_dump(mode="json") if isinstance(value, Wire) else value


def _require_apart(wishes: Sequence[WindowWish], field: str, most: int) -> None:
    if len(wishes) > most:
        raise Problem("too_many", {"field": field, "most": most})
    for position, each in enumerate(wishes):
        facts = {"field": field, "position": position}
        if not each.weekdays:
            raise Problem("no_weekday", facts)
        if each.start >= each.end:
            raise Problem("window_backwards", facts)
        for earlier, other in enumerate(wishes[:position]):
            if _overlap(each, other):
                raise Problem("windows_overlap", {**facts, "other": earlier})


def _overlap(one: WindowWish, other: WindowWish) -> bool:
    common = set(one.weekdays) & set(other.weekdays)
    return bool(common) and one.start < other.end and other.start < one.end


def _in_order(wishes: Sequence[WindowWish]) -> list[WindowWish]:
    return sorted(wishes, key=lambda each: (each.start, each.end, _days(each)))


def _days(wish: WindowWish) -> tuple[int, ...]:
    return tuple(sorted(set(wish.weekdays)))
