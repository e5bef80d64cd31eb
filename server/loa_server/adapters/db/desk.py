"""The rows behind signed documents, and who may listen to them."""

from collections.abc import Callable
from datetime import datetime

from loa_agent.protocol.documents import MAX_ORDER
from sqlalchemy import Connection, Engine, and_, case, func, or_, select, update

from loa_server.adapters.db.broadcast_rows import read_orders
from loa_server.adapters.db.broadcast_views import as_they_travel
from loa_server.adapters.db.broadcasts import in_force, read_broadcasts
from loa_server.adapters.db.calendars import read_calendars
from loa_server.adapters.db.engine import reading, writing
from loa_server.adapters.db.mapping import to_station
from loa_server.adapters.db.places import read_tree
from loa_server.adapters.db.tables import broadcast as broadcasts
from loa_server.adapters.db.tables import broadcast_audience, document
from loa_server.adapters.db.tables import station as stations
from loa_server.adapters.db.withholding import note_withheld, read_listeners, withheld_codes
from loa_server.application.messaging import StationAccess
from loa_server.application.publish_documents import (
    DueDocument,
    ManifestContent,
    StationSettings,
)
from loa_server.domain.areas import AreaTree, station_audiences
from loa_server.domain.listening import level_of, too_heavy
from loa_server.domain.stations import Station

TOO_HEAVY = "too_many_broadcasts"


class DbDesk:
    """Implements `StationDirectory`; every method is a transaction of its own."""

    def __init__(self, engine: Engine, zone: str, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._zone = zone
        self._clock = clock

    def take_due(self, renew_before: datetime, limit: int) -> list[DueDocument]:
        """Changed, ageing and lost documents; versions are raised and committed before return.

        A document that is only sent again keeps its version: stations that hold it do nothing.
        """
        changed = or_(
            document.c.mark != document.c.clean_mark,
            document.c.issued_at.is_(None),
            document.c.issued_at < renew_before,
        )
        query = (
            select(document.c.key)
            .where(or_(changed, document.c.resend))
            # What changed goes before what is merely sent again, manifests before the settings that
            # name them: a station that comes to another area misses nothing in between.
            .order_by(case((changed, 0), else_=1), document.c.key.desc())
            .limit(limit)
        )
        with reading(self._engine) as connection:
            keys = connection.execute(query).scalars().all()
        if not keys:
            return []
        mine = document.c.key.in_(keys)
        with writing(self._engine) as connection:
            # Rows are locked in the order in which every writer locks them.
            held = select(document.c.key).where(mine).order_by(document.c.key).with_for_update()
            connection.execute(held)
            # The instant of issue is written when it is out; until then the document stays due.
            raised = {"version": document.c.version + 1, "issued_at": None}
            connection.execute(update(document).where(mine, changed).values(raised))
            rows = connection.execute(
                select(document).where(mine).order_by(document.c.key.desc())
            ).all()
        return [DueDocument(row.key, row.version, row.mark) for row in rows]

    def manifest(self, audience: str) -> ManifestContent | None:
        """Content for an audience; None when there is no such audience any more.

        What hours or caps changed since have made wholly silent there is left out and noted, and
        so is the newest of what has grown heavier than a broker carries.
        """
        now = self._clock()
        with reading(self._engine) as connection:
            tree = read_tree(connection)
            level = _level(connection, tree, audience)
            if level is None:
                return None
            mine = select(broadcast_audience.c.broadcast).where(
                broadcast_audience.c.audience == audience
            )
            found = read_broadcasts(connection, broadcasts.c.id.in_(mine), in_force(now))
            kept = read_calendars(connection, tree)
            travelling = as_they_travel(connection, found, kept, now)
            listening = read_listeners(connection, tree, self._zone, audience)
            order = _order(connection, audience, now)
        codes = withheld_codes(travelling, listening, now)
        oldest_first = (travelling[one.id] for one in reversed(found) if one.id not in codes)
        codes |= dict.fromkeys(too_heavy(oldest_first), TOO_HEAVY)
        note_withheld(self._engine, audience, found, codes, now)
        told = tuple(travelling[each.id] for each in found if each.id not in codes)
        return ManifestContent(level, told, order)

    def settings(self, station: str) -> StationSettings | None:
        """Settings of a station; None when there is no such station any more."""
        with reading(self._engine) as connection:
            row = connection.execute(select(stations).where(stations.c.id == station)).first()
            tree = read_tree(connection)
        if row is None or row.retired_at is not None:
            return None
        return _settings(to_station(row), tree, self._zone)

    def note_published(self, due: DueDocument, issued_at: datetime) -> None:
        """The document is out; it stays due if its mark moved meanwhile.

        One that was only sent again keeps its first instant of issue: stations that hold this
        version did not take the later end, so it must be renewed by the earlier one.
        """
        values = {
            "clean_mark": due.mark,
            "issued_at": func.coalesce(document.c.issued_at, issued_at),
            "resend": False,
        }
        with writing(self._engine) as connection:
            connection.execute(update(document).where(document.c.key == due.key).values(values))

    def everything_due(self) -> None:
        """The broker may have lost what it retained: send all again."""
        with writing(self._engine) as connection:
            held = select(document.c.key).order_by(document.c.key).with_for_update()
            connection.execute(held)
            connection.execute(update(document).values(resend=True))

    def access_stamp(self) -> str:
        """Changes whenever a station is added, enrolled, moved or retired.

        Counted by the marks of the settings, which only grow: instants repeat when the server's
        clock is set back, and a device enrolled then would be kept out.
        """
        marks = select(func.sum(document.c.mark)).where(document.c.key.like("config/%"))
        query = select(func.count(), func.max(stations.c.retired_at), marks.scalar_subquery())
        with reading(self._engine) as connection:
            count, retired, marked = connection.execute(query).one()
        return f"{count} {retired} {marked}"

    def access(self) -> list[StationAccess]:
        """All enrolled stations with their broker credentials."""
        enrolled = and_(stations.c.broker_password.is_not(None), stations.c.retired_at.is_(None))
        with reading(self._engine) as connection:
            tree = read_tree(connection)
            rows = connection.execute(select(stations).where(enrolled).order_by(stations.c.id))
            return [
                StationAccess(
                    row.id, row.broker_password, station_audiences(tree, row.id, row.area)
                )
                for row in rows
            ]


def _settings(station: Station, tree: AreaTree, zone: str) -> StationSettings:
    return StationSettings(
        name=station.name,
        audiences=station_audiences(tree, station.id, station.area),
        zone=tree.zone(station.area, zone),
        hours=tree.hours(station.area) if station.hours is None else station.hours,
        caps=tree.caps(station.area) if station.caps is None else station.caps,
        volumes=tree.volumes(station.area) if station.volumes is None else station.volumes,
        volume_percent=station.volume_percent,
        delay_ms=station.delay_ms,
    )


def _level(connection: Connection, tree: AreaTree, audience: str) -> int | None:
    """Depth of an audience in force; the higher area wins inside a class."""
    kind, _, name = audience.partition("-")
    if kind == "a" and not tree.has(name):
        return None
    if kind == "s":
        query = select(stations.c.retired_at).where(stations.c.id == name)
        row = connection.execute(query).first()
        if row is None or row.retired_at is not None:
            return None
    return level_of(audience, tree)


def _order(connection: Connection, audience: str, now: datetime) -> tuple[str, ...]:
    """What an area decided about priority broadcasts that are not over."""
    kind, _, area = audience.partition("-")
    decided = read_orders(connection, [area]).get(area, ()) if kind == "a" else ()
    if not decided:
        return ()
    query = select(broadcasts.c.id).where(broadcasts.c.id.in_(decided), in_force(now))
    running = set(connection.execute(query).scalars())
    return tuple(each for each in decided if each in running)[:MAX_ORDER]
