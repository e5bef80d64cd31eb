"""JSON of the API in both directions; the OpenAPI document is made from these models."""

from typing import Annotated, Any

from apiflask.fields import UploadFile
from loa_agent.protocol.documents import BroadcastClass
from loa_agent.protocol.reports import ClockTrust
from pydantic import ConfigDict, Field

from loa_server.api.shapes.base import Instant, Shape, Wish, Word
from loa_server.api.shapes.base import instant_text as instant_text
from loa_server.api.shapes.base import list_of as list_of
from loa_server.api.shapes.when import At, Now, OrderedAt, OrderedRule, Rule
from loa_server.domain.broadcasts import BroadcastStatus
from loa_server.domain.bulletins import BulletinStatus
from loa_server.domain.progress import PlayOutcome, Step
from loa_server.domain.stations import StationCondition

MAX_AUDIENCES = 500
MAX_ROWS = 1000


class Window(Shape):
    """Permitted hours on ISO weekdays (1 Monday .. 7 Sunday), local time; `end` may be 24:00."""

    weekdays: list[int]
    start: str
    end: str


class Area(Shape):
    """An area with the zone and hours in force there; `level` 0 country .. 3 hamlet."""

    id: str
    code: str
    name: str
    level: int
    parent: str | None
    zone: str
    hours: list[Window]
    station_count: int


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


class Claim(Shape):
    """A one-time code, shown once; `command` is the line to type at the station."""

    code: str
    expires_at: Instant
    qr_svg: str
    command: str


class Bulletin(Shape):
    """A bulletin; `code` and `facts` say why it was rejected or still waits."""

    id: str
    title: str
    category: str | None
    author_name: str
    area: str
    area_name: str
    created_at: Instant
    status: BulletinStatus
    code: str | None
    facts: dict[str, Any]  # Any: JSON values that differ by code
    sha256: str | None
    duration_ms: int | None
    bytes: int | None


class Audience(Shape):
    """Who is meant: `a-<area>`, `g-<group>` or `s-<station>`."""

    id: str
    name: str


class Broadcast(Shape):
    """A broadcast as a list shows it; `next_at` is null when nothing more will sound.

    `may_stop` is false for what was ordered above and only sounds here.
    """

    id: str
    title: str
    class_: BroadcastClass = Field(alias="class")
    bulletins: list[str]
    audiences: list[Audience]
    when: OrderedAt | OrderedRule = Field(discriminator="mode")
    author_name: str
    created_at: Instant
    ends_at: Instant | None
    stopped_at: Instant | None
    next_at: Instant | None
    station_count: int
    duration_ms: int
    status: BroadcastStatus
    may_stop: bool


class ProgressRow(Shape):
    """One station's way through the occurrence now of interest."""

    station: str
    station_name: str
    occurrence: str | None
    step: Step
    planned_at: Instant | None
    actual_at: Instant | None
    difference_ms: float | None
    code: str | None


class Play(Shape):
    """A line of the play log."""

    station: str
    station_name: str
    occurrence: str
    broadcast: str | None
    title: str
    outcome: PlayOutcome
    sha256: str | None
    planned_at: Instant | None
    actual_at: Instant | None
    difference_ms: float | None
    offset_ms: int
    played_ms: int
    ended_at: Instant | None
    code: str | None


class Broker(Shape):
    """Where a station finds the message broker."""

    host: str
    port: int
    tls: bool


class Enrolled(Shape):
    """What a device is told when it becomes a station."""

    station: str
    name: str
    keys: dict[str, str]
    broker: Broker
    first_boot: int
    first_sequence: int
    server_time: Instant


class Refusal(Shape):
    """Every answer from 400 on: a stable code and facts; words live in the catalogues."""

    code: str
    facts: dict[str, Any]  # Any: JSON values that differ by code


class NewStation(Wish):
    """A place for a station."""

    name: Word
    area: Word


class NewBulletin(Wish):
    """An upload; title and category stand beside the file in one form."""

    file: UploadFile
    title: Word
    category: Word | None = None


class Order(Wish):
    """A bulletin for an audience at a time; `delay_s` belongs to `now`."""

    bulletin: Word
    audiences: list[Word] = Field(max_length=MAX_AUDIENCES)
    when: Now | At | Rule = Field(discriminator="mode")
    class_: BroadcastClass = Field(default=BroadcastClass.ORDINARY, alias="class")
    delay_s: int = Field(default=15, ge=0, le=3600)


class Enrolment(Wish):
    """What a device brings. Unknown fields are ignored: stations may be newer than the server."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    code: Word
    public_key: Word
    broker_password: Annotated[str, Field(min_length=16, max_length=128)]
    agent_version: Word = ""
    hardware: Word = ""


class PlaysPage(Wish):
    """How many plays, newest first."""

    limit: int = Field(default=100, ge=1, le=MAX_ROWS)
