"""What all JSON of the API is made of: instants, words, answers and wishes."""

from datetime import UTC, date, datetime, timedelta
from types import GenericAlias
from typing import Annotated, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer
from pydantic_core import PydanticCustomError

MAX_WORD = 200
FIRST_DAY = date(2000, 1, 1)
LAST_DAY = date(2200, 1, 1)
"""Beyond these days arithmetic with time zones overflows."""
HALF_MS = timedelta(microseconds=500)


_DAY_LETTERS = len("2026-02-28")


def real_day(value: object) -> object:
    """Tell a day that no calendar has from a text that is no day at all."""
    if isinstance(value, str) and len(day := value[:_DAY_LETTERS]) == _DAY_LETTERS:
        try:
            date.fromisoformat(day)
        except ValueError as error:
            digits = day.replace("-", "", 2)
            if len(digits) == len("20260228") and digits.isdecimal():
                raise PydanticCustomError("day_unknown", "day_unknown") from error
    return value


def instant_text(instant: datetime) -> str:
    """ISO 8601 in UTC, rounded to milliseconds: a start 5 µs early is not one of 1 ms."""
    text = (instant.astimezone(UTC) + HALF_MS).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


Instant = Annotated[datetime, PlainSerializer(instant_text, return_type=str)]
Word = Annotated[str, Field(max_length=MAX_WORD)]
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY), BeforeValidator(real_day)]


class Shape(BaseModel):
    """What goes out; nothing has a default, so every field is always there."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)


class LunarDay(Shape):
    """A day of the lunar calendar; `leap` says that it lies in the added month."""

    day: int
    month: int
    leap: bool


class Wish(BaseModel):
    """What comes in; a field we do not know is a mistake of the sender."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, extra="forbid")


def list_of(model: type[Shape]) -> type[BaseModel]:
    """What the framework takes for a list of `model`, though its types do not know it."""
    return cast("type[BaseModel]", GenericAlias(list, (model,)))
