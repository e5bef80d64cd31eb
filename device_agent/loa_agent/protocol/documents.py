"""Documents and commands the server signs: what a station must know, never how it got there."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from loa_agent.protocol.ids import AUDIENCE_PATTERN, ID_PATTERN, SHA256_PATTERN

MAX_BROADCASTS = 2000
MAX_ITEMS = 100
MAX_TIMES = 24
MAX_DATES = 2000
MAX_EXEMPTIONS = 50
MAX_ORDER = 200
MAX_VOLUMES = 48
DAY_MS = 24 * 3600 * 1000


def _known_zone(name: str) -> str:
    """Refuse what would later make every question about the timetable fail."""
    try:
        ZoneInfo(name)
    except (OSError, KeyError, ValueError) as error:
        raise ValueError("zone_unknown") from error
    return name


def _real_date(text: str) -> str:
    datetime.fromisoformat(text)
    return text


Sha256 = Annotated[str, Field(pattern=f"^{SHA256_PATTERN}$")]
Id = Annotated[str, Field(pattern=f"^{ID_PATTERN}$")]
AudienceId = Annotated[str, Field(pattern=f"^{AUDIENCE_PATTERN}$")]
LocalText = Annotated[
    str, Field(pattern=r"^2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d$"), AfterValidator(_real_date)
]
Zone = Annotated[str, AfterValidator(_known_zone)]
TimeText = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
ClockText = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]
Percent = Annotated[int, Field(ge=0, le=100)]


def _nothing(value: object) -> bool:
    """What is not said does not travel: older messages are written again byte for byte."""
    return not value


class Wire(BaseModel):
    """Base of all that travels: frozen; unknown fields are ignored so that newer peers may add."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class BroadcastClass(StrEnum):
    """Mức ưu tiên, TT 39/2020/TT-BTTTT chapter III; the order of precedence is `PRECEDENCE`."""

    EMERGENCY = "emergency"
    LIVE = "live"
    PRIORITY = "priority"
    ORDINARY = "ordinary"


PRECEDENCE: dict[BroadcastClass, int] = {
    BroadcastClass.EMERGENCY: 0,
    BroadcastClass.LIVE: 1,
    BroadcastClass.PRIORITY: 2,
    BroadcastClass.ORDINARY: 3,
}
"""Lower wins."""


class Item(Wire):
    """One piece of audio inside a broadcast, named by its content."""

    id: Id
    title: str
    sha256: Sha256
    bytes: int = Field(gt=0)
    duration_ms: int = Field(gt=0, le=DAY_MS)


class Rule(Wire):
    """When: local wall time in `zone`, RFC 5545 recurrence, extra and left-out local starts.

    With `times` the recurrence names days and every such day has these starts; RFC 5545 alone
    cannot say "05:30 and 17:00", since it multiplies hours by minutes.
    """

    start: LocalText
    zone: Zone
    rrule: str | None = None
    times: tuple[TimeText, ...] = Field(default=(), max_length=MAX_TIMES)
    dates: tuple[LocalText, ...] = Field(default=(), max_length=MAX_DATES)
    except_dates: tuple[LocalText, ...] = Field(default=(), max_length=MAX_DATES)


class LatePolicy(StrEnum):
    """What becomes of an occurrence that another one overlaps, or that cannot start on time."""

    JOIN = "join"
    SLIP = "slip"
    DROP = "drop"
    RESUME = "resume"


class Late(Wire):
    """How an occurrence gives way.

    `join`: the clock decides, what is overlapped is lost, the rest sounds at its own place.
    `slip`: sounds whole or not at all, and may begin up to `slip_ms` later.
    `drop`: begins at its start or not at all, is never entered in the middle.
    `resume`: stops where a stronger one begins and goes on from the same place afterwards; it may
    end at most `slip_ms` later than planned, the rest is lost.
    """

    policy: LatePolicy = LatePolicy.JOIN
    slip_ms: int = Field(default=0, ge=0, le=DAY_MS)


class Exemption(Wire):
    """Occurrences that start in [begin_at, end_at) pass permitted hours and caps."""

    begin_at: AwareDatetime
    end_at: AwareDatetime

    @model_validator(mode="after")
    def _begin_before_end(self) -> Self:
        if self.begin_at >= self.end_at:
            raise ValueError("exemption_ends_before_it_begins")
        return self


class Broadcast(Wire):
    """Programme, time rule, class and late policy; the audience is the manifest's.

    Occurrences before `begins_at` (when it was ordered) or at and after `ends_at` do not exist.
    """

    id: Id
    title: str
    class_: BroadcastClass = Field(default=BroadcastClass.ORDINARY, alias="class")
    items: tuple[Item, ...] = Field(min_length=1, max_length=MAX_ITEMS)
    rule: Rule
    late: Late = Late()
    begins_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    exemptions: tuple[Exemption, ...] = Field(
        default=(), max_length=MAX_EXEMPTIONS, exclude_if=_nothing
    )

    @model_validator(mode="after")
    def _within_a_day(self) -> Self:
        if self.duration_ms > DAY_MS:
            raise ValueError("programme_too_long")
        return self

    @property
    def duration_ms(self) -> int:
        """Length of all items one after another, at most a day."""
        return sum(item.duration_ms for item in self.items)


class Document(Wire):
    """What every retained document carries."""

    version: int = Field(ge=1)
    issued_at: AwareDatetime
    not_after: AwareDatetime


class Manifest(Document):
    """Bảng phát: all broadcasts of one audience.

    `order` is what the area decided about priority broadcasts (TT 39): the first named goes first.
    """

    type: Literal["manifest"] = "manifest"
    audience: AudienceId
    level: int = Field(ge=0, le=9)
    broadcasts: tuple[Broadcast, ...] = Field(default=(), max_length=MAX_BROADCASTS)
    order: tuple[Id, ...] = Field(default=(), max_length=MAX_ORDER, exclude_if=_nothing)


class Alert(Document):
    """Lệnh khẩn cấp: emergencies in force; the list stays empty until emergencies are built."""

    type: Literal["alert"] = "alert"
    audience: AudienceId
    alerts: tuple[Broadcast, ...] = ()


class Window(Wire):
    """Permitted hours on some ISO weekdays (1 Monday .. 7 Sunday); `end` may be 24:00."""

    weekdays: tuple[Annotated[int, Field(ge=1, le=7)], ...] = (1, 2, 3, 4, 5, 6, 7)
    start: ClockText
    end: ClockText

    @model_validator(mode="after")
    def _start_before_end(self) -> Self:
        if self.start >= self.end:
            raise ValueError("window_ends_before_it_starts")
        return self


class VolumeWindow(Window):
    """How loud on some weekdays between two times of day."""

    percent: Percent


class Caps(Wire):
    """How much may sound: sessions a day, length of a session, sound a day; None is no limit."""

    sessions_per_day: int | None = Field(default=None, ge=1)
    session_ms: int | None = Field(default=None, ge=1, le=DAY_MS)
    day_ms: int | None = Field(default=None, ge=1, le=DAY_MS)

    def __bool__(self) -> bool:
        return (self.sessions_per_day, self.session_ms, self.day_ms) != (None, None, None)


class Config(Document):
    """Settings of one station; of `volumes` the first that matches an instant counts."""

    type: Literal["config"] = "config"
    station: Id
    name: str
    audiences: tuple[AudienceId, ...]
    zone: Zone
    hours: tuple[Window, ...]
    volume_percent: Percent = 80
    volumes: tuple[VolumeWindow, ...] = Field(
        default=(), max_length=MAX_VOLUMES, exclude_if=_nothing
    )
    caps: Caps = Field(default=Caps(), exclude_if=_nothing)
    delay_ms: int = Field(default=0, ge=0, le=2000)
    keys: dict[str, str]


class CommandAction(StrEnum):
    """The few true commands."""

    TEST_TONE = "test_tone"
    RESTART = "restart"
    SEND_LOG = "send_log"


class Command(Wire):
    """An order for now or never: refused after `expires_at`, obeyed once by id."""

    type: Literal["command"] = "command"
    audience: AudienceId
    id: Id
    issued_at: AwareDatetime
    expires_at: AwareDatetime
    action: CommandAction


class Ack(Wire):
    """The server has stored every record up to and including `sequence`."""

    type: Literal["ack"] = "ack"
    station: Id
    sequence: int = Field(ge=0)
    issued_at: AwareDatetime


def local_start(text: str) -> datetime:
    """Naive local wall time of a rule's text; the zone stands beside it in the rule."""
    return datetime.fromisoformat(text)
