"""Claims about any timetable at all, searched for counter-examples."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st
from loa_agent.protocol.documents import (
    BroadcastClass,
    Config,
    Late,
    LatePolicy,
    Manifest,
    Window,
)
from loa_agent.protocol.hours import Span, merged, overlap, permitted_spans, without
from loa_agent.protocol.occurrences import occurrences
from loa_agent.protocol.timeline import Outcome, Planned, Sound, timeline
from makers import ALL_DAY, NOON, ZONE, a_broadcast, a_config, a_manifest

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
EMERGENCY = BroadcastClass.EMERGENCY

broadcasts = st.builds(
    lambda number, minute, minutes, klass, policy, daily: a_broadcast(
        f"b{number}",
        NOON + minute * MINUTE,
        duration_ms=minutes * 60_000,
        late=Late(policy=policy),
        rrule="FREQ=DAILY" if daily else None,
        **{"class": klass},
    ),
    st.integers(0, 99),
    st.integers(-2 * 24 * 60, 24 * 60).map(lambda minute: minute // 7 * 7),
    st.sampled_from([1, 5, 30, 90, 24 * 60]),
    st.sampled_from(list(BroadcastClass)),
    st.sampled_from(list(LatePolicy)),
    st.booleans(),
)
manifests = st.lists(
    st.builds(
        lambda found, audience, level: a_manifest(*found, audience=audience, level=level),
        st.lists(broadcasts, max_size=5),
        st.sampled_from(["a-tinh", "a-xa", "g-truong", "s-tram-1"]),
        st.integers(0, 5),
    ),
    max_size=3,
    unique_by=lambda manifest: manifest.audience,
)
configs = st.lists(
    st.sampled_from(
        [
            *ALL_DAY,
            Window(start="05:00", end="08:30"),
            Window(start="11:00", end="13:00", weekdays=(1, 3, 5)),
            Window(start="16:30", end="24:00"),
        ]
    ),
    max_size=3,
).map(lambda hours: a_config(hours=tuple(hours)))
instants = st.integers(-24 * 60, 2 * 24 * 60).map(lambda minute: NOON + minute * MINUTE)


def whole(planned: Planned) -> Span:
    return Span(planned.occurrence.starts_at, planned.occurrence.ends_at)


def allowed(planned: Planned, config: Config) -> list[Span]:
    if planned.occurrence.broadcast.class_ is EMERGENCY:
        return [whole(planned)]
    hours = permitted_spans(config.hours, ZONE, NOON - 9 * DAY, NOON + 9 * DAY)
    return overlap(whole(planned), hours)


def shown(found: list[Planned]) -> list[tuple[object, ...]]:
    return [(p.occurrence.id, p.level, p.sounds, p.outcome, p.reason, p.winner) for p in found]


@settings(max_examples=200, deadline=None)
@given(manifests, configs)
def test_only_what_is_permitted_sounds_and_one_thing_at_a_time(
    found: list[Manifest], config: Config
) -> None:
    plan = timeline(found, config, NOON - DAY, NOON + DAY)

    spans = sorted((s.begin, s.end) for p in plan for s in p.sounds)
    assert all(one[1] <= two[0] for one, two in pairwise(spans))
    for each in plan:
        sounding = [Span(s.begin, s.end) for s in each.sounds]
        assert merged([*sounding, *allowed(each, config)]) == merged(allowed(each, config))


@settings(max_examples=200, deadline=None)
@given(manifests, configs)
def test_everything_due_is_listed_once_and_silence_has_a_reason_and_a_winner(
    found: list[Manifest], config: Config
) -> None:
    plan = timeline(found, config, NOON - DAY, NOON + DAY)

    due = {
        o.id for m in found for b in m.broadcasts for o in occurrences(b, NOON - DAY, NOON + DAY)
    }
    assert sorted(p.occurrence.id for p in plan) == sorted(due)
    sounds = {
        p.occurrence.id: p.sounds for p in timeline(found, config, NOON - 3 * DAY, NOON + 3 * DAY)
    }
    for each in plan:
        full = Sound(each.occurrence.starts_at, each.occurrence.ends_at, 0)
        assert (each.outcome is Outcome.WHOLE) == (each.sounds == (full,))
        assert (each.outcome is Outcome.SILENT) == (each.sounds == ())
        assert (each.reason is None) == (each.outcome is Outcome.WHOLE)
        assert (each.winner is None) == (each.reason != "overlap")
        if each.winner is not None:
            assert overlap(whole(each), [Span(s.begin, s.end) for s in sounds[each.winner]])


@settings(max_examples=200, deadline=None)
@given(manifests, configs)
def test_what_may_be_joined_uses_all_time_nobody_better_takes(
    found: list[Manifest], config: Config
) -> None:
    plan = timeline(found, config, NOON - DAY, NOON + DAY)

    taken = [
        (p.occurrence.id, Span(s.begin, s.end))
        for p in timeline(found, config, NOON - 3 * DAY, NOON + 3 * DAY)
        for s in p.sounds
    ]
    for each in plan:
        if each.occurrence.broadcast.late.policy is LatePolicy.JOIN:
            others = [span for name, span in taken if name != each.occurrence.id]
            free = [part for span in allowed(each, config) for part in without(span, others)]
            assert merged(free) == merged([Span(s.begin, s.end) for s in each.sounds])


@settings(max_examples=200, deadline=None)
@given(manifests, configs, instants, instants)
def test_the_window_asked_for_does_not_matter(
    found: list[Manifest], config: Config, one: datetime, other: datetime
) -> None:
    first, middle, last = sorted([one, other, NOON])

    at_once = shown(timeline(found, config, first, last))
    in_two = shown(timeline(found, config, first, middle)) + shown(
        timeline(found, config, middle, last)
    )

    assert sorted(at_once) == sorted(dict.fromkeys(in_two))


@settings(max_examples=200, deadline=None)
@given(manifests.flatmap(lambda found: st.tuples(st.just(found), st.permutations(found * 2))))
@example((
    twins := [
        a_manifest(a_broadcast(letter="a"), audience="g-a", level=4),
        a_manifest(a_broadcast(letter="b"), audience="g-b", level=4),
    ],
    twins[::-1],
))  # fmt: skip
def test_order_and_repetition_of_manifests_do_not_matter(
    pair: tuple[list[Manifest], list[Manifest]],
) -> None:
    found, shuffled = pair

    straight = timeline(found, a_config(), NOON - DAY, NOON + DAY)

    assert timeline(shuffled, a_config(), NOON - DAY, NOON + DAY) == straight


def test_a_chain_of_items_that_may_not_be_joined_is_the_same_from_any_window() -> None:
    chain = [
        a_broadcast(
            f"b{hour:02}",
            NOON + hour * HOUR,
            duration_ms=90 * 60_000,
            late=Late(policy=LatePolicy.DROP),
        )
        for hour in range(60)
    ]
    found = [a_manifest(*chain)]

    at_once = shown(timeline(found, a_config(), NOON, NOON + 61 * HOUR))
    late = shown(timeline(found, a_config(), NOON + 59 * HOUR, NOON + 61 * HOUR))

    assert late == at_once[-2:]
    assert [row[3] for row in late] == [Outcome.WHOLE, Outcome.SILENT]


def test_who_takes_the_time_is_named_though_it_is_cut_by_hours_too() -> None:
    config = a_config(hours=(Window(start="12:00", end="12:30"),))
    news = a_broadcast("news", NOON, duration_ms=3_600_000)
    storm = a_broadcast("storm", NOON, duration_ms=3_600_000, **{"class": "emergency"})

    plan = {
        p.occurrence.broadcast.id: p
        for p in timeline([a_manifest(news, storm)], config, NOON, NOON + HOUR)
    }

    assert (plan["news"].reason, plan["news"].outcome) == ("overlap", Outcome.SILENT)
    assert plan["news"].winner == plan["storm"].occurrence.id
