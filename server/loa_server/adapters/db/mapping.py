"""Rows to values of the domain and back."""

from typing import Any

from loa_agent.protocol.documents import BroadcastClass, Rule, Window
from sqlalchemy import Connection, Row, Table
from sqlalchemy.dialects import postgresql, sqlite

from loa_server.domain.areas import Area
from loa_server.domain.bulletins import Bulletin, BulletinStatus, Voice
from loa_server.domain.people import Account
from loa_server.domain.progress import Play, PlayOutcome
from loa_server.domain.stations import Station

AnyRow = Row[*tuple[Any, ...]]


def inserting(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that can say what to do when the row is there; both dialects spell it alike."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def put(connection: Connection, table: Table, key: dict[str, Any], values: dict[str, Any]) -> None:
    """Insert the row with this key, or update it: one statement, so that no writer is between."""
    insert = inserting(connection, table).values(**key, **values)
    if values:
        connection.execute(insert.on_conflict_do_update(index_elements=list(key), set_=values))
    else:
        connection.execute(insert.on_conflict_do_nothing(index_elements=list(key)))


def to_area(row: AnyRow) -> Area:
    """An area; hours None means the parent's."""
    windows = None if row.hours is None else tuple(Window.model_validate(w) for w in row.hours)
    return Area(row.id, row.code, row.name, row.level, row.parent, row.zone, windows)


def from_area(area: Area) -> dict[str, Any]:
    """Values of an area's row."""
    hours = None if area.hours is None else [w.model_dump(mode="json") for w in area.hours]
    return {
        "id": area.id,
        "code": area.code,
        "name": area.name,
        "level": area.level,
        "parent": area.parent,
        "zone": area.zone,
        "hours": hours,
    }


def to_account(row: AnyRow) -> Account:
    """An account."""
    return Account(
        id=row.id,
        username=row.username,
        name=row.name,
        role=row.role,
        area=row.area,
        password_hash=row.password_hash,
        locale=row.locale,
        failed_attempts=row.failed_attempts,
        locked_until=row.locked_until,
    )


def to_station(row: AnyRow) -> Station:
    """A station, without its broker password, which only the broker needs."""
    return Station(
        id=row.id,
        name=row.name,
        area=row.area,
        created_at=row.created_at,
        volume_percent=row.volume_percent,
        delay_ms=row.delay_ms,
        kid=row.kid,
        public_key=row.public_key,
        enrolled_at=row.enrolled_at,
        retired_at=row.retired_at,
    )


def to_bulletin(row: AnyRow) -> Bulletin:
    """A bulletin with its voice when it is ready."""
    voice = None
    if row.sha256 is not None:
        voice = Voice(row.sha256, row.bytes, row.duration_ms, row.loudness_lufs)
    return Bulletin(
        id=row.id,
        title=row.title,
        category=row.category,
        author=row.author,
        area=row.area,
        created_at=row.created_at,
        source_sha256=row.source_sha256,
        status=BulletinStatus(row.status),
        voice=voice,
        code=row.code,
        facts=row.facts,
    )


def to_play(row: AnyRow) -> Play:
    """One occurrence at one station."""
    return Play(
        station=row.station,
        occurrence=row.occurrence,
        broadcast=row.broadcast,
        outcome=PlayOutcome(row.outcome),
        sha256=row.sha256,
        planned_at=row.planned_at,
        actual_at=row.actual_at,
        offset_ms=row.offset_ms,
        played_ms=row.played_ms,
        ended_at=row.ended_at,
        code=row.code,
    )


def to_rule(value: Any) -> Rule:
    """A rule as it was ordered."""
    return Rule.model_validate(value)


def to_class(value: str) -> BroadcastClass:
    """A class by its word."""
    return BroadcastClass(value)
