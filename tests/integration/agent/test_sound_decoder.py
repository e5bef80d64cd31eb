"""Opus files as ffmpeg makes them, against what ffmpeg itself hears in them."""

import random
from pathlib import Path

import numpy as np
import pytest
from loa_agent.adapters.decoder_sndfile import DecodeError, SndfileVoice, Voice
from sound_lab import RATE, decoded, noise, opus, place_of, wav

pytestmark = pytest.mark.integration

CHUNK = 1920
ROUNDING = 2
AROUND = 300


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three items of odd lengths."""
    folder = tmp_path_factory.mktemp("items")
    lengths = (RATE * 3 + 17, 7001, RATE * 2 - 1)
    return [
        opus(folder / f"{number}.opus", noise(frames, number))
        for number, frames in enumerate(lengths)
    ]


def all_of(voice: Voice) -> "np.ndarray":
    parts = []
    while part := voice.read(CHUNK):
        parts.append(part)
    return np.frombuffer(b"".join(parts), "<i2").astype(int)


def test_several_files_are_one_sound_without_a_sample_more_or_less(files: list[Path]) -> None:
    voice = SndfileVoice(files).open()

    heard = all_of(voice)

    wanted = np.concatenate([decoded(path) for path in files]).astype(int)
    assert len(heard) == len(wanted) == voice.total_frames
    assert np.abs(heard - wanted).max() <= ROUNDING


def test_entering_anywhere_is_exact_to_the_sample(files: list[Path]) -> None:
    voice = SndfileVoice(files).open()
    whole = all_of(voice)
    chance = random.Random(3)
    places = [0, 1, RATE * 3 + 17, RATE * 3 + 18]
    places += [chance.randrange(AROUND, len(whole) - CHUNK - AROUND) for _ in range(30)]

    for place in places:
        voice.seek(place)
        found = np.frombuffer(voice.read(CHUNK), "<i2")

        begin = max(0, place - AROUND)
        shift, likeness = place_of(found, whole[begin : place + CHUNK + AROUND])
        assert begin + shift == place
        assert likeness > 0.98


def test_what_is_left_ends_with_the_last_sample(files: list[Path]) -> None:
    voice = SndfileVoice(files).open()
    total = voice.total_frames

    voice.seek(total - 3)

    assert len(voice.read(CHUNK)) == 3 * 2
    assert voice.read(CHUNK) == b""


def test_past_the_end_there_is_nothing(files: list[Path]) -> None:
    voice = SndfileVoice(files).open()

    voice.seek(voice.total_frames + 5)

    assert voice.read(CHUNK) == b""


@pytest.mark.parametrize("content", [b"", b"OggS", b"not sound at all" * 100])
def test_what_is_no_sound_is_refused_before_it_plays(
    content: bytes, files: list[Path], tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(content)

    with pytest.raises(DecodeError) as caught:
        SndfileVoice([files[0], broken]).open()

    assert (caught.value.code, caught.value.blob) == ("decode_failed", "broken")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DecodeError):
        SndfileVoice([tmp_path / "gone"]).open()


def test_sound_of_another_shape_is_refused(tmp_path: Path) -> None:
    path = wav(tmp_path / "slow.wav", noise(1000))
    content = bytearray(path.read_bytes())
    content[24:28] = (8000).to_bytes(4, "little")
    path.write_bytes(content)

    with pytest.raises(DecodeError):
        SndfileVoice([path]).open()


def test_a_file_that_was_cut_plays_as_far_as_it_goes(files: list[Path], tmp_path: Path) -> None:
    cut = tmp_path / "cut"
    content = files[0].read_bytes()
    cut.write_bytes(content[: len(content) * 2 // 3])

    voice = SndfileVoice([cut]).open()

    heard = all_of(voice)
    assert 0 < len(heard) == voice.total_frames < RATE * 3
