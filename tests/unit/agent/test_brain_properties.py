"""Whatever happens to a station: never at a forbidden hour, never lost, never claimed unheard."""

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta

from fakes.rough_station import RoughStation
from hypothesis import given, settings
from hypothesis import strategies as st
from loa_agent.core import events as e
from loa_agent.protocol.documents import Broadcast, Late, LatePolicy, Window
from loa_agent.protocol.occurrences import occurrences
from loa_agent.protocol.reports import ClockTrust, Record, RecordKind
from loa_agent.protocol.timeline import timeline
from loa_server.domain.plays import told
from loa_server.domain.progress import Play, PlayOutcome
from makers import ALL_DAY, NOON, a_broadcast, a_config, a_manifest

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
MILLISECOND = timedelta(milliseconds=1)
HOUR = timedelta(hours=1)
CLASSES = {"storm": "emergency", "lamp": "priority", "news": "ordinary"}
START = NOON - 5 * MINUTE
HOURS = [
    ALL_DAY,
    (Window(start="11:50", end="14:00"),),
    (Window(start="12:00", end="12:30"),),
    (Window(start="11:50", end="12:10"), Window(start="12:40", end="13:20")),
    (),
]

broadcasts = st.builds(
    lambda kind, number, minute, seconds, late, slip_s: a_broadcast(
        f"{kind}{number}",
        NOON + minute * MINUTE,
        letter="abcdef"[number],
        duration_ms=seconds * 1000,
        late=Late(policy=late, slip_ms=slip_s * 1000),
        **{"class": CLASSES[kind]},
    ),
    st.sampled_from(sorted(CLASSES)),
    st.integers(0, 5),
    st.integers(-4, 40),
    st.sampled_from([1, 20, 90, 600, 1800]),
    st.sampled_from(LatePolicy),
    st.sampled_from([0, 300, 1800]),
)


# Something sounds nearly always, since weather does harm only then.
LONG = a_broadcast("news-long", NOON - 4 * MINUTE, letter="f", duration_ms=3_600_000)
timetables = st.lists(broadcasts, max_size=4, unique_by=lambda b: b.id).map(
    lambda found: [LONG, *found]
)
trusts = st.sampled_from([*[ClockTrust.SYNCHRONISED] * 3, *ClockTrust])
lengths = st.sampled_from([1, 3, 20, 61, 300, 600]).map(lambda seconds: seconds * SECOND)

Step = Callable[[RoughStation], None]


def steps_of(*choices: st.SearchStrategy[Step]) -> st.SearchStrategy[list[Step]]:
    return st.lists(st.one_of(*choices), min_size=8, max_size=25)


def switch(name: str, values: list[object]) -> st.SearchStrategy[Step]:
    return st.sampled_from(values).map(lambda value: lambda s: setattr(s, name, value))


def power_cut(length: timedelta, trust: ClockTrust) -> Step:
    def cut(station: RoughStation) -> None:
        station.power_off()
        station.wait(length)
        station.trust = trust
        station.power_on()

    return cut


def settings_with(hours: tuple[Window, ...], delay_ms: int) -> Step:
    def change(station: RoughStation) -> None:
        held = station.config
        version = 1 if held is None else held.version + 1
        station.receive(a_config(version=version, hours=hours, delay_ms=delay_ms))

    return change


def timetable(found: list[Broadcast]) -> Step:
    def change(station: RoughStation) -> None:
        assert station.brain is not None
        held = station.brain.manifests
        station.receive(a_manifest(*found, version=held[0].version + 1 if held else 1))

    return change


def online(station: RoughStation) -> None:
    station.connection += 1
    station.deliver(e.Connected(station.wall, station.connection))


waits = lengths.map(lambda length: lambda s: s.wait(length))
clocks = st.builds(
    lambda by, trust: lambda s: s.set_clock(by, trust),
    st.sampled_from([-3600, -600, -5, -1, 0, 0, 0, 0, 1, 5, 600, 1800]).map(lambda n: n * SECOND),
    trusts,
)
cuts = st.builds(power_cut, lengths, trusts)
weather = (
    waits,
    waits,
    waits,
    clocks,
    st.just(lambda s: s.set_clock(timedelta(0), ClockTrust.UNTRUSTED)),
    st.just(lambda s: s.set_clock(timedelta(0), ClockTrust.SYNCHRONISED)),
    cuts,
    st.just(lambda s: s.again()),
    st.just(online),
    switch("network", [True, True, False]),
    switch("card", [None, None, None, None, "no_sound_card", "decode_failed"]),
)
changes = (
    st.builds(settings_with, st.sampled_from(HOURS), st.sampled_from([0, 120, 2000])),
    st.builds(settings_with, st.sampled_from(HOURS), st.sampled_from([0, 120, 2000])),
    st.builds(timetable, timetables),
)


def a_station(found: list[Broadcast], hours: tuple[Window, ...]) -> RoughStation:
    station = RoughStation(START)
    station.power_on()
    station.receive(a_config(hours=hours), a_manifest(*found))
    station.wait(2 * MINUTE)
    return station


def live_through(station: RoughStation, steps: list[Step]) -> None:
    """Each step, a moment in which it can do harm, and quiet weather at the end."""
    for step in steps:
        step(station)
        station.wait(SECOND)
    calm_down(station)


def calm_down(station: RoughStation) -> None:
    """Everything works again and the day is over."""
    station.card = None
    station.network = True
    station.set_clock(timedelta(0), ClockTrust.SYNCHRONISED)
    station.wait(max(timedelta(0), NOON + 4 * HOUR - station.wall))


def by_occurrence(journal: list[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for record in journal:
        if record.occurrence is not None:
            found[record.occurrence].append(record)
    return found


def summed(records: list[Record], duration_ms: int | None) -> Play:
    play: Play | None = None
    for record in records:
        play = told(play, "t", record, duration_ms)
    assert play is not None
    return play


@settings(max_examples=40, deadline=None)
@given(timetables, st.sampled_from(HOURS), steps_of(*weather, *changes))
def test_no_weather_makes_a_station_sound_where_it_must_not(
    found: list[Broadcast], hours: tuple[Window, ...], steps: list[Step]
) -> None:
    station = a_station(found, hours)

    live_through(station, steps)

    assert station.faults == []
    assert station.playing == {}


@settings(max_examples=40, deadline=None)
@given(timetables, st.sampled_from(HOURS), steps_of(*weather))
def test_each_due_occurrence_ends_as_exactly_one_of_played_partly_or_missed(
    found: list[Broadcast], hours: tuple[Window, ...], steps: list[Step]
) -> None:
    station = a_station(found, hours)

    live_through(station, steps)

    records = by_occurrence(station.journal)
    due = {o.id: o for b in found for o in occurrences(b, START, NOON + 4 * HOUR)}
    assert due.keys() == records.keys()
    for name, occurrence in due.items():
        kinds = [record.kind for record in records[name]]
        assert kinds.count(RecordKind.MISSED) + (RecordKind.ENDED in kinds) == 1
        assert kinds.count(RecordKind.ARMED) == kinds.count(RecordKind.ENDED)
        play = summed(records[name], occurrence.broadcast.duration_ms)
        assert play.outcome is not PlayOutcome.PLAYING
        assert (play.code is not None) or play.outcome is not PlayOutcome.MISSED


@settings(max_examples=40, deadline=None)
@given(timetables, steps_of(*weather))
def test_nothing_is_claimed_that_was_not_heard(found: list[Broadcast], steps: list[Step]) -> None:
    station = a_station(found, ALL_DAY)

    live_through(station, steps)

    lengths_ms = {b.id: b.duration_ms for b in found}
    for name, records in by_occurrence(station.journal).items():
        claimed = sum(record.played_ms or 0 for record in records)
        assert claimed <= station.heard.get(name, 0)
        duration_ms = lengths_ms[name.partition("@")[0]]
        if summed(records, duration_ms).outcome is PlayOutcome.PLAYED:
            assert station.heard[name] + 1000 >= duration_ms


@settings(max_examples=60, deadline=None)
@given(timetables, st.sampled_from(HOURS), st.sampled_from([0, 120]))
def test_in_fair_weather_exactly_what_the_timeline_says_is_heard(
    found: list[Broadcast], hours: tuple[Window, ...], delay_ms: int
) -> None:
    station = RoughStation(START)
    station.power_on()
    station.receive(a_config(hours=hours, delay_ms=delay_ms), a_manifest(*found))

    calm_down(station)

    planned = timeline([a_manifest(*found)], a_config(hours=hours), NOON - HOUR, NOON + 4 * HOUR)
    for each in planned:
        says_ms = sum((span.end - span.begin) // MILLISECOND for span in each.sounds)
        # Left out: what the delay pushes past permitted hours.
        lost_ms = delay_ms * len(each.sounds)
        assert says_ms - lost_ms <= station.heard.get(each.occurrence.id, 0) <= says_ms
