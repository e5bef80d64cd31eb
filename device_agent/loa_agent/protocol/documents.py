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


class Wire(BaseModel):
    """Base of all that travels: frozen; unknown fields are ignored so that newer peers may add."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class BroadcastClass(StrEnum):
    """Mức ưu tiên, TT 39/2020/TT-BTTTT chapter III; the order of precedence is `PRECEDENCE`."""

    EMERGENCY = "emergency"
    PRIORITY = "priority"
    ORDINARY = "ordinary"


PRECEDENCE: dict[BroadcastClass, int] = {
    BroadcastClass.EMERGENCY: 0,
    BroadcastClass.PRIORITY: 2,
    BroadcastClass.ORDINARY: 3,
}
"""Lower wins; 1 is kept for live voice."""


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
    dates: tuple[LocalText, ...] = ()
    except_dates: tuple[LocalText, ...] = ()


class LatePolicy(StrEnum):
    """What a station does when it cannot start at the planned instant."""

    JOIN = "join"
    SLIP = "slip"
    DROP = "drop"


class Late(Wire):
    """`join` enters in the middle, `slip` starts whole up to `slip_ms` late, `drop` is silent."""

    policy: LatePolicy = LatePolicy.JOIN
    slip_ms: int = Field(default=0, ge=0, le=DAY_MS)


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
    """Bảng phát: all broadcasts of one audience."""

    type: Literal["manifest"] = "manifest"
    audience: AudienceId
    level: int = Field(ge=0, le=9)
    broadcasts: tuple[Broadcast, ...] = Field(default=(), max_length=MAX_BROADCASTS)


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


class Config(Document):
    """Settings of one station."""

    type: Literal["config"] = "config"
    station: Id
    name: str
    audiences: tuple[AudienceId, ...]
    zone: Zone
    hours: tuple[Window, ...]
    volume_percent: int = Field(default=80, ge=0, le=100)
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
