"""Calendar files that come in, and what became of each event."""

from typing import Any

from apiflask.fields import UploadFile
from pydantic import Field

from loa_server.api.shapes.base import Shape, Wish, Word
from loa_server.api.shapes.when import OrderedAt, OrderedRule

MAX_AUDIENCES_LETTERS = 25_000
"""500 ids; a form cannot hold a list."""


class CalendarFile(Wish):
    """A file and for whom it is meant, ids parted by commas; without `apply` nothing is ordered."""

    file: UploadFile
    audiences: str = Field(max_length=MAX_AUDIENCES_LETTERS)
    apply: bool = False


class CalendarArea(Wish):
    """Whose timetable; without an area all that is in reach."""

    area: Word | None = None


class EventProblem(Shape):
    """Why an event is not, or would not be, a broadcast."""

    code: str
    facts: dict[str, Any]  # Any: JSON values that differ by code


class EventMatch(Shape):
    """What goes by the title of an event; one of both is null."""

    programme: str | None
    bulletin: str | None
    title: str


class ImportedEvent(Shape):
    """One event; `when` is null when it cannot be read, `broadcast` until it is ordered."""

    summary: str
    when: OrderedAt | OrderedRule | None
    problem: EventProblem | None
    matched: EventMatch | None
    broadcast: str | None
