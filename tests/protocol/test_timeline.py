from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from loa_agent.protocol.documents import (
    BroadcastClass,
    Config,
    Late,
    LatePolicy,
    Manifest,
    Rule,
    Window,
)
from loa_agent.protocol.hours import permitted_spans
from loa_agent.protocol.occurrences import local_starts, rule_problem
from loa_agent.protocol.timeline import Outcome, Planned, timeline
from makers import NOON, ZONE, a_broadcast, a_config, a_manifest

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def plan(*manifests: Manifest, config: Config | None = None) -> dict[str, Planned]:
    found = timeline(manifests, config or a_config(), NOON - DAY, NOON + DAY)
    return {each.occurrence.broadcast.id: each for each in found}


def test_a_lone_broadcast_sounds_whole_at_its_instant() -> None:
    only = plan(a_manifest(a_broadcast()))["b1"]

    assert only.outcome is Outcome.WHOLE
    assert only.occurrence.id == "b1@2026-11-23T12:00:00"
    assert [(s.begin, s.end) for s in only.sounds] == [(NOON, NOON + MINUTE)]


def test_an_emergency_cuts_a_bulletin_which_comes_back_where_the_clock_says() -> None:
    news = a_broadcast("news", NOON, duration_ms=600_000)
    storm = a_broadcast("storm", NOON + 2 * MINUTE, **{"class": "emergency"})

    found = plan(a_manifest(news, storm))

    assert found["storm"].outcome is Outcome.WHOLE
    assert found["news"].outcome is Outcome.CUT
    assert found["news"].winner == found["storm"].occurrence.id
    assert [(s.begin - NOON, s.end - NOON) for s in found["news"].sounds] == [
        (0 * MINUTE, 2 * MINUTE),
        (3 * MINUTE, 10 * MINUTE),
    ]


def test_inside_a_class_the_higher_area_wins() -> None:
    province = a_manifest(a_broadcast("tinh", NOON + MINUTE / 2), audience="a-tinh", level=1)
    commune = a_manifest(a_broadcast("xa", NOON), audience="a-xa", level=2)

    found = plan(province, commune)

    assert found["tinh"].outcome is Outcome.WHOLE
    assert found["xa"].outcome is Outcome.CUT


def test_the_same_broadcast_through_two_audiences_sounds_once() -> None:
    one = a_broadcast()

    found = timeline(
        [a_manifest(one), a_manifest(one, audience="s-tram-1", level=5)],
        a_config(),
        NOON - DAY,
        NOON + DAY,
    )

    assert len(found) == 1


def test_outside_permitted_hours_only_an_emergency_sounds() -> None:
    quiet = a_config(hours=(Window(start="13:00", end="14:00"),))
    storm = a_broadcast("storm", NOON, **{"class": "emergency"})

    found = plan(a_manifest(a_broadcast("news", NOON + 2 * MINUTE), storm), config=quiet)

    assert (found["news"].outcome, found["news"].reason) == (Outcome.SILENT, "outside_hours")
    assert found["storm"].outcome is Outcome.WHOLE


def test_a_station_without_permitted_hours_stays_silent() -> None:
    assert plan(a_manifest(a_broadcast()), config=a_config(hours=()))["b1"].sounds == ()


def test_what_may_not_be_joined_in_the_middle_is_not_resumed() -> None:
    late = Late(policy=LatePolicy.DROP)
    news = a_broadcast("news", NOON, duration_ms=600_000, late=late)
    storm = a_broadcast("storm", NOON, **{"class": "emergency"})

    assert plan(a_manifest(news, storm))["news"].sounds == ()


def test_a_daily_rule_keeps_its_local_hour() -> None:
    daily = a_broadcast("b1", NOON - 5 * DAY, rrule="FREQ=DAILY")

    found = timeline([a_manifest(daily)], a_config(), NOON, NOON + 3 * DAY)

    assert [p.occurrence.starts_at for p in found] == [NOON, NOON + DAY, NOON + 2 * DAY]


def test_nothing_is_due_before_it_was_ordered_or_after_it_was_ended() -> None:
    daily = a_broadcast(
        "b1", NOON - 5 * DAY, rrule="FREQ=DAILY", begins_at=NOON, ends_at=NOON + DAY
    )

    found = timeline([a_manifest(daily)], a_config(), NOON - 3 * DAY, NOON + 3 * DAY)

    assert [p.occurrence.starts_at for p in found] == [NOON]


def test_rules_libraries_disagree_on_are_named() -> None:
    rule = a_broadcast(rrule="FREQ=WEEKLY").rule

    assert rule_problem(rule) is None
    yearly = rule.model_copy(update={"rrule": "FREQ=YEARLY;BYWEEKNO=3"})
    assert rule_problem(yearly) == "rule_part_not_supported"
    hourly = rule.model_copy(update={"rrule": "FREQ=HOURLY"})
    assert rule_problem(hourly) == "rule_frequency_not_supported"
    broken = rule.model_copy(update={"rrule": "FREQ=DAILY;INTERVAL=x"})
    assert rule_problem(broken) == "rule_unreadable"


random_broadcast = st.builds(
    lambda number, minute, length, klass, policy, daily: a_broadcast(
        f"b{number}",
        NOON + minute * MINUTE,
        duration_ms=length * 1000,
        late=Late(policy=policy),
        rrule="FREQ=DAILY" if daily else None,
        **{"class": klass},
    ),
    st.integers(0, 10_000),
    st.integers(-600, 1200),
    st.integers(1, 7200),
    st.sampled_from(list(BroadcastClass)),
    st.sampled_from(list(LatePolicy)),
    st.booleans(),
)
# A broadcast's id is its own: two of one name in a timetable would be one to whoever hears them.
random_timetable = st.lists(random_broadcast, max_size=8, unique_by=lambda each: each.id)
random_hours = st.lists(
    st.sampled_from(
        [
            Window(start="05:00", end="08:30"),
            Window(start="11:00", end="13:00", weekdays=(1, 3, 5)),
            Window(start="16:30", end="19:00"),
        ]
    ),
    max_size=3,
)


@settings(max_examples=80, deadline=None)
@given(random_timetable, random_hours)
def test_no_timetable_sounds_twice_at_once_or_outside_hours(broadcasts, hours) -> None:  # type: ignore[no-untyped-def]
    config = a_config(hours=tuple(hours))
    found = timeline([a_manifest(*broadcasts)], config, NOON - DAY, NOON + 3 * DAY)

    spans = sorted((s.begin, s.end) for p in found for s in p.sounds)
    allowed = permitted_spans(hours, ZONE, NOON - 3 * DAY, NOON + 6 * DAY)
    assert all(one[1] <= two[0] for one, two in pairwise(spans))
    for each in found:
        if each.occurrence.broadcast.class_ is not BroadcastClass.EMERGENCY:
            assert all(
                any(a.begin <= s.begin and s.end <= a.end for a in allowed) for s in each.sounds
            )


@settings(max_examples=60, deadline=None)
@given(random_timetable, st.integers(0, 2880))
def test_a_narrow_window_tells_the_same_as_a_wide_one(broadcasts, minute) -> None:  # type: ignore[no-untyped-def]
    at = NOON - DAY + minute * MINUTE
    wide = timeline([a_manifest(*broadcasts)], a_config(), NOON - DAY, NOON + 3 * DAY)
    narrow = timeline([a_manifest(*broadcasts)], a_config(), at, at + MINUTE)

    touching = [
        p for p in wide if p.occurrence.starts_at < at + MINUTE and p.occurrence.ends_at > at
    ]
    assert [(p.occurrence.id, p.sounds) for p in narrow] == [
        (p.occurrence.id, p.sounds) for p in touching
    ]


def test_midnight_belongs_to_the_day_that_begins() -> None:
    spans = permitted_spans(
        [Window(start="22:00", end="24:00", weekdays=(1,))], ZONE, NOON, NOON + DAY
    )

    assert [(s.begin, s.end) for s in spans] == [
        (datetime(2026, 11, 23, 15, tzinfo=UTC), datetime(2026, 11, 23, 17, tzinfo=UTC))
    ]


def test_a_day_may_have_several_times_with_different_minutes() -> None:
    rule = Rule(
        start="2026-11-23T17:00:00", zone=ZONE, rrule="FREQ=DAILY", times=("05:30", "17:00")
    )
    starts = local_starts(rule, datetime(2026, 11, 23), datetime(2026, 11, 25))

    assert [s.strftime("%d %H:%M") for s in starts] == ["23 17:00", "24 05:30", "24 17:00"]
