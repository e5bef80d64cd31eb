"""A whole province's timetable in a database, checked as it is on every save."""

import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from random import Random
from typing import Any

from loa_agent.protocol.documents import BroadcastClass, Caps, Late, LatePolicy, Window
from loa_server.adapters.db.engine import make_engine
from loa_server.adapters.db.migrate import migrate
from loa_server.adapters.db.store import DbStore
from loa_server.application.judging import Judged, judged, read_places
from loa_server.application.ports import Transaction
from loa_server.domain.areas import Area
from loa_server.domain.broadcasts import Broadcast
from loa_server.domain.bulletins import CLAIM_FOR, Bulletin, Voice
from loa_server.domain.people import Account
from loa_server.domain.repeat import Nth, Repeat, Unit
from loa_server.domain.rights import everything
from loa_server.domain.stations import Station
from loa_server.domain.when import At, Repeating, When, timing

ZONE = "Asia/Ho_Chi_Minh"
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
COMMUNES = 150
HAMLETS = 3
STATIONS = 5_000
BROADCASTS = 2_000
FOR_ALL = 15
OWN_HOURS = 10
"""Every tenth commune has hours and caps of its own."""
ROUNDS = 5
HOURS = (Window(start="05:00", end="21:00"),)
SHORT_HOURS = (Window(start="05:00", end="08:00"), Window(start="16:00", end="20:00"))
STARTS = (5, 6, 7, 16, 17, 18, 19)
TRIES = 8
MIX = {"day": 40, "week": 50, "fortnight": 20, "date": 25, "nth": 25, "once": 40}
"""As in `timeline`."""
BULLETINS = {f"bt-{minutes}": minutes for minutes in (1, 2, 3, 5, 10)}


def a_province() -> dict[str, Any]:
    """Milliseconds of processor time to check one save, with the rows read and without."""
    with filled() as store, store.read() as rows:
        everywhere = a_wish("a-tinh", BroadcastClass.PRIORITY)
        one_commune = a_wish("a-xa-7", BroadcastClass.ORDINARY)
        found = check(rows, everywhere)
        places = read_places(rows, ZONE)
        remembered = _Remembered(rows)
        judged(remembered, places, everywhere, NOW)  # type: ignore[arg-type]  # answers as rows do
        return {
            "province_communes": COMMUNES,
            "province_stations": STATIONS,
            "province_broadcasts": BROADCASTS,
            "province_stations_reached": found.station_count,
            "province_conflicts": len(found.conflicts),
            "province_check_ms": median_ms(lambda: check(rows, everywhere)),
            "province_check_includes": "reading all rows from SQLite, hours, caps, conflicts",
            "province_judge_ms": median_ms(
                lambda: judged(remembered, places, everywhere, NOW)  # type: ignore[arg-type]
            ),
            "commune_check_ms": median_ms(lambda: check(rows, one_commune)),
            "commune_conflicts": len(check(rows, one_commune).conflicts),
        }


def check(rows: Transaction, wish: Broadcast) -> Judged:
    return judged(rows, read_places(rows, ZONE), wish, NOW)


class _Remembered:
    """What was read once, so that only the judging is measured."""

    def __init__(self, rows: Transaction) -> None:
        self._rows = rows.broadcasts
        self._answers: dict[str, Any] = {}
        self.broadcasts = self

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def answer(*asked: Any) -> Any:
            key = f"{name} {len(asked[0])}"
            if key not in self._answers:
                self._answers[key] = getattr(self._rows, name)(*asked)
            return self._answers[key]

        return answer


@contextmanager
def filled() -> Iterator[DbStore]:
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'loa.db'}")
        migrate(engine)
        store = DbStore(engine)
        with store.write() as rows:
            fill(rows)
        yield store
        engine.dispose()


def fill(rows: Transaction) -> None:
    random = Random(39)
    rows.places.add_area(Area("tinh", "52", "Tỉnh", 1, None, ZONE, HOURS))
    hamlets = []
    for commune in range(COMMUNES):
        own = {"hours": SHORT_HOURS, "caps": Caps(sessions_per_day=12)}
        limits: dict[str, Any] = own if commune % OWN_HOURS == 0 else {}
        rows.places.add_area(Area(f"xa-{commune}", str(commune), "Xã", 2, "tinh", **limits))
        for hamlet in range(HAMLETS):
            name = f"thon-{commune}-{hamlet}"
            rows.places.add_area(Area(name, str(hamlet), "Thôn", 3, f"xa-{commune}"))
            hamlets.append(name)
    for number in range(STATIONS):
        home = hamlets[number % len(hamlets)]
        rows.places.add_station(Station(f"loa-{number}", f"Loa {number}", home, NOW))
    rows.people.add(Account("u-1", "u", "U", "tinh", everything("tinh"), "x"))
    for name, minutes in BULLETINS.items():
        rows.bulletins.add(Bulletin(name, "Bản tin", None, "u-1", "tinh", NOW, "a" * 64), NOW)
        job = rows.bulletins.claim_job(NOW, NOW + CLAIM_FOR)
        if job is not None:
            voice = Voice("b" * 64, 10**6, minutes * 60_000 - 350, -16.0)
            rows.bulletins.finish(job, voice)
    busy: dict[str, list[int]] = defaultdict(lambda: [0] * 24 * 60)
    for number in range(BROADCASTS):
        rows.broadcasts.add(a_broadcast(random, number, hamlets, busy))


def a_broadcast(
    random: Random, number: int, hamlets: list[str], busy: dict[str, list[int]]
) -> Broadcast:
    if number < FOR_ALL:
        audience = "a-tinh"
    elif number % 10 == 0:
        audience = f"a-{random.choice(hamlets)}"
    else:
        audience = f"a-xa-{number % COMMUNES}"
    chosen = timing(a_time(random, busy[audience]), ZONE, NOW)
    return Broadcast(
        id=f"bp-{number}",
        title=f"Buổi phát {number}",
        class_=random.choices((BroadcastClass.PRIORITY, BroadcastClass.ORDINARY), (1, 4))[0],
        bulletins=(random.choice(tuple(BULLETINS)),),
        audiences=(audience,),
        schedule=chosen.schedule,
        area=audience[2:],
        author="u-1",
        created_at=NOW - timedelta(days=1),
        ends_at=chosen.ends_at,
        late=Late(policy=random.choice(list(LatePolicy)), slip_ms=600_000),
    )


def a_time(random: Random, busy: list[int]) -> When:
    """The mix of `timeline`; of some places at random the least busy, as people choose."""
    kind = random.choices(tuple(MIX), tuple(MIX.values()))[0]
    start, again = (a_place(random, busy) for _ in range(2))
    if kind == "once":
        day = TODAY + timedelta(days=random.randrange(1, 15))
        return At(datetime.combine(day, start))
    weekdays = tuple(sorted(random.sample(range(1, 8), random.randrange(1, 6))))
    repeat = {
        "day": Repeat(),
        "week": Repeat(unit=Unit.WEEK, weekdays=weekdays),
        "fortnight": Repeat(every=2, unit=Unit.WEEK, weekdays=weekdays[:2]),
        "date": Repeat(unit=Unit.MONTH, month_day=random.choice((1, 5, 15, 28, -1))),
        "nth": Repeat(unit=Unit.MONTH, nth=Nth(random.choice((1, 2, -1)), weekdays[0])),
    }[kind]
    twice = kind == "day" and random.random() < 0.5
    times = (start, again) if twice else (start,)
    return Repeating(times, TODAY - timedelta(days=random.randrange(30, 365)), repeat=repeat)


def a_place(random: Random, busy: list[int]) -> clock_time:
    slots = [60 * random.choice(STARTS) + random.randrange(0, 60, 5) for _ in range(TRIES)]
    place = min(slots, key=lambda slot: sum(busy[slot : slot + 10]))
    for minute in range(place, place + 10):
        busy[minute] += 1
    return clock_time(*divmod(place, 60))


def a_wish(audience: str, class_: BroadcastClass) -> Broadcast:
    """Three bulletins every day, in the hours when everybody broadcasts."""
    wish = Repeating((clock_time(5, 30), clock_time(17, 0)), TODAY + timedelta(days=1))
    chosen = timing(wish, ZONE, NOW)
    return Broadcast(
        id="moi",
        title="Mới",
        class_=class_,
        bulletins=("bt-5", "bt-10", "bt-3"),
        audiences=(audience,),
        schedule=chosen.schedule,
        area=audience[2:],
        author="u-1",
        created_at=NOW,
    )


def median_ms(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        work()
        taken.append((time.process_time() - begin) * 1000)
    return round(statistics.median(taken), 1)
