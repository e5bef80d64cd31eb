"""Ten years of random timetables at real brains: never outside the hours, nothing due missed."""

import os
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from fakes.hearing_station import HearingStation
from fakes.naive_timetable import DAY_S, Due, NaiveTimetable
from fakes.random_months import Month, Spell, a_month
from loa_agent.protocol.documents import LatePolicy
from loa_agent.protocol.reports import ClockTrust, Record, RecordKind

DAYS = 3653
SECOND = timedelta(seconds=1)
MILLISECOND = timedelta(milliseconds=1)
ABSENT = {
    "station_off": {"power", "power_and_clock"},
    "clock_untrusted": {"clock", "power_and_clock"},
    "not_fetched": {"network"},
    "late": {"power", "power_and_clock", "clock", "step", "network"},
}
"""Which weather may be the reason of which code."""
BY_THE_PLAN = {"preempted": "overlap"}
SLACK_S = 60


@dataclass
class Lived:
    """What a month showed."""

    days: int = 0
    due: int = 0
    exact: int = 0
    """Occurrences of days in fair weather, heard as worked out to the millisecond."""
    codes: Counter[str] = field(default_factory=Counter)
    sound_s: float = 0.0
    faults: list[str] = field(default_factory=list)


def live_through(month: Month) -> HearingStation:
    """A station from the evening before the month on, until a day after it."""
    station = HearingStation(month.midnight - 4 * 3600 * SECOND)
    station.power_on()
    station.network = month.fetched_after_s == 0
    station.receive(month.config, *month.manifests)
    until(station, month, 0)
    spells = month.spells
    if not station.network:
        spells = [s for s in spells if s.begin > month.fetched_after_s]
        month.spells = [Spell(-4 * 3600, month.fetched_after_s + 600, "network"), *spells]
        until(station, month, month.fetched_after_s)
        station.network = True
    for spell in spells:
        until(station, month, spell.begin)
        WEATHER[spell.kind](station, month, spell)
    until(station, month, (month.days + 1) * DAY_S)
    return station


def until(station: HearingStation, month: Month, second: int) -> None:
    station.wait(month.midnight + second * SECOND - station.wall)


def power_cut(station: HearingStation, month: Month, spell: Spell) -> None:
    station.power_off()
    until(station, month, spell.end)
    station.power_on()


def power_and_clock(station: HearingStation, month: Month, spell: Spell) -> None:
    """A board without a battery: it wakes up long ago and learns the time later."""
    half = (spell.begin + spell.end) // 2
    station.power_off()
    until(station, month, half)
    station.trust = ClockTrust.UNTRUSTED
    behind = timedelta(days=spell.begin % 97)
    station.set_by -= behind
    station.power_on()
    station.wait((spell.end - half) * SECOND)
    station.set_clock(behind, ClockTrust.SYNCHRONISED)


def clock_lost(station: HearingStation, month: Month, spell: Spell) -> None:
    station.set_clock(0 * SECOND, ClockTrust.UNTRUSTED)
    until(station, month, spell.end)
    station.set_clock(0 * SECOND, ClockTrust.SYNCHRONISED)


def clock_stepped(station: HearingStation, _month: Month, spell: Spell) -> None:
    """A trusted clock was wrong by so much, and is set right half of the time later."""
    by = (spell.end - spell.begin) * SECOND * (1 if spell.begin % 2 else -1)
    station.set_clock(by, ClockTrust.HELD_OVER)
    station.wait((spell.end - spell.begin) // 2 * SECOND)
    station.set_clock(-by, ClockTrust.SYNCHRONISED)


def connected(station: HearingStation, month: Month, spell: Spell) -> None:
    station.connect()
    until(station, month, spell.end)
    station.disconnect()


WEATHER = {
    "power": power_cut,
    "power_and_clock": power_and_clock,
    "clock": clock_lost,
    "step": clock_stepped,
    "online": connected,
}


def lived(seed: int) -> Lived:
    """One month lived and judged."""
    month = a_month(seed)
    station = live_through(month)
    naive = NaiveTimetable(month.manifests, month.config, month.first, month.days + 1)
    naive.judge()
    result = Lived(month.days, sound_s=sum((h.end - h.begin) / SECOND for h in station.sounds))
    result.faults += station.faults + outside_hours(station, naive)
    records = defaultdict(list)
    for record in station.journal:
        if record.occurrence is not None:
            records[record.occurrence].append(record)
    for due in naive.due:
        if due.begin < month.days * DAY_S:
            result.due += 1
            problem = judged(due, naive, station, records.pop(due.id, []), month.spells, result)
            result.faults += [] if problem is None else [f"{due.id} {problem}"]
    days = range(month.days)
    result.faults += [f"not due: {name}" for name in records if day_of(name, naive) in days]
    result.faults = [f"seed {seed}: {fault}" for fault in result.faults]
    return result


def day_of(name: str, naive: NaiveTimetable) -> float:
    start = datetime.fromisoformat(name.partition("@")[2])
    return naive.second(start.replace(tzinfo=naive.midnight.tzinfo)) // DAY_S


def outside_hours(station: HearingStation, naive: NaiveTimetable) -> list[str]:
    bound = {due.id for due in naive.due if not due.passes}
    return [
        f"outside hours: {heard}"
        for heard in station.sounds
        if heard.occurrence in bound and naive.is_closed(heard.begin, heard.end)
    ]


def judged(
    due: Due,
    naive: NaiveTimetable,
    station: HearingStation,
    records: list[Record],
    spells: list[Spell],
    result: Lived,
) -> str | None:
    """What is wrong with what became of an occurrence."""
    missed = [str(record.code) for record in records if record.kind is RecordKind.MISSED]
    result.codes.update(missed)
    ended = [record for record in records if record.kind is RecordKind.ENDED]
    if len(missed) + bool(ended) != 1:
        return f"has {missed} and {len(ended)} ends"
    rough = [s for s in spells if s.kind != "online" and touches(due, s)]
    if not any(same_day(due, s) for s in spells if s.kind != "online"):
        result.exact += 1
        return in_fair_weather(due, naive, station, missed)
    if not missed:
        return skipped_words(due, station)
    if missed[0] in ABSENT:
        reasons = {spell.kind for spell in rough} & ABSENT[missed[0]]
        return None if reasons else f"is {missed} without reason, near {rough}"
    silent = BY_THE_PLAN.get(missed[0], missed[0])
    return None if silent == due.reason else f"is {missed}, not {due.reason}"


def skipped_words(due: Due, station: HearingStation) -> str | None:
    """What resumes may repeat a word when the power failed, but leaves none out."""
    if due.broadcast.late.policy is not LatePolicy.RESUME:
        return None
    place_ms = 0
    for begin, end, offset_ms in station.of(due.id):
        if offset_ms > place_ms:
            return f"left out {place_ms}..{offset_ms} ms"
        place_ms = offset_ms + (end - begin) // MILLISECOND
    return None


def same_day(due: Due, spell: Spell) -> bool:
    return spell.begin // DAY_S <= due.latest_end // DAY_S and (
        due.begin // DAY_S <= spell.end // DAY_S
    )


def touches(due: Due, spell: Spell) -> bool:
    return spell.begin - SLACK_S < due.latest_end and spell.end + SLACK_S > due.begin


def in_fair_weather(
    due: Due, naive: NaiveTimetable, station: HearingStation, missed: list[str]
) -> str | None:
    wanted = [
        (naive.midnight + begin * SECOND, naive.midnight + end * SECOND, offset * 1000)
        for begin, end, offset in due.sounds
    ]
    heard = station.of(due.id)
    if heard != wanted:
        return f"was heard {heard}, not {wanted}"
    reasons = [BY_THE_PLAN.get(code, code) for code in missed]
    expected = [] if due.reason is None else [due.reason]
    return None if reasons == expected else f"is {missed}, not {due.reason}"


@pytest.fixture(scope="module")
def ten_years() -> list[Lived]:
    """Months one after another until they make ten years."""
    days, seeds = 0, []
    while days < DAYS:
        seeds.append(len(seeds))
        days += a_month(seeds[-1]).days
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lived, seeds, chunksize=4))


def test_nothing_sounds_outside_the_hours_and_nothing_due_is_missed(
    ten_years: list[Lived],
) -> None:
    faults = [fault for each in ten_years for fault in each.faults]

    assert faults == []


def test_the_ten_years_were_worth_living_through(ten_years: list[Lived]) -> None:
    codes = sum((each.codes for each in ten_years), Counter[str]())

    assert sum(each.days for each in ten_years) >= DAYS
    assert sum(each.due for each in ten_years) > 10_000
    assert sum(each.exact for each in ten_years) > 10_000
    assert sum(each.sound_s for each in ten_years) > 1000 * 3600
    assert {"preempted", "outside_hours", "station_off", "clock_untrusted"} <= codes.keys()
    assert {"over_sessions", "over_session_length", "over_day_length"} <= codes.keys()
