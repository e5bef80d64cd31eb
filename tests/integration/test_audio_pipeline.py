"""Real files through the real ffmpeg: every sample becomes what samples.toml says."""

import dataclasses
import errno
import hashlib
import json
import os
import subprocess
import tomllib
from pathlib import Path

import imageio_ffmpeg
import pytest
from loa_server.adapters.audio_ffmpeg import prepare
from loa_server.domain.audio_errors import AudioRejected
from loa_server.domain.prepared_audio import AudioLimits

pytestmark = pytest.mark.integration

SAMPLES = Path(__file__).parents[2] / "audio_samples"
EXPECTED = tomllib.loads((SAMPLES / "samples.toml").read_text(encoding="utf-8"))
LIMITS = AudioLimits()
OTHERS = {"README.md", "make_samples.py", "samples.toml"}


def independent_measure(path: Path) -> tuple[float, float]:
    """Loudness and true peak by loudnorm, which shares no code with the ebur128 filter we use."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-i", str(path)]
    command += ["-af", "loudnorm=print_format=json", "-f", "null", "-"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    found = json.loads(said[said.rindex("{") : said.rindex("}") + 1])
    return float(found["input_i"]), float(found["input_tp"])


def rejected_code(source: Path, target: Path, limits: AudioLimits = LIMITS) -> str:
    with pytest.raises(AudioRejected) as caught:
        prepare(source, target, limits)
    return caught.value.code


@pytest.mark.parametrize("name", sorted(EXPECTED["ready"]))
def test_a_good_sample_is_ready_at_minus_16_lufs_with_peaks_under_minus_1_dbtp(
    name: str, tmp_path: Path
) -> None:
    prepared = prepare(SAMPLES / name, tmp_path, LIMITS)

    loudness_lufs, true_peak_dbtp = independent_measure(prepared.path)
    assert loudness_lufs == pytest.approx(-16, abs=1)
    assert true_peak_dbtp <= -1
    assert prepared.loudness_lufs == pytest.approx(loudness_lufs, abs=0.3)
    assert prepared.duration_ms == pytest.approx(EXPECTED["ready"][name]["duration_ms"], abs=300)


@pytest.mark.parametrize("name", sorted(EXPECTED["rejected"]))
def test_a_bad_sample_is_rejected_with_its_named_code_and_leaves_nothing_behind(
    name: str, tmp_path: Path
) -> None:
    code = rejected_code(SAMPLES / name, tmp_path)

    assert code == EXPECTED["rejected"][name]
    assert list(tmp_path.iterdir()) == []


def test_every_sample_has_an_expectation() -> None:
    found = {path.name for path in SAMPLES.iterdir() if path.is_file()} - OTHERS

    assert found == set(EXPECTED["ready"]) | set(EXPECTED["rejected"])


def test_the_result_is_mono_opus_named_by_its_hash_at_a_rate_villages_can_fetch(
    tmp_path: Path,
) -> None:
    prepared = prepare(SAMPLES / "speech.mp3", tmp_path, LIMITS)

    content = prepared.path.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == [prepared.sha256]
    assert hashlib.sha256(content).hexdigest() == prepared.sha256
    assert len(content) == prepared.bytes
    assert content[:4] == b"OggS"
    assert content[28:36] == b"OpusHead"
    assert content[37] == 1
    assert len(content) * 8 / prepared.duration_ms < 40


def test_the_same_upload_gives_the_same_hash_twice(tmp_path: Path) -> None:
    first = prepare(SAMPLES / "speech.m4a", tmp_path, LIMITS)

    second = prepare(SAMPLES / "speech.m4a", tmp_path, LIMITS)

    assert second == first


def test_a_long_item_is_streamed_and_levelled_as_well(tmp_path: Path) -> None:
    streaming = dataclasses.replace(LIMITS, edit_below_ms=0)

    prepared = prepare(SAMPLES / "quiet.mp3", tmp_path, streaming)

    loudness_lufs, true_peak_dbtp = independent_measure(prepared.path)
    assert loudness_lufs == pytest.approx(-16, abs=1)
    assert true_peak_dbtp <= -1


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (dataclasses.replace(LIMITS, duration_ms=3000), "too_long"),
        (dataclasses.replace(LIMITS, upload_bytes=1000), "too_large"),
        (dataclasses.replace(LIMITS, child_file_bytes=64 * 1024), "decode_failed"),
    ],
)
def test_an_upload_over_a_limit_is_rejected_by_the_name_of_the_limit(
    limits: AudioLimits, code: str, tmp_path: Path
) -> None:
    assert rejected_code(SAMPLES / "speech.wav", tmp_path, limits) == code


def test_a_full_disk_is_named_and_worth_another_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", no_room)

    with pytest.raises(AudioRejected) as caught:
        prepare(SAMPLES / "speech.mp3", tmp_path, LIMITS)

    assert caught.value.code == "disk_full"
    assert caught.value.retryable
    assert list(tmp_path.iterdir()) == []
