"""How long the dashboard's lists take with a whole province in the database.

Prints JSON, in milliseconds of processor time, which a busy machine does not lengthen. The
yardstick of the same run is sqlite3 alone reading the same rows and decoding their JSON: what no
code of ours can beat.
"""

import argparse
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path

from loa_agent.protocol.documents import BroadcastClass
from loa_agent.protocol.reports import ClockTrust, State, StationStatus
from loa_server.adapters.db.broadcast_rows import BroadcastRows
from loa_server.adapters.db.bulletins import BulletinRows
from loa_server.adapters.db.engine import make_engine, writing
from loa_server.adapters.db.ledger import PresenceRows
from loa_server.adapters.db.migrate import migrate
from loa_server.adapters.db.people import PeopleRows
from loa_server.adapters.db.places import PlaceRows
from loa_server.adapters.db.queries import DbQueries
from loa_server.application.ingest_state import Presence
from loa_server.domain.areas import Area
from loa_server.domain.broadcasts import Broadcast
from loa_server.domain.bulletins import CLAIM_FOR, Bulletin, Voice
from loa_server.domain.people import Account
from loa_server.domain.rights import everything
from loa_server.domain.stations import Station
from loa_server.domain.when import Repeating, timing
from sqlalchemy import Connection

ZONE = "Asia/Ho_Chi_Minh"
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
PROVINCE = frozenset({"tinh"})
ROUNDS = 9
LISTED = 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one object on one line")
    parser.add_argument("--stations", type=int, default=3000)
    parser.add_argument("--communes", type=int, default=135)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "loa.db"
        engine = make_engine(f"sqlite:///{path}")
        migrate(engine)
        with writing(engine) as connection:
            first = fill(connection, wanted.stations, wanted.communes)
        read = DbQueries(engine, ZONE)
        figures = {
            "stations": wanted.stations,
            "areas": wanted.communes + 1,
            "broadcasts": LISTED,
            "stations_ms": median_ms(lambda: read.stations(NOW, PROVINCE)),
            "stations_of_commune_ms": median_ms(lambda: read.stations(NOW, frozenset({"xa-0"}))),
            "broadcasts_ms": median_ms(lambda: read.broadcasts(NOW, LISTED, PROVINCE)),
            "progress_ms": median_ms(lambda: read.progress(first, NOW, PROVINCE)),
            "areas_ms": median_ms(lambda: read.areas(PROVINCE)),
        }
        yardstick = {"sqlite3_alone_ms": median_ms(lambda: bare_read(path))}
        engine.dispose()
    result = {"name": "lists", "figures": figures, "yardstick": yardstick}
    print(json.dumps(result, indent=None if wanted.json else 2))


def fill(connection: Connection, stations: int, communes: int) -> str:
    """A province with `communes` under it, its stations, and daily broadcasts a year old."""
    places = PlaceRows(connection)
    places.add_area(Area("tinh", "52", "Tỉnh", 1, None, ZONE))
    for number in range(communes):
        places.add_area(Area(f"xa-{number}", str(number), f"Xã {number}", 2, "tinh"))
    PeopleRows(connection, writes=True).add(
        Account("u-1", "an", "An", "tinh", everything("tinh"), "x")
    )
    for number in range(stations):
        name = f"tram-{number}"
        places.add_station(Station(name, f"Cụm loa {number}", f"xa-{number % communes}", NOW))
        PresenceRows(connection).keep(Presence(a_state(name), NOW))
    ready(connection)
    orders = [order(connection, number) for number in range(LISTED)]
    return orders[0]


def a_state(station: str) -> State:
    audiences = (f"s-{station}", "a-xa-0", "a-tinh")
    return State(
        station=station,
        boot=12,
        connection=3,
        status=StationStatus.ONLINE,
        sent_at=NOW,
        versions={f"config/{station}": 4} | {f"manifest/{each}": 7 for each in audiences},
        playing="bp-0@2026-11-23T05:30:00",
        clock=ClockTrust.SYNCHRONISED,
        agent_version="0.1.0",
        free_bytes=10**10,
    )


def ready(connection: Connection) -> None:
    rows = BulletinRows(connection)
    rows.add(Bulletin("bt-1", "Bản tin", None, "u-1", "tinh", NOW, "a" * 64), NOW)
    job = rows.claim_job(NOW, NOW + CLAIM_FOR)
    assert job is not None
    rows.finish(job, Voice("b" * 64, 10**6, 300_000, -16.0))


def order(connection: Connection, number: int) -> str:
    made = NOW - timedelta(days=365, minutes=number)
    times = (clock_time(5, 30), clock_time(17, 0))
    schedule = timing(Repeating(times, date(2025, 11, 24)), ZONE, made).schedule
    one = Broadcast(
        id=f"bp-{number}",
        title="Bản tin",
        class_=BroadcastClass.ORDINARY,
        bulletins=("bt-1",),
        audiences=("a-tinh",),
        schedule=schedule,
        area="tinh",
        author="u-1",
        created_at=made,
    )
    BroadcastRows(connection).add(one)
    return one.id


def bare_read(path: Path) -> int:
    with sqlite3.connect(path) as connection:
        rows = connection.execute(
            "SELECT s.*, a.name, p.* FROM station s JOIN area a ON a.id = s.area"
            " LEFT JOIN presence p ON p.station = s.id ORDER BY s.name, s.id"
        )
        columns = [each[0] for each in rows.description]
        state = columns.index("state")
        return sum(len(json.loads(row[state])) for row in rows)


def median_ms(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        work()
        taken.append((time.process_time() - begin) * 1000)
    return round(statistics.median(taken), 1)


if __name__ == "__main__":
    main()
