"""What a commune's timetable means, one rule of it after the other."""

from datetime import datetime, timedelta

import pytest
from loa_agent.protocol.documents import (
    Caps,
    Config,
    Exemption,
    Late,
    LatePolicy,
    Manifest,
    VolumeWindow,
    Window,
)
from loa_agent.protocol.hours import volume_at
from loa_agent.protocol.placing import MIN_PIECE_MS
from loa_agent.protocol.timeline import Outcome, Planned, Sound, timeline
from makers import NOON, a_broadcast, a_config, a_manifest, slip
from pydantic import ValidationError

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
EMERGENCY = {"class": "emergency"}
PRIORITY = {"class": "priority"}


def plan(*manifests: Manifest, config: Config | None = None) -> dict[str, Planned]:
    found = timeline(manifests, config or a_config(), NOON - DAY, NOON + DAY)
    return {each.occurrence.broadcast.id: each for each in found}


def minutes(planned: Planned) -> list[tuple[float, float, float]]:
    """Begin and end after noon, and the offset."""
    return [
        ((s.begin - NOON) / MINUTE, (s.end - NOON) / MINUTE, s.offset_ms / 60_000)
        for s in planned.sounds
    ]


def resume(allowed: int) -> Late:
    return Late(policy=LatePolicy.RESUME, slip_ms=allowed * 60_000)


def test_what_may_slip_sounds_whole_after_the_stronger_one() -> None:
    storm = a_broadcast("storm", NOON, duration_ms=300_000, **EMERGENCY)
    news = a_broadcast("news", NOON, duration_ms=600_000, late=slip(5))

    told = plan(a_manifest(storm, news))["news"]

    assert minutes(told) == [(5, 15, 0)]
    assert (told.outcome, told.reason) == (Outcome.LATER, "overlap")
    assert told.winner == "storm@2026-11-23T12:00:00"


def test_what_would_slip_too_far_is_silent_and_says_who_was_there() -> None:
    storm = a_broadcast("storm", NOON, duration_ms=360_000, **EMERGENCY)
    news = a_broadcast("news", NOON, duration_ms=600_000, late=slip(5))

    told = plan(a_manifest(storm, news))["news"]

    assert (told.outcome, told.reason, told.sounds) == (Outcome.SILENT, "overlap", ())


def test_what_slips_waits_for_permitted_hours() -> None:
    config = a_config(hours=(Window(start="12:03", end="13:00"),))

    told = plan(a_manifest(a_broadcast("news", NOON, late=slip(5))), config=config)["news"]

    assert minutes(told) == [(3, 4, 0)]
    assert (told.outcome, told.reason, told.winner) == (Outcome.LATER, "outside_hours", None)


def test_what_resumes_goes_on_from_the_same_place() -> None:
    storm = a_broadcast("storm", NOON + 2 * MINUTE, duration_ms=180_000, **EMERGENCY)
    news = a_broadcast("news", NOON, duration_ms=600_000, late=resume(3))

    told = plan(a_manifest(storm, news))["news"]

    assert minutes(told) == [(0, 2, 0), (5, 13, 2)]
    assert told.outcome is Outcome.LATER


def test_the_rest_is_lost_of_what_may_not_end_so_late() -> None:
    storm = a_broadcast("storm", NOON + 2 * MINUTE, duration_ms=180_000, **EMERGENCY)
    news = a_broadcast("news", NOON, duration_ms=600_000, late=resume(1))

    told = plan(a_manifest(storm, news))["news"]

    assert minutes(told) == [(0, 2, 0), (5, 11, 2)]
    assert told.outcome is Outcome.CUT


def test_a_gap_too_short_to_be_heard_is_passed_over() -> None:
    first = a_broadcast("first", NOON, duration_ms=60_000, **EMERGENCY)
    after = NOON + MINUTE + timedelta(seconds=4)
    second = a_broadcast("second", after, duration_ms=56_000, **EMERGENCY)
    news = a_broadcast("news", NOON, duration_ms=60_000, late=resume(30))
    short = a_broadcast("short", NOON, duration_ms=MIN_PIECE_MS - 1000, late=resume(30))

    told = plan(a_manifest(first, second, news))["news"]
    found = plan(a_manifest(first, second, short))["short"]

    assert minutes(told) == [(2, 3, 0)]
    assert found.sounds == (Sound(NOON + MINUTE, after, 0),)


class TestOrder:
    """TT 39: the commune decides the order of what has priority."""

    province = a_manifest(a_broadcast("tinh", NOON, **PRIORITY), audience="a-tinh", level=1)
    commune = a_broadcast("xa", NOON, **PRIORITY)

    def test_the_higher_area_goes_first_when_nobody_decided(self) -> None:
        found = plan(self.province, a_manifest(self.commune))

        assert found["tinh"].outcome is Outcome.WHOLE
        assert found["xa"].winner == found["tinh"].occurrence.id

    def test_what_the_commune_decided_goes_first(self) -> None:
        found = plan(self.province, a_manifest(self.commune, order=("xa", "tinh")))

        assert found["xa"].outcome is Outcome.WHOLE
        assert found["tinh"].winner == found["xa"].occurrence.id

    def test_the_deepest_area_that_decided_counts(self) -> None:
        above = self.province.model_copy(update={"order": ("tinh", "xa")})

        found = plan(above, a_manifest(self.commune, order=("xa",)))

        assert found["xa"].outcome is Outcome.WHOLE

    def test_what_is_decided_goes_before_what_is_not(self) -> None:
        found = plan(self.province, a_manifest(self.commune, order=("xa",)))

        assert found["xa"].outcome is Outcome.WHOLE

    def test_nobody_can_decide_about_another_class(self) -> None:
        loud = a_broadcast("loud", NOON)
        above = a_manifest(a_broadcast("tinh", NOON), audience="a-tinh", level=1)

        found = plan(above, a_manifest(loud, order=("loud",)))

        assert found["tinh"].outcome is Outcome.WHOLE


def test_live_voice_yields_to_an_emergency_alone() -> None:
    live = a_broadcast("live", NOON, **{"class": "live"})
    found = plan(
        a_manifest(live, a_broadcast("news", NOON, **PRIORITY), order=("news",)),
        a_manifest(a_broadcast("storm", NOON, **EMERGENCY), audience="s-tram-1", level=5),
    )

    assert found["live"].winner == found["storm"].occurrence.id
    assert plan(a_manifest(live, a_broadcast("news", NOON, **PRIORITY)))["live"].reason is None


class TestCaps:
    @staticmethod
    def at(minute: int, name: str = "", **fields: object) -> dict[str, object]:
        return {"name": name or f"b{minute}", "at": NOON + minute * MINUTE, **fields}

    def outcomes(self, caps: Caps, *wanted: dict[str, object]) -> list[str | None]:
        found = plan(
            a_manifest(*(a_broadcast(**each) for each in wanted)),  # type: ignore[arg-type]
            config=a_config(caps=caps),
        )
        return [found[str(each["name"])].reason for each in wanted]

    def test_a_session_more_than_allowed_is_silent(self) -> None:
        told = self.outcomes(Caps(sessions_per_day=1), self.at(0), self.at(10))

        assert told == [None, "over_sessions"]

    def test_sounds_with_short_pauses_are_one_session(self) -> None:
        told = self.outcomes(Caps(sessions_per_day=1), self.at(0), self.at(5), self.at(11))

        assert told == [None, None, "over_sessions"]

    def test_sessions_of_another_day_do_not_count(self) -> None:
        told = self.outcomes(Caps(sessions_per_day=1), self.at(0), self.at(-12 * 60 - 1))

        assert told == [None, None]

    def test_a_session_may_not_grow_too_long(self) -> None:
        told = self.outcomes(Caps(session_ms=120_000), self.at(0), self.at(2), self.at(1))

        assert told == [None, "over_session_length", None]

    def test_a_day_may_not_sound_too_long(self) -> None:
        told = self.outcomes(Caps(day_ms=120_000), self.at(0), self.at(60), self.at(120))

        assert told == [None, None, "over_day_length"]

    def test_what_sounds_twice_a_day_is_judged_with_both(self) -> None:
        storm = self.at(1, "storm", duration_ms=600_000, **EMERGENCY)
        news = self.at(0, "news", duration_ms=180_000, late=resume(60))

        told = self.outcomes(Caps(day_ms=120_000), news, storm)

        assert told == ["over_day_length", None]

    def test_an_emergency_is_neither_bound_nor_counted(self) -> None:
        storm = self.at(0, "storm", duration_ms=600_000, **EMERGENCY)

        told = self.outcomes(Caps(sessions_per_day=1, day_ms=60_000), storm, self.at(60))

        assert told == [None, None]

    def test_an_emergency_does_not_part_a_session(self) -> None:
        storm = self.at(1, "storm", duration_ms=600_000, **EMERGENCY)
        news = self.at(0, "news", duration_ms=180_000, late=resume(60))

        told = self.outcomes(Caps(sessions_per_day=1), news, storm)

        assert told == ["overlap", None]

    def test_an_exempted_one_is_not_bound_but_counts(self) -> None:
        exempt = Exemption(begin_at=NOON + HOUR, end_at=NOON + HOUR + MINUTE)
        festival = self.at(60, "festival", exemptions=(exempt,), **PRIORITY)

        told = self.outcomes(Caps(sessions_per_day=1), festival, self.at(0), self.at(62))

        assert told == [None, "over_sessions", None]


def test_an_exemption_passes_hours_for_starts_inside_it_alone() -> None:
    exempt = Exemption(begin_at=NOON, end_at=NOON + 2 * MINUTE)
    quiet = a_config(hours=())
    inside = a_broadcast("inside", NOON, exemptions=(exempt,))
    after = a_broadcast("after", NOON + 2 * MINUTE, exemptions=(exempt,))

    found = plan(a_manifest(inside, after), config=quiet)

    assert found["inside"].outcome is Outcome.WHOLE
    assert found["after"].reason == "outside_hours"


def test_what_was_late_yesterday_is_told_today() -> None:
    midnight = NOON + 12 * HOUR
    storm = a_broadcast("storm", midnight - 10 * MINUTE, duration_ms=900_000, **EMERGENCY)
    news = a_broadcast("news", midnight - 10 * MINUTE, late=slip(30))

    found = timeline([a_manifest(storm, news)], a_config(), midnight, midnight + HOUR)

    assert [(p.occurrence.broadcast.id, p.outcome) for p in found] == [
        ("news", Outcome.LATER),
        ("storm", Outcome.WHOLE),
    ]


def test_nothing_in_the_documents_is_nothing_in_the_plan() -> None:
    assert timeline([], a_config(), NOON, NOON + DAY) == []


class TestVolume:
    config = a_config(
        volume_percent=80,
        volumes=(
            VolumeWindow(weekdays=(1,), start="12:00", end="13:00", percent=30),
            VolumeWindow(start="11:00", end="24:00", percent=50),
        ),
    )

    @pytest.mark.parametrize(
        ("instant", "percent"),
        [
            (NOON, 30),
            (NOON + HOUR - timedelta(microseconds=1), 30),
            (NOON + HOUR, 50),
            (NOON + DAY, 50),
            (NOON - HOUR, 50),
            (NOON - HOUR - timedelta(microseconds=1), 80),
            (NOON + 12 * HOUR, 80),
        ],
    )
    def test_the_first_window_that_holds_the_instant_counts(
        self, instant: datetime, percent: int
    ) -> None:
        assert volume_at(self.config, instant) == percent

    def test_without_windows_it_is_the_usual(self) -> None:
        assert volume_at(a_config(volume_percent=65), NOON) == 65


def test_what_is_not_said_does_not_travel() -> None:
    written = a_manifest(a_broadcast()).model_dump_json() + a_config().model_dump_json()

    assert not any(word in written for word in ("order", "exemptions", "caps", "volumes"))


def test_an_exemption_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValidationError, match="exemption_ends_before_it_begins"):
        Exemption(begin_at=NOON, end_at=NOON)
