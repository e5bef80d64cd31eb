"""Broadcasts as use-cases change them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from loa_agent.protocol.occurrences import local_starts
from sqlalchemy import Connection, delete, func, insert, select, update

from loa_server.adapters.db.broadcasts import in_force, read_broadcasts, read_bulletins
from loa_server.adapters.db.mapping import from_override, schedule_to_values
from loa_server.adapters.db.outbox import next_versions
from loa_server.adapters.db.reach import sounding_within
from loa_server.adapters.db.tables import broadcast as broadcasts
from loa_server.adapters.db.tables import broadcast_audience, broadcast_bulletin, priority_order
from loa_server.domain.broadcasts import ApprovalState, Broadcast, ChangeScope
from loa_server.domain.bulletins import Bulletin
from loa_server.domain.rights import Reach
from loa_server.domain.schedule import HolidayRule

MAX_NAMED = 900
"""More audiences than this are not named in a query: then everything in force is read."""
NOT_TOLD = 0
"""Version from which stations know what waits for approval: they have not been told of it."""


class BroadcastRows:
    """Implements the port `Broadcasts`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, broadcast: Broadcast) -> None:
        """A new broadcast; the version it will first be published in is kept per audience."""
        self._connection.execute(
            insert(broadcasts).values(
                id=broadcast.id,
                title=broadcast.title,
                class_=broadcast.class_.value,
                area=broadcast.area,
                author=broadcast.author,
                created_at=broadcast.created_at,
                at_once=broadcast.at_once,
                **_timing(self._connection, broadcast),
                **_decision(broadcast),
            )
        )
        pieces = [
            {"broadcast": broadcast.id, "position": position, "bulletin": bulletin}
            for position, bulletin in enumerate(broadcast.bulletins)
        ]
        self._connection.execute(insert(broadcast_bulletin), pieces)
        versions = self._versions(broadcast)
        meant = [
            {"broadcast": broadcast.id, "audience": each, "from_version": version}
            for each, version in versions.items()
        ]
        self._connection.execute(insert(broadcast_audience), meant)

    def get(self, broadcast: str) -> Broadcast | None:
        """A broadcast by id."""
        found = read_broadcasts(self._connection, broadcasts.c.id == broadcast)
        return found[0] if found else None

    def seen(self, broadcast: str, reach: Reach) -> Broadcast | None:
        """One that was ordered in reach or sounds there."""
        mine = (broadcasts.c.id == broadcast, sounding_within(reach))
        found = read_broadcasts(self._connection, *mine)
        return found[0] if found else None

    def hold(self, broadcast: str) -> None:
        """Nobody else changes it until the end of the transaction."""
        held = select(broadcasts.c.id).where(broadcasts.c.id == broadcast).with_for_update()
        self._connection.execute(held)

    def decide(self, broadcast: Broadcast) -> bool:
        """Keep what was decided; False when it was decided or stopped before."""
        waiting = (
            broadcasts.c.id == broadcast.id,
            broadcasts.c.approval == ApprovalState.WAITING.value,
            broadcasts.c.stopped_at.is_(None),
        )
        values = {**_timing(self._connection, broadcast), **_decision(broadcast)}
        changed = self._connection.execute(update(broadcasts).where(*waiting).values(values))
        if changed.rowcount == 0:
            return False
        for audience, version in self._versions(broadcast).items():
            mine = (
                broadcast_audience.c.broadcast == broadcast.id,
                broadcast_audience.c.audience == audience,
            )
            told = update(broadcast_audience).where(*mine).values(from_version=version)
            self._connection.execute(told)
        return True

    def reschedule(self, broadcast: Broadcast) -> None:
        """Keep when it is due and where it ends."""
        where = broadcasts.c.id == broadcast.id
        values = _timing(self._connection, broadcast)
        self._connection.execute(update(broadcasts).where(where).values(values))

    def successor(self, broadcast: str) -> str | None:
        """An approved broadcast, not stopped, that goes on in place of this one's series."""
        query = select(broadcasts.c.id).where(
            broadcasts.c.replaces == broadcast,
            broadcasts.c.replaces_scope != ChangeScope.ONE.value,
            broadcasts.c.approval == ApprovalState.APPROVED.value,
            broadcasts.c.stopped_at.is_(None),
        )
        return self._connection.execute(query.limit(1)).scalar_one_or_none()

    def in_force(self, audiences: Collection[str], now: datetime) -> Sequence[Broadcast]:
        """Approved broadcasts that are not over, meant for any of these audiences."""
        if len(audiences) > MAX_NAMED:
            wanted = set(audiences)
            found = read_broadcasts(self._connection, in_force(now))
            return [each for each in found if not wanted.isdisjoint(each.audiences)]
        meant = select(broadcast_audience.c.broadcast).where(
            broadcast_audience.c.audience.in_(sorted(audiences))
        )
        return read_broadcasts(self._connection, broadcasts.c.id.in_(meant), in_force(now))

    def pieces(self, bulletins: Collection[str]) -> Mapping[str, Bulletin]:
        """Bulletins by id, deleted ones too."""
        return read_bulletins(self._connection, sorted(set(bulletins)))

    def sounding(self, bulletins: Collection[str], reach: Reach) -> frozenset[str]:
        """Those of the bulletins that are part of a broadcast heard or ordered in reach."""
        query = (
            select(broadcast_bulletin.c.bulletin)
            .join(broadcasts, broadcasts.c.id == broadcast_bulletin.c.broadcast)
            .where(
                broadcast_bulletin.c.bulletin.in_(sorted(set(bulletins))),
                broadcasts.c.approval == ApprovalState.APPROVED.value,
                sounding_within(reach),
            )
        )
        return frozenset(self._connection.execute(query).scalars())

    def most_in_force(self, audiences: Sequence[str], now: datetime) -> int:
        """How many broadcasts the fullest of these manifests holds."""
        count = func.count().label("count")
        query = (
            select(count)
            .select_from(broadcast_audience)
            .join(broadcasts, broadcasts.c.id == broadcast_audience.c.broadcast)
            .where(broadcast_audience.c.audience.in_(audiences), in_force(now))
            .group_by(broadcast_audience.c.audience)
            .order_by(count.desc())
            .limit(1)
        )
        return self._connection.execute(query).scalar_one_or_none() or 0

    def stop(self, broadcast: str, now: datetime) -> None:
        """No occurrence sounds from now on."""
        where = broadcasts.c.id == broadcast
        self._connection.execute(update(broadcasts).where(where).values(stopped_at=now))

    def withhold(self, broadcast: str, audience: str, code: str | None, now: datetime) -> bool:
        """Note why an audience is not told of it, or that it is again; False when known."""
        withheld = broadcast_audience.c.withheld_at
        mine = (
            broadcast_audience.c.broadcast == broadcast,
            broadcast_audience.c.audience == audience,
            withheld.is_not(None) if code is None else withheld.is_(None),
        )
        values = {"withheld_at": None if code is None else now, "withheld_code": code}
        changed = self._connection.execute(update(broadcast_audience).where(*mine).values(values))
        return changed.rowcount > 0

    def order(self, area: str) -> tuple[str, ...]:
        """Priority broadcasts as an area decided, the one that goes first first."""
        return read_orders(self._connection, [area]).get(area, ())

    def orders(self, areas: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """What these areas decided, by area."""
        return read_orders(self._connection, areas)

    def orders_naming(self, broadcast: str) -> Mapping[str, tuple[str, ...]]:
        """What areas decided that name a broadcast, by area."""
        query = select(priority_order.c.area).where(priority_order.c.broadcast == broadcast)
        areas = self._connection.execute(query).scalars().all()
        return read_orders(self._connection, areas) if areas else {}

    def decide_order(self, area: str, named: Sequence[str]) -> None:
        """From now on an area's priority broadcasts go in this order."""
        self._connection.execute(delete(priority_order).where(priority_order.c.area == area))
        rows = [
            {"area": area, "position": position, "broadcast": each}
            for position, each in enumerate(named)
        ]
        if rows:
            self._connection.execute(insert(priority_order), rows)

    def _versions(self, broadcast: Broadcast) -> dict[str, int]:
        """The version in which each audience is first told of it."""
        if broadcast.approval.state is not ApprovalState.APPROVED:
            return dict.fromkeys(broadcast.audiences, NOT_TOLD)
        keys = {audience: f"manifest/{audience}" for audience in broadcast.audiences}
        versions = next_versions(self._connection, keys.values())
        return {audience: versions[key] for audience, key in keys.items()}


def read_orders(connection: Connection, areas: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Decided orders of priority broadcasts, by area."""
    query = select(priority_order).order_by(priority_order.c.area, priority_order.c.position)
    if len(areas) <= MAX_NAMED:
        query = query.where(priority_order.c.area.in_(sorted(areas)))
    found: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.area].append(row.broadcast)
    return {area: tuple(named) for area, named in found.items()}


def _timing(connection: Connection, broadcast: Broadcast) -> dict[str, Any]:
    return {
        **schedule_to_values(broadcast.schedule),
        "ends_at": broadcast.ends_at,
        "last_end": _last_end(connection, broadcast),
    }


def _decision(broadcast: Broadcast) -> dict[str, Any]:
    """Columns of how it is to be played, who decided, and what it takes the place of."""
    replaces = broadcast.replaces
    return {
        "late": broadcast.late.model_dump(mode="json"),
        "slot_ms": broadcast.slot_ms,
        "programme": broadcast.programme,
        "approval": broadcast.approval.state.value,
        "decided_by": broadcast.approval.by,
        "decided_at": broadcast.approval.at,
        "decision_note": broadcast.approval.note,
        "override": from_override(broadcast.override),
        "replaces": None if replaces is None else replaces.broadcast,
        "replaces_scope": None if replaces is None else replaces.scope.value,
        "replaces_occurrence": None if replaces is None else replaces.occurrence,
    }


def _last_end(connection: Connection, broadcast: Broadcast) -> datetime | None:
    """When its last occurrence is over; None when it goes on for good."""
    if broadcast.ends_at is not None:
        return broadcast.ends_at + timedelta(days=1)
    rule = broadcast.rule
    if rule.rrule is not None or broadcast.schedule.holidays != HolidayRule():
        return None
    starts = local_starts(rule, datetime.min, datetime.max)  # noqa: DTZ901 - local, compared only
    if not starts:
        return broadcast.created_at
    pieces = read_bulletins(connection, broadcast.bulletins).values()
    length_ms = sum(each.voice.duration_ms for each in pieces if each.voice is not None)
    # What gives way may sound later than planned, by its own promise.
    length_ms += broadcast.late.slip_ms
    last = max(starts).replace(tzinfo=ZoneInfo(rule.zone)).astimezone(UTC)
    return last + timedelta(milliseconds=length_ms)
