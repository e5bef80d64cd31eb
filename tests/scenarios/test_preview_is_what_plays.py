"""What the server shows beforehand is what a station then plays, to the millisecond."""

from datetime import datetime, timedelta
from typing import Any

from fakes.hearing_station import HearingStation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loa_agent.protocol.documents import (
    Broadcast,
    BroadcastClass,
    Caps,
    Config,
    Exemption,
    Late,
    LatePolicy,
    Manifest,
    Rule,
    Window,
)
from loa_agent.protocol.reports import RecordKind
from loa_agent.protocol.timeline import Outcome, Planned, timeline
from makers import ALL_DAY, NOON, ZONE, a_config, a_manifest, an_item

HOUR = timedelta(hours=1)
MS = timedelta(milliseconds=1)
MIDNIGHT = NOON - 12 * HOUR
"""Of a Monday in Viet Nam; the stations of this page are switched on an hour before."""
START = MIDNIGHT - HOUR
DAYS = 3
END = MIDNIGHT + DAYS * 24 * HOUR
AUDIENCES = {"a-vn": 0, "a-tinh": 1, "a-xa": 2, "g-cho": 4, "s-tram-1": 5}
CLASSES = [each for each in BroadcastClass if each is not BroadcastClass.LIVE]
LENGTHS_MS = [1, 299, 500, 1000, 59_999, 60_000, 90_500, 600_000, 1_800_000, 3_600_000]
SLIPS_MS = [0, 1, 60_000, 600_000, 3_600_000, 3 * 3_600_000]
NAMES = [f"b{number}" for number in range(8)]
HOURS = [
    ALL_DAY,
    (Window(start="05:00", end="06:10"), Window(start="17:00", end="18:00")),
    (Window(start="05:30", end="05:40"),),
    (Window(start="05:00", end="24:00", weekdays=(1, 3)), Window(start="00:00", end="05:35")),
    (),
]

# Close together, so that most of them get in each other's way.
minutes = st.sampled_from([0, 0, 1, 2, 5, 5, 9, 10, 29, 30, 31, 45, 59])
times = st.builds(
    lambda hour, minute: f"{hour:02}:{minute:02}", st.sampled_from([5, 5, 5, 17, 23]), minutes
)
days = st.integers(0, DAYS - 1).map(lambda day: f"2026-11-{23 + day}")
local_starts = st.builds(lambda day, time: f"{day}T{time}:00", days, times)
rules = st.builds(
    lambda start, repetition, more, dates, left_out: Rule(
        start=start,
        zone=ZONE,
        rrule=repetition,
        times=tuple(sorted(more)) if repetition is not None else (),
        dates=tuple(dates),
        except_dates=tuple(left_out),
    ),
    local_starts,
    st.sampled_from([None, "FREQ=DAILY", "FREQ=DAILY;INTERVAL=2", "FREQ=WEEKLY;BYDAY=MO,WE"]),
    st.sets(times, max_size=3),
    st.lists(local_starts, max_size=2),
    st.lists(local_starts, max_size=2),
)


def exempted(text: str, minute: int) -> Exemption:
    begin = datetime.fromisoformat(f"{text}+07:00")
    return Exemption(begin_at=begin, end_at=begin + minute * 60 * 1000 * MS)


def a_programme(name: str, rule: Rule, **facts: Any) -> Broadcast:
    item = an_item(name.replace("b", "")[-1], facts.pop("length_ms"))
    return Broadcast(id=name, title="Thông báo", items=(item,), rule=rule, **facts)


broadcasts = st.builds(
    a_programme,
    st.sampled_from(NAMES),
    rules,
    length_ms=st.sampled_from(LENGTHS_MS),
    class_=st.sampled_from(CLASSES),
    late=st.builds(Late, policy=st.sampled_from(LatePolicy), slip_ms=st.sampled_from(SLIPS_MS)),
    exemptions=st.lists(
        st.builds(exempted, local_starts, st.sampled_from([1, 20, 1440])), max_size=1
    ).map(tuple),
)
timetables = st.lists(
    st.tuples(st.sampled_from(sorted(AUDIENCES)), broadcasts),
    min_size=1,
    max_size=8,
    unique_by=lambda pair: pair[1].id,
)
orders = st.dictionaries(
    st.sampled_from(sorted(AUDIENCES)),
    st.lists(st.sampled_from(NAMES), max_size=4, unique=True),
    max_size=2,
)
limits = st.builds(
    Caps,
    sessions_per_day=st.sampled_from([None, None, 1, 2]),
    session_ms=st.sampled_from([None, None, 600_000, 3_600_000]),
    day_ms=st.sampled_from([None, None, 660_000, 2 * 3_600_000]),
)


def manifests_of(
    timetable: list[tuple[str, Broadcast]], order: dict[str, list[str]]
) -> list[Manifest]:
    return [
        a_manifest(
            *(broadcast for where, broadcast in timetable if where == audience),
            audience=audience,
            level=level,
            order=tuple(order.get(audience, ())),
        )
        for audience, level in AUDIENCES.items()
    ]


def a_day_at_a_station(config: Config, manifests: list[Manifest]) -> HearingStation:
    station = HearingStation(START)
    station.power_on()
    station.receive(config, *manifests)
    station.wait(END + 24 * HOUR - START)
    return station


def code_of(planned: Planned) -> str | None:
    """What a station writes down of an occurrence that the preview calls silent."""
    return "preempted" if planned.reason == "overlap" else planned.reason


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(timetables, orders, st.sampled_from(HOURS), limits)
def test_what_the_preview_says_is_what_is_heard(
    timetable: list[tuple[str, Broadcast]],
    order: dict[str, list[str]],
    hours: tuple[Window, ...],
    caps: Caps,
) -> None:
    config = a_config(hours=hours, caps=caps, audiences=tuple(AUDIENCES))
    manifests = manifests_of(timetable, order)

    station = a_day_at_a_station(config, manifests)

    missed = {r.occurrence: r.code for r in station.journal if r.kind is RecordKind.MISSED}
    preview = timeline(manifests, config, MIDNIGHT, END)
    assert station.faults == []
    for planned in preview:
        name = planned.occurrence.id
        says = [(sound.begin, sound.end, sound.offset_ms) for sound in planned.sounds]
        assert station.of(name) == says, planned
        silent = planned.outcome is Outcome.SILENT
        assert missed.get(name) == (code_of(planned) if silent else None)
    names = {planned.occurrence.id for planned in preview}
    assert {h.occurrence for h in station.sounds if h.begin < END - 4 * HOUR} <= names
