"""JSON of the API in both directions; the OpenAPI document is made from these models."""

from typing import Annotated, Any

from apiflask.fields import UploadFile
from pydantic import ConfigDict, Field

from loa_server.api.shapes.areas import Area as Area
from loa_server.api.shapes.areas import NewStation as NewStation
from loa_server.api.shapes.areas import Station as Station
from loa_server.api.shapes.areas import Window as Window
from loa_server.api.shapes.base import Instant, Shape, Wish, Word
from loa_server.api.shapes.base import LunarDay as LunarDay
from loa_server.api.shapes.base import instant_text as instant_text
from loa_server.api.shapes.base import list_of as list_of
from loa_server.api.shapes.broadcasts import Approval as Approval
from loa_server.api.shapes.broadcasts import Approve as Approve
from loa_server.api.shapes.broadcasts import AreaPrecedence as AreaPrecedence
from loa_server.api.shapes.broadcasts import Audience as Audience
from loa_server.api.shapes.broadcasts import Broadcast as Broadcast
from loa_server.api.shapes.broadcasts import Change as Change
from loa_server.api.shapes.broadcasts import Conflict as Conflict
from loa_server.api.shapes.broadcasts import End as End
from loa_server.api.shapes.broadcasts import Late as Late
from loa_server.api.shapes.broadcasts import Order as Order
from loa_server.api.shapes.broadcasts import Override as Override
from loa_server.api.shapes.broadcasts import Precedence as Precedence
from loa_server.api.shapes.broadcasts import PrecedenceRow as PrecedenceRow
from loa_server.api.shapes.broadcasts import Preview as Preview
from loa_server.api.shapes.broadcasts import PreviewProblem as PreviewProblem
from loa_server.api.shapes.broadcasts import PreviewStart as PreviewStart
from loa_server.api.shapes.broadcasts import ProgressRow as ProgressRow
from loa_server.api.shapes.broadcasts import Refuse as Refuse
from loa_server.api.shapes.broadcasts import Replaces as Replaces
from loa_server.api.shapes.broadcasts import Side as Side
from loa_server.api.shapes.broadcasts import Withheld as Withheld
from loa_server.domain.bulletins import BulletinStatus
from loa_server.domain.progress import PlayOutcome

MAX_ROWS = 1000


class Claim(Shape):
    """A one-time code, shown once; `command` is the line to type at the station."""

    code: str
    expires_at: Instant
    qr_svg: str
    command: str


class Bulletin(Shape):
    """A bulletin; `code` and `facts` say why it was rejected or still waits.

    `shared_from` names the area above that handed it down, or whose order it sounds by.
    """

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
    shared_from: str | None
    may_delete: bool


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


class NewBulletin(Wish):
    """An upload; title and category stand beside the file in one form."""

    file: UploadFile
    title: Word
    category: Word | None = None


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
