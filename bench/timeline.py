"""How long it takes to say what sounds when.

Prints JSON, in milliseconds of processor time, which a busy machine does not lengthen. The
yardstick of the same run is the naive way: each rule expanded by dateutil from its first start,
each pair of occurrences compared.

Rules are remembered between questions as in life (parsed rules, offsets of days, names of days).
`cold_ms` is the first question ever, with all of that empty; `resolve_14d_200_ms` is the median of
questions whose documents are new objects each time, as after a message came: the offsets of days
are known, of the rules just those whose text has not changed.
"""

import argparse
import gc
import json
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from loa_agent.protocol.documents import (
    PRECEDENCE,
    Broadcast,
    BroadcastClass,
    Caps,
    Config,
    Item,
    Late,
    LatePolicy,
    Manifest,
    Rule,
    Window,
)
from loa_agent.protocol.timeline import Outcome, Planned, timeline
from province import a_province

ZONE = "Asia/Ho_Chi_Minh"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23)  # noqa: DTZ001 - local, the rule names its zone
DAYS = 14
BROADCASTS = 200
ROUNDS = 15
NAIVE_ROUNDS = 3
MIX = (
    ("daily, once or twice a day", 40),
    ("chosen weekdays", 50),
    ("every second week", 20),
    ("monthly by date", 25),
    ("monthly by weekday", 25),
    ("once", 40),
)
"""Broadcasts one station hears; rules are up to two years old, items 1 to 10 minutes long."""
MINUTES = (1, 1, 2, 3, 5, 10)
HOURS = (5, 6, 7, 11, 12, 16, 17, 18, 19, 20)
TRIES = 8
EXCEPTIONS = 20
"""Starts left out of every repeated rule (holidays), and a quarter as many added."""

Span = tuple[datetime, datetime]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one object on one line")
    wanted = parser.parse_args()
    # As the web process does once it has loaded everything (workers/web.py).
    gc.collect()
    gc.freeze()
    figures, yardstick = one_station()
    figures |= a_province()
    result = {"name": "timeline", "figures": figures, "yardstick": yardstick}
    print(json.dumps(result, indent=None if wanted.json else 2))


def one_station() -> tuple[dict[str, Any], dict[str, Any]]:
    """Fourteen days of one station: figures and the naive way beside them."""
    manifests, config = timetable(), settings()
    end = NOW + timedelta(days=DAYS)
    cold_ms, planned = timed(lambda: timeline(manifests, config, NOW, end))
    fresh = iter([_read_again(manifests) for _ in range(ROUNDS)])
    resolve_ms, least_ms = median_ms(lambda: timeline(next(fresh), config, NOW, end), ROUNDS)
    naive_ms, _ = median_ms(lambda: naive(manifests, NOW, end), NAIVE_ROUNDS)
    found = naive(manifests, NOW, end)
    figures = {
        "broadcasts": sum(len(each.broadcasts) for each in manifests),
        "days": DAYS,
        "mix": dict(MIX),
        "exceptions_per_rule": EXCEPTIONS,
        "resolve_occurrences": len(planned),
        "resolve_not_whole": _not_whole(planned),
        "resolve_cold_ms": cold_ms,
        "resolve_14d_200_ms": resolve_ms,
        "resolve_least_ms": least_ms,
        "speedup_vs_naive": round(naive_ms / resolve_ms, 1),
    }
    if len(found) != len(planned):
        raise SystemExit("the naive way found other occurrences")
    return figures, {"naive_ms": naive_ms, "naive_occurrences": len(found)}


def _not_whole(planned: list[Planned]) -> int:
    return sum(each.outcome is not Outcome.WHOLE for each in planned)


def _read_again(manifests: list[Manifest]) -> list[Manifest]:
    return [Manifest.model_validate_json(each.model_dump_json(by_alias=True)) for each in manifests]


def timetable() -> list[Manifest]:
    """What a station hears from province, commune and itself; the same in every run."""
    random = Random(39)
    names = count(1)
    busy = [0] * 24 * 60
    kinds = [kind for kind, number in MIX for _ in range(number)]
    random.shuffle(kinds)
    shares = {"a-tinh": (1, kinds[:40]), "a-xa": (2, kinds[40:160]), "s-tram": (5, kinds[160:])}
    return [
        Manifest(
            version=1,
            issued_at=NOW,
            not_after=NOW + timedelta(days=30),
            audience=audience,
            level=level,
            broadcasts=tuple(
                a_broadcast(random, f"bp-{next(names)}", kind, busy) for kind in share
            ),
        )
        for audience, (level, share) in shares.items()
    ]


def a_broadcast(random: Random, name: str, kind: str, busy: list[int]) -> Broadcast:
    minutes = random.choice(MINUTES)
    item = Item(
        id=f"bt-{name}", title=name, sha256="a" * 64, bytes=1, duration_ms=minutes * 60_000 - 350
    )
    policy = random.choice(list(LatePolicy))
    return Broadcast(
        id=name,
        title=name,
        class_=random.choices(list(BroadcastClass), (1, 0, 19, 80))[0],
        items=(item,),
        rule=a_rule(random, kind, minutes, busy),
        late=Late(policy=policy, slip_ms=random.choice((5, 10, 30)) * 60_000),
    )


def a_place(random: Random, minutes: int, busy: list[int]) -> int:
    """Minute of the day: of some at random the least busy, as people choose who see conflicts."""
    slots = [60 * random.choice(HOURS) + random.randrange(0, 60, 5) for _ in range(TRIES)]
    place = min(slots, key=lambda slot: sum(busy[slot : slot + minutes]))
    for minute in range(place, place + minutes):
        busy[minute] += 1
    return place


def a_rule(random: Random, kind: str, minutes: int, busy: list[int]) -> Rule:
    first = MONDAY - timedelta(days=random.randrange(30, 730))
    hour, minute = divmod(a_place(random, minutes, busy), 60)
    first = first.replace(hour=hour, minute=minute)
    if kind == "once":
        first = MONDAY.replace(hour=first.hour, minute=first.minute)
        return Rule(start=_text(first + timedelta(days=random.randrange(DAYS))), zone=ZONE)
    week = random.sample(("MO", "TU", "WE", "TH", "FR", "SA", "SU"), random.randrange(1, 6))
    rrule = {
        "daily, once or twice a day": "FREQ=DAILY",
        "chosen weekdays": "FREQ=WEEKLY;BYDAY=" + ",".join(week),
        "every second week": "FREQ=WEEKLY;INTERVAL=2;BYDAY=" + ",".join(week[:2]),
        "monthly by date": f"FREQ=MONTHLY;BYMONTHDAY={random.choice((1, 5, 15, 28, -1))}",
        "monthly by weekday": f"FREQ=MONTHLY;BYDAY={random.choice((1, 2, -1))}{week[0]}",
    }[kind]
    again = "{:02}:{:02}".format(*divmod(a_place(random, minutes, busy), 60))
    times = (first.strftime("%H:%M"), again)
    away = [NOW + timedelta(days=random.randrange(60)) for _ in range(EXCEPTIONS)]
    extra = [NOW + timedelta(days=random.randrange(60)) for _ in range(EXCEPTIONS // 4)]
    return Rule(
        start=_text(first),
        zone=ZONE,
        rrule=rrule,
        times=times if kind.startswith("daily") and random.random() < 0.5 else times[:1],
        dates=tuple(_text(each.replace(hour=19, minute=first.minute)) for each in extra),
        except_dates=tuple(_text(_at(each, first)) for each in away),
    )


def _at(day: datetime, first: datetime) -> datetime:
    return day.replace(hour=first.hour, minute=first.minute)


def _text(local: datetime) -> str:
    return local.strftime("%Y-%m-%dT%H:%M:%S")


def settings() -> Config:
    return Config(
        version=1,
        issued_at=NOW,
        not_after=NOW + timedelta(days=30),
        station="tram",
        name="Trạm",
        audiences=("a-tinh", "a-xa", "s-tram"),
        zone=ZONE,
        hours=(
            Window(start="05:00", end="08:00"),
            Window(start="11:00", end="13:00"),
            Window(start="16:00", end="21:00"),
        ),
        caps=Caps(sessions_per_day=30, session_ms=3 * 3_600_000, day_ms=8 * 3_600_000),
        keys={},
    )


def naive(manifests: list[Manifest], begin: datetime, end: datetime) -> list[tuple[Any, ...]]:
    """Who sounds: rules counted through from their first start, then every pair compared."""
    found = []
    for manifest in manifests:
        for broadcast in manifest.broadcasts:
            length = timedelta(milliseconds=broadcast.duration_ms)
            for start in naive_starts(broadcast.rule, begin - length, end):
                rank = (PRECEDENCE[broadcast.class_], manifest.level, start, broadcast.id)
                found.append((rank, start, start + length))
    return [(one, losers(one, found)) for one in found]


def losers(one: tuple[Any, ...], found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [
        other for other in found if one[1] < other[2] and other[1] < one[2] and one[0] < other[0]
    ]


def naive_starts(rule: Rule, begin: datetime, end: datetime) -> list[datetime]:
    zone = ZoneInfo(rule.zone)
    first = datetime.fromisoformat(rule.start)
    locals_ = {first} if rule.rrule is None else set()
    if rule.rrule is not None:
        until = end.astimezone(zone).replace(tzinfo=None) + timedelta(days=1)
        for day in rrulestr(rule.rrule, dtstart=first):
            if day > until:
                break
            times = rule.times or (first.strftime("%H:%M"),)
            starts = [datetime.fromisoformat(f"{day.date()}T{each}") for each in times]
            locals_ |= {start for start in starts if start >= first}
    locals_ |= {datetime.fromisoformat(text) for text in rule.dates}
    locals_ -= {datetime.fromisoformat(text) for text in rule.except_dates}
    instants = [each.replace(tzinfo=zone).astimezone(UTC) for each in locals_]
    return sorted(each for each in instants if begin < each < end)


def timed(work: Callable[[], list[Planned]]) -> tuple[float, list[Planned]]:
    begin = time.process_time()
    found = work()
    return round((time.process_time() - begin) * 1000, 1), found


def median_ms(work: Callable[[], object], rounds: int) -> tuple[float, float]:
    """The middle and the least of some rounds."""
    taken = []
    for _ in range(rounds):
        begin = time.process_time()
        work()
        taken.append((time.process_time() - begin) * 1000)
    return round(statistics.median(taken), 1), round(min(taken), 1)


if __name__ == "__main__":
    main()
