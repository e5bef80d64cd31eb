"""How long the timetable of a month and the list of the next day take to be made.

Prints JSON, in milliseconds of processor time, which a busy machine does not lengthen. Figures:
`month_100_stations_ms` (31 days, 100 stations in ten communes of which twenty have a broadcast of
their own), `day_3000_stations_ms` (the next 24 hours of a whole province). The yardstick of the
same run asks the same timeline once for every station instead of once for every kind of them.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from loa_agent.protocol.documents import BroadcastClass, Rule
from loa_server.adapters.db.broadcast_rows import BroadcastRows
from loa_server.adapters.db.bulletins import BulletinRows
from loa_server.adapters.db.engine import make_engine, writing
from loa_server.adapters.db.migrate import migrate
from loa_server.adapters.db.people import PeopleRows
from loa_server.adapters.db.places import PlaceRows
from loa_server.adapters.db.queries import DbQueries
from loa_server.api.render_timeline import timetable_to_shape
from loa_server.application.list_coming import list_coming
from loa_server.application.resolve_air import resolve_air
from loa_server.application.show_timetable import RowKind, show_timetable, window_of
from loa_server.domain.areas import Area
from loa_server.domain.broadcasts import Broadcast
from loa_server.domain.bulletins import CLAIM_FOR, Bulletin, Voice
from loa_server.domain.people import Account
from loa_server.domain.rights import everything
from loa_server.domain.schedule import Schedule
from loa_server.domain.stations import Station
from sqlalchemy import Connection

ZONE = "Asia/Ho_Chi_Minh"
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
MADE = NOW - timedelta(days=20)
TODAY = date(2026, 11, 23)
REACH = frozenset({"tinh"})
ACTOR = Account("u-1", "an", "An", "tinh", everything("tinh"), "x")
ROUNDS = 5
MONTH = 31
OWN = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one object on one line")
    wanted = parser.parse_args()
    with province(100, 10) as read:
        month = median_ms(lambda: show_month(read))
        apart = median_ms(lambda: ask_every_station(read))
    with province(3000, 135) as read:
        day = median_ms(lambda: show_day(read))
    result = {
        "name": "timetable",
        "figures": {"month_100_stations_ms": month, "day_3000_stations_ms": day},
        "yardstick": {"month_asking_every_station_ms": apart},
    }
    print(json.dumps(result, indent=None if wanted.json else 2))


def show_month(read: DbQueries) -> int:
    """All the server does for one answer but writing the text of it."""
    air = read.air(window_of(TODAY, MONTH, ZONE), REACH, "tinh")
    rows = RowKind.STATIONS
    found = show_timetable(air, ACTOR, first=TODAY, days=MONTH, zone=ZONE, rows=rows)
    return len(timetable_to_shape(found).model_dump_json())


def ask_every_station(read: DbQueries) -> int:
    begin, end = window_of(TODAY, MONTH, ZONE)
    air = read.air((begin, end), REACH, "tinh")
    alone = (replace(air, sites=(site,)) for site in air.sites)
    return sum(len(kind.fates) for each in alone for kind in resolve_air(each, begin, end))


def show_day(read: DbQueries) -> int:
    window = (NOW, NOW + timedelta(days=1))
    return len(list_coming(read.air(window, REACH, "tinh"), *window))


@contextmanager
def province(stations: int, communes: int) -> Iterator[DbQueries]:
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'loa.db'}")
        migrate(engine)
        with writing(engine) as connection:
            fill(connection, stations, communes)
        yield DbQueries(engine, ZONE)
        engine.dispose()


def fill(connection: Connection, stations: int, communes: int) -> None:
    """Communes with four daily broadcasts of their own, and four of the province for all."""
    places = PlaceRows(connection)
    places.add_area(Area("tinh", "52", "Tỉnh", 1, None, ZONE))
    PeopleRows(connection, writes=True).add(ACTOR)
    bulletins = BulletinRows(connection)
    bulletins.add(Bulletin("bt-1", "Bản tin", None, "u-1", "tinh", MADE, "a" * 64), MADE)
    job = bulletins.claim_job(NOW, NOW + CLAIM_FOR)
    assert job is not None
    bulletins.finish(job, Voice("b" * 64, 10**6, 300_000, -16.0))
    for turn in range(4):
        order(connection, f"tinh-{turn}", "a-tinh", f"0{5 + turn}:30")
    for number in range(communes):
        places.add_area(Area(f"xa-{number}", str(number), f"Xã {number}", 2, "tinh"))
        for turn in range(4):
            times = f"0{5 + turn}:{number * 7 % 60:02}", f"{16 + turn}:{number * 11 % 60:02}"
            order(connection, f"xa-{number}-{turn}", f"a-xa-{number}", *times)
    for number in range(stations):
        home = f"xa-{number % communes}"
        places.add_station(Station(f"tram-{number}", f"Cụm loa {number}", home, MADE))
        if number < OWN:
            order(connection, f"tram-{number}", f"s-tram-{number}", "09:00")


def order(connection: Connection, name: str, audience: str, *times: str) -> None:
    start = f"2026-11-03T{times[0]}:00"
    one = Broadcast(
        id=f"bp-{name}",
        title="Bản tin",
        class_=BroadcastClass.ORDINARY,
        bulletins=("bt-1",),
        audiences=(audience,),
        schedule=Schedule(Rule(start=start, zone=ZONE, rrule="FREQ=DAILY", times=times)),
        area="tinh",
        author="u-1",
        created_at=MADE,
    )
    BroadcastRows(connection).add(one)


def median_ms(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        work()
        taken.append((time.process_time() - begin) * 1000)
    return round(statistics.median(taken), 1)


if __name__ == "__main__":
    main()
