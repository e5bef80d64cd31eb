"""Areas with their settings and past, stations, and what people ask to be done with them."""

from typing import Annotated, Any

from apiflask.fields import UploadFile
from loa_agent.protocol.documents import ClockText, Percent
from loa_agent.protocol.reports import ClockTrust
from pydantic import Field

from loa_server.api.shapes.base import Instant, Shape, Wish, Word
from loa_server.domain.areas import AreaKind
from loa_server.domain.stations import StationCondition

MAX_WINDOWS = 1000
MAX_AREAS = 1000
"""More than any use-case accepts, so that it can say how many it does; less than floods it."""
DAY_MIN = 24 * 60
MAX_SESSIONS = 1000
MAX_DELAY_MS = 2000

Weekday = Annotated[int, Field(ge=1, le=7)]
Minutes = Annotated[int, Field(ge=1, le=DAY_MIN)]


class Window(Shape):
    """Permitted hours on ISO weekdays (1 Monday .. 7 Sunday), local time; `end` may be 24:00."""

    weekdays: list[int]
    start: str
    end: str


class VolumeWindow(Shape):
    """How loud in these hours; of several the first that fits counts."""

    weekdays: list[int]
    start: str
    end: str
    percent: int


class Caps(Shape):
    """Limits on sessions a day, minutes of a session and of a day; null is no limit."""

    sessions_per_day: int | None
    session_min: int | None
    day_min: int | None


class Own(Shape):
    """What an area or station decided itself; null is what stands above it."""

    zone: str | None
    hours: list[Window] | None
    caps: Caps | None
    volumes: list[VolumeWindow] | None
    self_approval: bool | None


class Area(Shape):
    """An area with what is in force there; `level` is its depth, 0 the country."""

    id: str
    code: str
    name: str
    kind: AreaKind
    level: int
    parent: str | None
    zone: str
    hours: list[Window]
    caps: Caps
    volumes: list[VolumeWindow]
    self_approval: bool
    own: Own
    station_count: int


class AreaPast(Shape):
    """What an area was called, and where it stood, for some time; null has no known end."""

    code: str
    name: str
    kind: AreaKind
    parent: str | None
    parent_name: str | None
    from_: Instant | None = Field(alias="from")
    to: Instant | None


class Merged(Shape):
    """An area that became part of another."""

    id: str
    code: str
    name: str
    until: Instant


class AreaDetail(Area):
    """An area with its past, oldest first; one no longer in force says when it ended."""

    valid_from: Instant | None
    valid_to: Instant | None
    replaced_by: str | None
    replaced_by_name: str | None
    history: list[AreaPast]
    merged: list[Merged]


class MergeResult(Shape):
    """What a merge does, or would do; `area` is where it leads, null before it is made.

    `broadcasts` are told to the same listeners under other names; `heard_anew` are those of the
    receiving area that its new stations will hear as well.
    """

    applied: bool
    area: str | None
    areas: int
    children: int
    stations: int
    people: int
    broadcasts: int
    heard_anew: int
    bulletins: int
    special_days: int
    recoded: int
    kept_settings: int


class ImportProblem(Shape):
    """Why a line cannot be taken; the first line under the heading is 2."""

    line: int
    field: str
    code: str
    facts: dict[str, Any]  # Any: JSON values that differ by code


class ImportResult(Shape):
    """What an import does, or would do; with any problem it does nothing."""

    applied: bool
    rows: int
    added: int
    changed: int
    problems: list[ImportProblem]


class SeedProvince(Shape):
    """A province whose communes this server knows by itself."""

    code: str
    name: str
    communes: int


class SpecialDay(Shape):
    """A day an area keeps as a holiday of its own; `area` may stand above the one asked about."""

    day: str
    name: str
    area: str
    area_name: str


class Station(Shape):
    """A loudspeaker station; `playing` is an occurrence id."""

    id: str
    name: str
    area: str
    area_name: str
    status: StationCondition
    enrolled: bool
    clock: ClockTrust | None
    playing: str | None
    playing_title: str | None
    last_seen: Instant | None
    conditions: list[str]
    up_to_date: bool
    volume_percent: int
    agent_version: str | None
    free_bytes: int | None


class StationOwn(Shape):
    """What a station has of its own; null is its area's."""

    hours: list[Window] | None
    caps: Caps | None
    volumes: list[VolumeWindow] | None


class StationSettings(Shape):
    """How a station sounds: what is in force there and what of it is its own."""

    name: str
    volume_percent: int
    delay_ms: int
    zone: str
    hours: list[Window]
    caps: Caps
    volumes: list[VolumeWindow]
    own: StationOwn


class NewStation(Wish):
    """A place for a station."""

    name: Word
    area: Word


class WindowWish(Wish):
    """Permitted hours on some weekdays; without `weekdays` on all."""

    weekdays: list[Weekday] = Field(default=[1, 2, 3, 4, 5, 6, 7], max_length=7)
    start: ClockText
    end: ClockText


class VolumeWish(WindowWish):
    """How loud in these hours."""

    percent: Percent


class CapsWish(Wish):
    """Limits; what is left out is no limit."""

    sessions_per_day: int | None = Field(default=None, ge=1, le=MAX_SESSIONS)
    session_min: Minutes | None = None
    day_min: Minutes | None = None


class _LimitsWish(Wish):
    hours: list[WindowWish] | None = Field(default=None, max_length=MAX_WINDOWS)
    caps: CapsWish | None = None
    volumes: list[VolumeWish] | None = Field(default=None, max_length=MAX_WINDOWS)


class NewArea(Wish):
    """An area under another; its kind follows from where it stands, unless given."""

    parent: Word
    name: Word
    code: Word
    kind: AreaKind | None = None


class AreaChange(_LimitsWish):
    """What is to be different; what is left out stays, a setting of null is taken from above."""

    name: Word = ""
    code: Word = ""
    kind: AreaKind | None = None
    zone: Word | None = None
    self_approval: bool | None = None


class AreaMove(Wish):
    """Where an area is to stand from now on."""

    parent: Word


class MergeInto(Wish):
    """The area the others become: one that is there by its id, or a new one."""

    id: Word | None = None
    name: Word | None = None
    code: Word | None = None


class Merge(Wish):
    """Areas that become one; without `apply` it is only said what would happen."""

    areas: list[Word] = Field(max_length=MAX_AREAS)
    into: MergeInto
    apply: bool = False


class AreaImport(Wish):
    """A list of areas, or a province this server knows; only tried out without `apply`."""

    file: UploadFile | None = None
    seed: Word | None = None
    apply: bool = False


class SpecialDayWish(Wish):
    """What a day is called."""

    name: Word


class StationChange(_LimitsWish):
    """What is to be different at a station; what is left out stays, null is its area's."""

    name: Word = ""
    volume_percent: Percent = 0
    delay_ms: int = Field(default=0, ge=0, le=MAX_DELAY_MS)


class StationMove(Wish):
    """The area a station is to belong to."""

    area: Word
