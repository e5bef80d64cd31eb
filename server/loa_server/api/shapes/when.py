"""When a broadcast sounds, as it is asked for and as it is shown."""

from datetime import date, datetime
from typing import Annotated, Literal

from loa_agent.protocol.documents import TimeText
from pydantic import BeforeValidator, Field, NaiveDatetime

from loa_server.api.shapes.base import Day, Shape, Wish, real_day
from loa_server.domain.holidays import HolidayName
from loa_server.domain.repeat import Unit
from loa_server.domain.schedule import HolidayPolicy

MAX_TIMES = 100
MAX_DAYS = 20_000
"""More than any use-case accepts, so that it can say how many it does; less than floods it."""
LocalStart = Annotated[
    NaiveDatetime,
    Field(
        ge=datetime(2000, 1, 1),  # noqa: DTZ001 - local wall time
        le=datetime(2200, 1, 1),  # noqa: DTZ001 - local wall time
    ),
    BeforeValidator(real_day),
]
DayOrStart = Annotated[
    str,
    Field(pattern=r"^2[01]\d\d-\d\d-\d\d(T([01]\d|2[0-3]):[0-5]\d(:00)?)?$"),
    BeforeValidator(real_day),
]
Weekday = Annotated[int, Field(ge=1, le=7)]
DayOfMonth = Annotated[int, Field(ge=-1, le=31)]
"""-1 is the last; 0 is refused by the use-case."""


class Now(Wish):
    """As soon as the stations can start together."""

    mode: Literal["now"]


class At(Wish):
    """Once at a local wall time."""

    mode: Literal["at"]
    start: LocalStart


class Nth(Wish):
    """The first to fifth, or last (-1), ISO weekday of a month."""

    week: Annotated[int, Field(ge=-1, le=5)]
    weekday: Weekday


class Repeat(Wish):
    """Every n days; every n weeks on weekdays; every n months on a day or an nth weekday."""

    every: int = Field(default=1, ge=1, le=99)
    unit: Unit = Unit.DAY
    weekdays: list[Weekday] | None = Field(default=None, max_length=7)
    month_day: DayOfMonth | None = None
    nth: Nth | None = None


class Holidays(Wish):
    """What the named holidays change; `times` belong to `other_times`."""

    policy: HolidayPolicy = HolidayPolicy.AS_USUAL
    days: list[HolidayName] = Field(default=[], max_length=len(HolidayName))
    times: list[TimeText] = Field(default=[], max_length=MAX_TIMES)


class Rule(Wish):
    """A series; `until` is inclusive, `left_out` holds days and single local starts."""

    mode: Literal["rule"]
    times: list[TimeText] = Field(max_length=MAX_TIMES)
    from_: Day = Field(alias="from")
    until: Day | None = None
    repeat: Repeat = Repeat()
    extra: list[LocalStart] = Field(default=[], max_length=MAX_DAYS)
    left_out: list[DayOrStart] = Field(default=[], max_length=MAX_DAYS)
    holidays: Holidays = Holidays()


class OrderedAt(Shape):
    """Once, at a local wall time."""

    mode: Literal["at"]
    start: str


class OrderedNth(Shape):
    """The first to fifth, or last (-1), ISO weekday of a month."""

    week: int
    weekday: int


class OrderedRepeat(Shape):
    """How a series comes back; what does not belong to its unit is null."""

    every: int
    unit: Unit
    weekdays: list[int] | None
    month_day: int | None
    nth: OrderedNth | None


class OrderedHolidays(Shape):
    """What the named holidays change."""

    policy: HolidayPolicy
    days: list[HolidayName]
    times: list[str]


class OrderedRule(Shape):
    """A series as it was chosen, and as it can be sent again."""

    mode: Literal["rule"]
    times: list[str]
    from_: date = Field(alias="from")
    until: date | None
    repeat: OrderedRepeat
    extra: list[str]
    left_out: list[str]
    holidays: OrderedHolidays
