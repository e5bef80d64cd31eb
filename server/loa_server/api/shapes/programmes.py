"""Programmes and shares in both directions."""

from typing import Annotated

from pydantic import Field

from loa_server.api.shapes.base import Instant, Shape, Wish, Word
from loa_server.domain.bulletins import BulletinStatus
from loa_server.domain.programmes import Part
from loa_server.domain.shares import Answer, ShareClass

MAX_ITEMS = 500
MAX_AREAS = 1000
"""More than any use-case accepts, so that it can say how many it does; less than floods it."""
MAX_NOTE = 2000
Note = Annotated[str, Field(max_length=MAX_NOTE)]


class ProgrammeItem(Shape):
    """One bulletin of a programme; `duration_ms` is null until its voice is ready."""

    bulletin: str
    title: str
    part: Part
    duration_ms: int | None
    status: BulletinStatus


class Programme(Shape):
    """A programme; `version` goes back with a change, `shared_from` names who handed it down."""

    id: str
    title: str
    area: str
    area_name: str
    author_name: str
    created_at: Instant
    changed_at: Instant
    version: int
    duration_ms: int
    ready: bool
    shared_from: str | None
    may_change: bool
    items: list[ProgrammeItem]


class SharedWith(Shape):
    """An area something is shared with."""

    id: str
    name: str


class ShareAnswer(Shape):
    """What one place answered."""

    area: str
    area_name: str
    answer: Answer
    broadcast: str | None
    note: str | None
    by_name: str
    at: Instant


class Share(Shape):
    """What was handed down; `asked` places are to answer, `waiting` of them have not yet."""

    id: str
    bulletin: str | None
    programme: str | None
    title: str
    class_: ShareClass = Field(alias="class")
    note: str | None
    from_area: str
    from_area_name: str
    by_name: str
    at: Instant
    withdrawn_at: Instant | None
    areas: list[SharedWith]
    asked: int
    placed: int
    declined: int
    waiting: int
    answers: list[ShareAnswer]


class PlaceRequest(Shape):
    """A priority share that waits for a place in an area."""

    share: str
    area: str
    area_name: str
    bulletin: str | None
    programme: str | None
    title: str
    duration_ms: int
    from_area_name: str
    by_name: str
    at: Instant
    note: str | None
    may_answer: bool


class NewProgrammeItem(Wish):
    """A bulletin at its place."""

    bulletin: Word
    part: Part = Part.ITEM


class NewProgramme(Wish):
    """A programme to be kept."""

    title: Word
    items: list[NewProgrammeItem] = Field(max_length=MAX_ITEMS)


class ProgrammeChange(NewProgramme):
    """The whole programme as it shall be, made from `version`."""

    version: int = Field(ge=1)


class NewShare(Wish):
    """One of `bulletin` and `programme`, for areas and all under them."""

    bulletin: Word | None = None
    programme: Word | None = None
    areas: list[Word] = Field(max_length=MAX_AREAS)
    class_: ShareClass = Field(default=ShareClass.ORDINARY, alias="class")
    note: Note | None = None


class ShareReply(Wish):
    """What one area says to a priority share; `placed` names the broadcast."""

    area: Word
    answer: Answer
    broadcast: Word | None = None
    note: Note | None = None
