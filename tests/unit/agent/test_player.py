"""What leaves the card, and what the player says of it, in simulated time."""

from datetime import timedelta
from itertools import pairwise

import pytest
from fakes.sound import RATE, Booth, CountingVoice, frame_value
from loa_agent.core.commands import VolumeStep
from loa_agent.core.events import PlayEnded, PlayStarted

SAMPLE_S = 1 / RATE
FADED = 80


@pytest.fixture
def booth() -> Booth:
    return Booth()


def started(booth: Booth) -> list[PlayStarted]:
    return [event for event in booth.events if isinstance(event, PlayStarted)]


def ended(booth: Booth) -> list[tuple[str, str, int]]:
    events = [event for event in booth.events if isinstance(event, PlayEnded)]
    return [(event.play, event.code, event.played_ms) for event in events]


def test_the_first_sample_leaves_within_a_sample_of_its_instant(booth: Booth) -> None:
    start_at = booth.cue(length_ms=1000)

    booth.until(7)

    (first_at, value), *_rest = booth.card.sound()
    assert abs(first_at - start_at.timestamp()) <= SAMPLE_S
    assert value == frame_value(0)
    assert abs(started(booth)[0].actual_at - start_at) < timedelta(milliseconds=0.1)
    assert ended(booth) == [("p", "completed", 1000)]


def test_nothing_is_called_started_or_ended_before_it_was_heard(booth: Booth) -> None:
    start_at = booth.cue(length_ms=1000)

    booth.until(7)

    assert started(booth)[0].now >= start_at
    last = booth.events[-1]
    assert timedelta(0) <= last.now - start_at - timedelta(seconds=1) < timedelta(seconds=0.1)


def test_an_offset_enters_the_voice_at_exactly_that_frame(booth: Booth) -> None:
    start_at = booth.cue(offset_ms=10_000, length_ms=1000)

    booth.until(7)

    sound = booth.card.sound()
    at, value = sound[RATE // 2]
    frame = round((at - start_at.timestamp() + 10) * RATE)
    assert value == frame_value(frame)


def test_a_cue_that_comes_late_joins_where_it_would_be(booth: Booth) -> None:
    start_at = booth.cue(in_s=-3.0, length_ms=8000)

    booth.until(7)

    at, value = booth.card.sound()[RATE]
    assert value == frame_value(round((at - start_at.timestamp()) * RATE))
    assert started(booth)[0].actual_at - start_at > timedelta(seconds=3)
    (_play, code, played_ms), *_rest = ended(booth)
    assert code == "completed"
    assert played_ms < 5000


def test_a_cue_whose_time_is_over_sounds_nothing(booth: Booth) -> None:
    booth.cue(in_s=-3.0, length_ms=1000)

    booth.until(2)

    assert booth.card.sound() == []
    assert ended(booth) == [("p", "completed", 0)]


def test_a_voice_that_is_cut_fades_inside_its_length(booth: Booth) -> None:
    start_at = booth.cue(length_ms=500)

    booth.until(7)

    sound = booth.card.sound()
    end_at = start_at.timestamp() + 0.5
    assert end_at - 0.01 < sound[-1][0] <= end_at + SAMPLE_S
    assert all(abs(value) < 2000 for at, value in sound if at > end_at - 0.005)


def test_a_voice_that_ends_by_itself_is_not_faded(booth: Booth) -> None:
    booth.voice = CountingVoice(total_frames=RATE // 2)
    booth.cue(length_ms=500)

    booth.until(7)

    assert [value for _at, value in booth.card.sound()] == [
        frame_value(frame) for frame in range(RATE // 2)
    ]
    assert ended(booth) == [("p", "completed", 500)]


def test_a_stop_fades_and_tells_what_was_heard(booth: Booth) -> None:
    start_at = booth.cue(length_ms=30_000)
    booth.until(6)

    booth.deck.stop("p", FADED)
    booth.until(8)

    sound = booth.card.sound()
    heard_ms = (sound[-1][0] - start_at.timestamp()) * 1000
    assert 2000 < heard_ms < 2400
    assert abs(sound[-1][1]) < 1000
    ((play, code, played_ms),) = ended(booth)
    assert (play, code) == ("p", "stopped")
    assert played_ms == pytest.approx(heard_ms, abs=1)


def test_a_stop_before_the_beginning_ends_at_once_and_silently(booth: Booth) -> None:
    booth.cue()
    booth.until(2)

    booth.deck.stop("p", FADED)
    booth.deck.stop("unknown", FADED)
    booth.until(7)

    assert ended(booth) == [("p", "stopped", 0)]
    assert booth.card.sound() == []


def test_a_cue_that_comes_while_another_sounds_follows_without_a_gap(booth: Booth) -> None:
    booth.cue("one", length_ms=2000)
    booth.until(5)
    booth.voice = CountingVoice()
    booth.cue("two", in_s=6 - booth.world.steady, length_ms=1000)

    booth.until(9)

    instants = [at for at, _value in booth.card.sound()]
    assert max(b - a for a, b in pairwise(instants)) < 2.1 * SAMPLE_S
    assert [play for play, _code, _ms in ended(booth)] == ["one", "two"]


def test_the_same_cue_twice_sounds_once(booth: Booth) -> None:
    booth.cue()
    booth.cue()

    booth.until(7)

    assert len(ended(booth)) == 1


@pytest.mark.parametrize("drift_ppm", [-200, 150])
def test_a_card_whose_clock_is_wrong_is_held_to_the_wall_clock_without_clicks(
    drift_ppm: float,
) -> None:
    booth = Booth(drift_ppm)
    start_at = booth.cue(length_ms=12_000)

    booth.until(18)

    sound = [each for each in booth.card.sound() if each[0] < start_at.timestamp() + 11.9]
    errors_s = [
        (value - frame_value(round((at - start_at.timestamp()) * RATE))) / RATE
        for at, value in sound[:: RATE // 3]
    ]
    assert max(map(abs, errors_s)) < 0.0005
    steps = {abs(b - a) for (_, a), (_, b) in pairwise(sound)}
    assert {step for step in steps if step < 20_000} <= {0, 1, 2}


def test_after_an_underrun_the_voice_goes_on_where_it_would_be(booth: Booth) -> None:
    start_at = booth.cue(length_ms=5000)
    booth.until(5)

    booth.card.break_at = 5.5
    booth.until(10)

    sound = booth.card.sound()
    gaps = [a for (a, _), (b, _) in pairwise(sound) if b - a > 0.3]
    assert len(gaps) == 1
    at, value = sound[-RATE // 2]
    assert value == frame_value(round((at - start_at.timestamp()) * RATE))
    (_play, code, played_ms), *_rest = ended(booth)
    assert code == "completed"
    assert 3500 < played_ms < 4500


def test_a_voice_follows_a_small_step_of_the_wall_clock(booth: Booth) -> None:
    start_at = booth.cue(length_ms=6000)
    booth.until(6)

    booth.world.set_clock(1.0)
    booth.until(8)

    at, value = booth.card.sound()[-1]
    assert value == frame_value(round((at - start_at.timestamp()) * RATE))


def test_a_voice_does_not_fall_silent_when_the_clock_is_set_back_far(booth: Booth) -> None:
    booth.cue(length_ms=4000)
    booth.until(6)

    booth.world.set_clock(-3600)
    booth.until(9)

    assert ended(booth) == [("p", "completed", 4000)]


@pytest.mark.parametrize("code", ["sink_failed", "sink_stalled"])
def test_a_card_that_breaks_ends_the_play_with_what_was_really_heard(
    booth: Booth, code: str
) -> None:
    booth.cue(length_ms=10_000)
    booth.until(4.5)

    booth.card.fail_at = (6.0, code)
    booth.until(9)

    ((_play, told, played_ms),) = ended(booth)
    assert told == code
    assert 1960 <= played_ms <= 2040
    assert booth.card.closed


def test_without_a_card_each_cue_is_told_so_and_the_next_tries_anew(booth: Booth) -> None:
    booth.no_card = True
    booth.cue("one")
    booth.until(1)

    booth.no_card = False
    booth.cue("two")
    booth.until(8)

    assert ended(booth) == [("one", "no_sound_card", 0), ("two", "completed", 1000)]


def test_a_card_that_never_tells_its_clock_is_given_up(booth: Booth) -> None:
    booth.blind_card = True
    booth.cue(in_s=4, length_ms=20_000)

    booth.until(10)

    assert ended(booth) == [("p", "sink_failed", 0)]


def test_a_missing_blob_ends_the_play_at_once(booth: Booth) -> None:
    booth.blobs.missing.add("b")

    booth.cue()

    assert ended(booth) == [("p", "decode_failed", 0)]


def test_a_voice_that_breaks_in_its_middle_tells_how_far_it_came(booth: Booth) -> None:
    booth.voice = CountingVoice(break_at=RATE)
    booth.cue(length_ms=3000)

    booth.until(8)

    ((_play, code, played_ms),) = ended(booth)
    assert code == "decode_failed"
    assert 1000 <= played_ms < 1100


def test_the_test_tone_sounds_when_nothing_else_does_and_tells_nothing(booth: Booth) -> None:
    booth.deck.test_tone(100)

    booth.until(4)

    assert 1.4 < len(booth.card.sound()) / RATE < 1.51
    assert booth.events == []


def test_the_test_tone_gives_way(booth: Booth) -> None:
    booth.cue()
    booth.deck.test_tone(100)
    booth.until(7)
    only_the_voice = {value for _at, value in booth.card.sound()}
    booth.deck.test_tone(100)
    booth.until(8.5)

    start_at = booth.cue("two", in_s=1.0)
    booth.until(12)

    assert min(only_the_voice) > 0
    sound = booth.card.sound()
    assert not [at for at, _value in sound if 0 < start_at.timestamp() - at < 0.5]
    assert [play for play, _code, _ms in ended(booth)] == ["p", "two"]


def test_the_card_is_open_only_around_what_sounds(booth: Booth) -> None:
    booth.cue(in_s=20, length_ms=1000)

    booth.until(14)
    before = len(booth.cards)
    booth.until(40)

    assert before == 0
    assert len(booth.cards) == 1
    assert booth.card.closed
    assert booth.deck.wait_s() is None


def test_the_volume_is_the_cube_of_the_percentage(booth: Booth) -> None:
    booth.cue(volume_percent=50)

    booth.until(7)

    (_, value), *_rest = booth.card.sound()[5000:]
    assert value == pytest.approx(frame_value(5008) / 8, abs=3)


@pytest.mark.parametrize(("first", "second"), [(100, 50), (50, 100), (0, 100)])
def test_the_volume_changes_where_it_is_told_to_and_slides_over(
    booth: Booth, first: int, second: int
) -> None:
    steps = (VolumeStep(1000, second),)
    start_at = booth.cue(length_ms=2000, volume_percent=first, volume_steps=steps)

    booth.until(8)

    sound = {round((at - start_at.timestamp()) * RATE): value for at, value in booth.card.sound()}
    for frame, percent in [(900 * 48, first), (1100 * 48, second)]:
        wanted = frame_value(frame) * (percent / 100) ** 3
        assert sound.get(frame, 0) == pytest.approx(wanted, abs=3)
    inside = [abs(sound.get(f + 1, 0) - sound.get(f, 0)) for f in range(960 * 48, 1040 * 48)]
    assert max(inside) < 25
    assert ended(booth)[0][2] == 2000
