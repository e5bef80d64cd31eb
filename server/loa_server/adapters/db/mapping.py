"""Rows to values of the domain and back."""

from collections.abc import Iterable
from datetime import datetime, time
from functools import lru_cache
from typing import Any

from loa_agent.protocol.documents import (
    BroadcastClass,
    Caps,
    Late,
    Rule,
    VolumeWindow,
    Window,
    Wire,
)
from sqlalchemy import Connection, Row, Table
from sqlalchemy.dialects import postgresql, sqlite

from loa_server.domain.areas import Area, AreaKind
from loa_server.domain.broadcasts import Approval, ApprovalState, ChangeScope, Override, Replaces
from loa_server.domain.bulletins import Bulletin, BulletinStatus, Voice
from loa_server.domain.holidays import HolidayName
from loa_server.domain.people import Account
from loa_server.domain.progress import Play, PlayOutcome
from loa_server.domain.rights import Grant
from loa_server.domain.schedule import HolidayPolicy, HolidayRule, Schedule
from loa_server.domain.stations import Station

LATE_KEPT = 256
"""Different late policies that are remembered."""
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
    """An area; what is None is the parent's."""
    return Area(
        id=row.id,
        code=row.code,
        name=row.name,
        level=row.level,
        parent=row.parent,
        zone=row.zone,
        hours=to_windows(row.hours),
        caps=to_caps(row.caps),
        volumes=to_volumes(row.volumes),
        self_approval=row.self_approval,
        kind=None if row.kind is None else AreaKind(row.kind),
    )


def from_area(area: Area) -> dict[str, Any]:
    """Values of an area's row."""
    return {
        "id": area.id,
        "code": area.code,
        "name": area.name,
        "level": area.level,
        "parent": area.parent,
        "zone": area.zone,
        "kind": None if area.kind is None else area.kind.value,
        "self_approval": area.self_approval,
        **limits_to_values(area.hours, area.caps, area.volumes),
    }


def to_windows(value: Any) -> tuple[Window, ...] | None:
    """Permitted hours, or None where they are somebody else's."""
    return None if value is None else tuple(Window.model_validate(each) for each in value)


def to_caps(value: Any) -> Caps | None:
    """Limits on sessions and minutes, or None where they are somebody else's."""
    return None if value is None else Caps.model_validate(value)


def to_volumes(value: Any) -> tuple[VolumeWindow, ...] | None:
    """Volume by hour, or None where it is somebody else's."""
    return None if value is None else tuple(VolumeWindow.model_validate(each) for each in value)


def limits_to_values(
    hours: Iterable[Window] | None, caps: Caps | None, volumes: Iterable[VolumeWindow] | None
) -> dict[str, Any]:
    """Columns of an area's or a station's own hours, caps and volumes."""
    return {
        "hours": _dumped(hours),
        "caps": None if caps is None else caps.model_dump(mode="json"),
        "volumes": _dumped(volumes),
    }


def _dumped(values: Iterable[Wire] | None) -> list[Any] | None:
    return None if values is None else [each.model_dump(mode="json") for each in values]


def to_account(row: AnyRow, grants: Iterable[Grant]) -> Account:
    """An account with what it may do where."""
    return Account(
        id=row.id,
        username=row.username,
        name=row.name,
        area=row.area,
        grants=tuple(grants),
        password_hash=row.password_hash,
        locale=row.locale,
        failed_attempts=row.failed_attempts,
        locked_until=row.locked_until,
        email=row.email,
        mail_evening=row.mail_evening,
        disabled_at=row.disabled_at,
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
        hours=to_windows(row.hours),
        caps=to_caps(row.caps),
        volumes=to_volumes(row.volumes),
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


def to_schedule(rule: Any, holidays: Any) -> Schedule:
    """When a broadcast is due, as it was ordered."""
    return Schedule(Rule.model_validate(rule), _to_holiday_rule(holidays))


def schedule_to_values(schedule: Schedule) -> dict[str, Any]:
    """Columns `rule` and `holidays`."""
    rule, policy = schedule.rule.model_dump(mode="json"), schedule.holidays
    if policy == HolidayRule():
        return {"rule": rule, "holidays": None}
    holidays = {
        "policy": policy.policy.value,
        "days": [day.value for day in policy.days],
        "times": [each.isoformat(timespec="minutes") for each in policy.times],
    }
    return {"rule": rule, "holidays": holidays}


def _to_holiday_rule(value: Any) -> HolidayRule:
    if value is None:
        return HolidayRule()
    return HolidayRule(
        policy=HolidayPolicy(value["policy"]),
        days=tuple(HolidayName(day) for day in value["days"]),
        times=tuple(time.fromisoformat(each) for each in value["times"]),
    )


def to_late(value: Any) -> Late:
    """What happens to a broadcast that cannot start on time."""
    return Late() if value is None else _late(tuple(value.items()))


@lru_cache(maxsize=LATE_KEPT)
def _late(said: tuple[tuple[str, Any], ...]) -> Late:
    """There are few and thousands of rows say the same."""
    return Late.model_validate(dict(said))


def to_approval(row: AnyRow) -> Approval:
    """Who decided on a broadcast, and how."""
    return Approval(ApprovalState(row.approval), row.decided_by, row.decided_at, row.decision_note)


def to_override(value: Any) -> Override | None:
    """A wish to pass hours and caps."""
    if value is None:
        return None
    agreed_at = value["agreed_at"]
    return Override(
        reason=value["reason"],
        asked_by=value["asked_by"],
        until=datetime.fromisoformat(value["until"]),
        second_by=value["second_by"],
        agreed_at=None if agreed_at is None else datetime.fromisoformat(agreed_at),
    )


def from_override(override: Override | None) -> dict[str, Any] | None:
    """The column `override`."""
    if override is None:
        return None
    agreed_at = override.agreed_at
    return {
        "reason": override.reason,
        "asked_by": override.asked_by,
        "until": override.until.isoformat(),
        "second_by": override.second_by,
        "agreed_at": None if agreed_at is None else agreed_at.isoformat(),
    }


def to_replaces(row: AnyRow) -> Replaces | None:
    """What a broadcast takes the place of."""
    if row.replaces is None:
        return None
    return Replaces(row.replaces, ChangeScope(row.replaces_scope), row.replaces_occurrence)


def to_class(value: str) -> BroadcastClass:
    """A class by its word."""
    return BroadcastClass(value)
