"""What the library shows: programmes of one's own and from above, shares and their answers."""

from dataclasses import dataclass
from datetime import datetime

from loa_server.domain.bulletins import BulletinStatus
from loa_server.domain.programmes import Part, Programme
from loa_server.domain.shares import Answer, Share


@dataclass(frozen=True, slots=True)
class ItemView:
    """One bulletin of a programme."""

    bulletin: str
    title: str
    part: Part
    duration_ms: int | None
    status: BulletinStatus


@dataclass(frozen=True, slots=True)
class ProgrammeView:
    """A programme with its items; `ready` when all their voices are."""

    programme: Programme
    area_name: str
    author_name: str
    items: tuple[ItemView, ...]
    duration_ms: int
    ready: bool
    shared_from: str | None


@dataclass(frozen=True, slots=True)
class AnswerView:
    """What one place answered, in words."""

    area: str
    area_name: str
    answer: Answer
    broadcast: str | None
    note: str | None
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ShareView:
    """A share as its sender follows it; `asked` is how many places are to answer."""

    share: Share
    title: str
    from_area_name: str
    by_name: str
    area_names: tuple[str, ...]
    asked: int
    answers: tuple[AnswerView, ...]


@dataclass(frozen=True, slots=True)
class RequestView:
    """A priority share that waits for a place in one area."""

    share: str
    area: str
    area_name: str
    bulletin: str | None
    programme: str | None
    title: str
    duration_ms: int
    from_area_name: str
    by_name: str
    at: datetime
    note: str | None
