"""Months of stations made from a seed: what they are to play, and the weather they live through."""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from loa_agent.protocol.documents import (
    Broadcast,
    Caps,
    Config,
    Exemption,
    Late,
    LatePolicy,
    Manifest,
    Rule,
    Window,
)
from makers import ZONE, a_config, a_manifest, an_item

from fakes.naive_timetable import VIET_NAM

AUDIENCES = {"a-vn": 0, "a-tinh": 1, "a-xa": 2, "g-cho": 4, "s-tram-1": 5}
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MIN_MS = 60_000
LENGTHS_S = (30, 47, 60, 180, 300, 600, 600, 900, 1200, 1800, 2700)
SLIPS_MIN = (0, 2, 5, 10, 30, 60)
CLOCKS = (
    *("05:00", "05:15", "05:30", "05:30", "05:35", "05:45", "06:00", "06:20"),
    *("11:00", "11:30", "11:30", "11:45", "17:00", "17:00", "17:05", "17:30", "17:55", "18:30"),
    *("04:30", "13:10", "19:45", "21:00"),
)
HOURS = (
    (("05:00", "06:30"), ("11:00", "12:00"), ("17:00", "18:30")),
    (("05:00", "06:30"), ("17:00", "18:30")),
    (("05:00", "21:00"),),
    (("05:20", "05:50"), ("17:00", "17:40"), ("11:20", "11:31")),
)
LETTERS = "abcdef0123456789"


@dataclass(frozen=True, slots=True)
class Spell:
    """Bad weather in seconds since the month began; `kind` says what was not there."""

    begin: int
    end: int
    kind: str


@dataclass
class Month:
    """What a station is sent, and the spells of weather it will live through, in order."""

    first: date
    days: int
    manifests: list[Manifest]
    config: Config
    spells: list[Spell] = field(default_factory=list)
    fetched_after_s: int = 0

    @property
    def midnight(self) -> datetime:
        """When it begins."""
        return datetime.combine(self.first, time(), VIET_NAM)


def a_month(seed: int) -> Month:
    """The same for the same seed."""
    dice = Random(seed)
    first = date(dice.randint(2026, 2031), dice.randint(1, 12), 1)
    days = monthrange(first.year, first.month)[1]
    signed = {
        "issued_at": datetime.combine(first, time(), VIET_NAM) - timedelta(days=1),
        "not_after": datetime.combine(first, time(), VIET_NAM) + timedelta(days=days + 2),
    }
    broadcasts = [_broadcast(dice, f"b{number}", first) for number in range(dice.randint(4, 12))]
    places = [dice.choice(sorted(AUDIENCES)) for _ in broadcasts]
    manifests = [
        a_manifest(
            *(each for each, place in zip(broadcasts, places, strict=True) if place == audience),
            audience=audience,
            level=level,
            order=tuple(dice.sample([each.id for each in broadcasts], dice.choice([0, 0, 2]))),
            **signed,
        )
        for audience, level in AUDIENCES.items()
    ]
    config = a_config(audiences=tuple(AUDIENCES), hours=_hours(dice), caps=_caps(dice), **signed)
    month = Month(first, days, manifests, config)
    month.fetched_after_s = dice.choice([0] * 9 + [dice.randint(3600, 2 * 86_400)])
    month.spells = _weather(dice, days)
    return month


def _broadcast(dice: Random, name: str, first: date) -> Broadcast:
    length_ms = dice.choice(LENGTHS_S) * 1000
    late = Late(policy=dice.choice(sorted(LatePolicy)), slip_ms=dice.choice(SLIPS_MIN) * MIN_MS)
    class_ = dice.choices(["ordinary", "priority", "emergency"], [70, 24, 6])[0]
    facts: dict[str, Any] = {"class": class_}
    if dice.random() < 0.1:
        begin = datetime.combine(first, time(), VIET_NAM) + timedelta(days=dice.randint(0, 20))
        facts["exemptions"] = (Exemption(begin_at=begin, end_at=begin + timedelta(days=3)),)
    if dice.random() < 0.15:
        begin = datetime.combine(first, time(4), VIET_NAM) + timedelta(days=dice.randint(0, 20))
        facts |= {"begins_at": begin, "ends_at": begin + timedelta(days=dice.randint(1, 12))}
    items = (an_item(LETTERS[int(name[1:])], length_ms),)
    return Broadcast(
        id=name, title="Thông báo", items=items, rule=_rule(dice, first), late=late, **facts
    )


def _rule(dice: Random, first: date) -> Rule:
    begin = first + timedelta(days=dice.choice([0, 0, 3, 11, -40, -365]))
    starts = [f"{first + timedelta(days=dice.randint(0, 27))}T{_clock(dice)}:00" for _ in range(8)]
    repetition = dice.choice(
        [
            None,
            "FREQ=DAILY",
            "FREQ=DAILY",
            "FREQ=DAILY",
            f"FREQ=DAILY;INTERVAL={dice.randint(2, 5)}",
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
            f"FREQ=WEEKLY;BYDAY={','.join(dice.sample(WEEKDAYS, 3))}",
            f"FREQ=WEEKLY;INTERVAL=2;BYDAY={dice.choice(WEEKDAYS)},SU;WKST={dice.choice(WEEKDAYS)}",
            f"FREQ=MONTHLY;BYMONTHDAY={dice.choice([1, 15, 28, 31, -1, -3])}",
            f"FREQ=MONTHLY;BYDAY={dice.choice([1, 2, 4, -1])}{dice.choice(WEEKDAYS)}",
            f"FREQ=DAILY;COUNT={dice.randint(3, 500)}",
            f"FREQ=DAILY;UNTIL={first + timedelta(days=20):%Y%m%d}T120000",
        ]
    )
    times = sorted({_clock(dice) for _ in range(dice.choice([0, 0, 1, 2, 3]))})
    return Rule(
        start=starts[0] if repetition is None else f"{begin}T{_clock(dice)}:00",
        zone=ZONE,
        rrule=repetition,
        times=() if repetition is None else tuple(times),
        dates=tuple(sorted(starts[1 : dice.choice([1, 1, 2, 4])])),
        except_dates=tuple(f"{text[:10]}T{_clock(dice)}:00" for text in starts[4:]),
    )


def _clock(dice: Random) -> str:
    return dice.choice(CLOCKS)


def _hours(dice: Random) -> tuple[Window, ...]:
    week = tuple(Window(start=a, end=b, weekdays=(1, 2, 3, 4, 5)) for a, b in dice.choice(HOURS))
    rest = tuple(Window(start=a, end=b, weekdays=(6, 7)) for a, b in dice.choice(HOURS))
    return week + rest


def _caps(dice: Random) -> Caps:
    if dice.random() < 0.4:
        return Caps()
    return Caps(
        sessions_per_day=dice.choice([None, 2, 3, 4]),
        session_ms=dice.choice([None, 20 * MIN_MS, 45 * MIN_MS]),
        day_ms=dice.choice([None, 30 * MIN_MS, 90 * MIN_MS]),
    )


def _weather(dice: Random, days: int) -> list[Spell]:
    """On about one day in seven; nothing lasts beyond its day."""
    spells = []
    for day in range(days):
        if dice.random() > 0.15:
            continue
        kind = dice.choice(["power", "power", "power_and_clock", "clock", "step", "online"])
        hour = dice.choice([4, 5, 5, 11, 17, 17, 20])
        begin = day * 86_400 + hour * 3600 + dice.randint(0, 3599)
        longest = {"step": 60, "online": 1800}.get(kind, 3 * 3600)
        spells.append(Spell(begin, begin + dice.randint(5, longest), kind))
    return spells
