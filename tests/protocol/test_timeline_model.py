"""The plan against a model that counts minutes, and what any plan at all must hold to."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loa_agent.protocol.documents import BroadcastClass, Config, LatePolicy, Manifest
from loa_agent.protocol.hours import Span, overlap, permitted_spans
from loa_agent.protocol.ids import OccurrenceId
from loa_agent.protocol.timeline import SESSION_GAP, Outcome, Planned, timeline
from makers import NOON, ZONE, a_broadcast, a_config, a_manifest, slip
from timetables import (
    DAY,
    FIRST,
    LAST,
    MINUTE,
    SlowModel,
    configs,
    crowded,
    free,
    manifests,
    ranked,
    row,
    tight,
    uncapped,
)

CAP_REASONS = {"over_sessions", "over_session_length", "over_day_length"}
instants = st.integers(-3 * 24 * 60, 4 * 24 * 60).map(lambda minute: NOON + minute * MINUTE)


def plan(found: list[Manifest], config: Config) -> list[Planned]:
    return timeline(found, config, FIRST, LAST)


def length(planned: Planned) -> timedelta:
    return planned.occurrence.ends_at - planned.occurrence.starts_at


def sounding(planned: Planned) -> timedelta:
    return sum((s.end - s.begin for s in planned.sounds), timedelta())


def allowance(planned: Planned) -> timedelta:
    return timedelta(milliseconds=planned.occurrence.broadcast.late.slip_ms)


@settings(max_examples=300, deadline=None)
@given(manifests, configs)
def test_the_plan_is_the_one_the_slow_model_finds(found: list[Manifest], config: Config) -> None:
    told = [row(each) for each in plan(found, config)]

    assert told == SlowModel(config).rows(found)


@settings(max_examples=400, deadline=None)
@given(crowded, tight)
def test_a_crowded_hour_is_the_one_the_slow_model_finds(
    found: list[Manifest], config: Config
) -> None:
    told = [row(each) for each in plan(found, config)]

    assert told == SlowModel(config).rows(found)


@settings(max_examples=100, deadline=None)
@given(manifests, configs, instants, instants)
def test_any_window_tells_the_same(
    found: list[Manifest], config: Config, one: datetime, other: datetime
) -> None:
    begin, end = sorted([one, other])

    told = timeline(found, config, begin, end)

    assert told == [
        each
        for each in plan(found, config)
        if each.occurrence.starts_at < end
        and max([each.occurrence.ends_at, *(s.end for s in each.sounds)]) > begin
    ]


@settings(max_examples=100, deadline=None)
@given(manifests, configs)
def test_no_two_sounds_of_a_station_overlap(found: list[Manifest], config: Config) -> None:
    spans = sorted((s.begin, s.end) for each in plan(found, config) for s in each.sounds)

    assert all(begin < end for begin, end in spans)
    assert all(one[1] <= two[0] for one, two in pairwise(spans))


@settings(max_examples=100, deadline=None)
@given(manifests, configs)
def test_nothing_bound_sounds_outside_permitted_hours(
    found: list[Manifest], config: Config
) -> None:
    allowed = permitted_spans(config.hours, ZONE, FIRST - DAY, LAST + DAY)

    bound = [each for each in plan(found, config) if not free(each.occurrence)]

    for sound in (s for each in bound for s in each.sounds):
        assert overlap(Span(sound.begin, sound.end), allowed) == [Span(sound.begin, sound.end)]


@settings(max_examples=100, deadline=None)
@given(manifests, configs)
def test_a_day_without_exemptions_keeps_its_caps(found: list[Manifest], config: Config) -> None:
    plain = [
        manifest.model_copy(
            update={
                "broadcasts": tuple(
                    each.model_copy(update={"exemptions": ()}) for each in manifest.broadcasts
                )
            }
        )
        for manifest in found
    ]

    planned = plan(plain, config)

    emergency = BroadcastClass.EMERGENCY
    spans = [
        (s.begin, s.end, each.occurrence.broadcast.class_ is emergency)
        for each in planned
        for s in each.sounds
    ]
    days: dict[object, list[list[timedelta]]] = {}
    for begin, end, alarm in sorted(spans):
        if alarm:
            continue
        sessions = days.setdefault((begin + timedelta(hours=7)).date(), [])
        if not sessions or _pause(begin, spans) >= SESSION_GAP:
            sessions.append([])
        sessions[-1].append(end - begin)
    limits = config.caps
    ms = timedelta(milliseconds=1)
    for sessions in days.values():
        lengths = [sum(session, timedelta()) for session in sessions]
        if limits.session_ms is not None:
            assert max(lengths) <= limits.session_ms * ms
        if limits.day_ms is not None:
            assert sum(lengths, timedelta()) <= limits.day_ms * ms
        if limits.sessions_per_day is not None and not any(alarm for *_, alarm in spans):
            assert len(sessions) <= limits.sessions_per_day


def _pause(begin: datetime, spans: list[tuple[datetime, datetime, bool]]) -> timedelta:
    """Since what counted before it that day; while an emergency sounds there is no pause."""
    ended = max(e for b, e, alarm in spans if not alarm and b < begin and _same_day(b, begin))
    alarms = [(max(b, ended), min(e, begin)) for b, e, alarm in spans if alarm]
    return begin - ended - sum((e - b for b, e in alarms if b < e), timedelta())


def _same_day(one: datetime, other: datetime) -> bool:
    east = timedelta(hours=7)
    return (one + east).date() == (other + east).date()


@settings(max_examples=100, deadline=None)
@given(manifests, configs)
def test_every_loser_explains_itself(found: list[Manifest], config: Config) -> None:
    planned = plan(found, config)

    sounds = {each.occurrence.id: each.sounds for each in planned}
    for each in planned:
        assert (each.outcome is Outcome.WHOLE) == (each.reason is None)
        assert (each.outcome is Outcome.SILENT) == (each.sounds == ())
        assert (each.outcome is Outcome.CUT) == (timedelta() < sounding(each) < length(each))
        assert (each.winner is not None) == (each.reason == "overlap")
        if each.winner is not None:
            assert sounds[OccurrenceId(each.winner)] != ()
            assert each.winner != each.occurrence.id
        if each.reason in CAP_REASONS:
            assert config.caps
            assert each.outcome is Outcome.SILENT


@settings(max_examples=100, deadline=None)
@given(manifests, configs)
def test_what_slips_is_whole_or_silent_and_within_its_slip(
    found: list[Manifest], config: Config
) -> None:
    for each in plan(found, config):
        if each.occurrence.broadcast.late.policy is LatePolicy.SLIP and each.sounds:
            (only,) = each.sounds
            assert only.offset_ms == 0
            assert only.end - only.begin == length(each)
            assert timedelta() <= only.begin - each.occurrence.starts_at <= allowance(each)


@settings(max_examples=100, deadline=None)
@given(manifests, configs)
def test_what_resumes_goes_on_where_it_stopped(found: list[Manifest], config: Config) -> None:
    for each in plan(found, config):
        if each.occurrence.broadcast.late.policy is LatePolicy.RESUME:
            done = timedelta()
            for sound in each.sounds:
                assert sound.offset_ms * timedelta(milliseconds=1) == done
                assert sound.begin >= each.occurrence.starts_at
                done += sound.end - sound.begin
            assert all(s.end <= each.occurrence.ends_at + allowance(each) for s in each.sounds)


@settings(max_examples=100, deadline=None)
@given(manifests, configs)
def test_who_is_not_to_be_entered_in_the_middle_never_is(
    found: list[Manifest], config: Config
) -> None:
    for each in plan(found, config):
        if each.occurrence.broadcast.late.policy is LatePolicy.DROP and each.sounds:
            (only,) = each.sounds
            assert (only.begin, only.offset_ms) == (each.occurrence.starts_at, 0)


@settings(max_examples=100, deadline=None)
@given(manifests, configs)
def test_only_another_emergency_touches_an_emergency(found: list[Manifest], config: Config) -> None:
    planned = plan(found, config)

    names = {each.occurrence.id: each for each in planned}
    for each in planned:
        if each.occurrence.broadcast.class_ is BroadcastClass.EMERGENCY:
            assert each.reason in {None, "overlap"}
            if each.winner is not None:
                winner = names[OccurrenceId(each.winner)].occurrence.broadcast
                assert winner.class_ is BroadcastClass.EMERGENCY


@settings(max_examples=100, deadline=None)
@given(manifests, uncapped)
def test_a_winner_never_ranks_below_the_loser(found: list[Manifest], config: Config) -> None:
    planned = plan(found, config)

    turn = ranked(found)
    named = {each.occurrence.id: each.occurrence for each in planned}
    for each in planned:
        if each.winner is not None:
            assert turn(named[OccurrenceId(each.winner)]) < turn(each.occurrence)


@pytest.mark.parametrize("days", [9, 30])
def test_where_no_midnight_is_clean_neighbouring_windows_agree(days: int) -> None:
    endless = _endless()
    at = NOON + days * DAY

    here = timeline(endless, a_config(), at, at + DAY)
    soon = timeline(endless, a_config(), at + MINUTE, at + DAY)

    assert {row(each)[0]: row(each) for each in soon}.items() <= {
        row(each)[0]: row(each) for each in here
    }.items()


def _endless() -> list[Manifest]:
    """Each of these blocks the next for ever."""
    return [
        a_manifest(
            *(
                a_broadcast(
                    f"b{hour}",
                    NOON - 40 * DAY + hour * DAY / 24,
                    duration_ms=90 * 60_000,
                    rrule="FREQ=DAILY",
                    late=slip(20),
                )
                for hour in range(24)
            )
        )
    ]
