"""Turns an upload into audio that stations can play, or names what is wrong with it."""

import errno
import hashlib
import os
import tempfile
from pathlib import Path

from loa_server.adapters.audio_passes import Measure, decode, encode, measure
from loa_server.adapters.audio_pydub import trim_and_fade
from loa_server.adapters.durable import sync_folder
from loa_server.domain.audio_errors import AudioFault, AudioRejected
from loa_server.domain.prepared_audio import CEILING_DBTP, TARGET_LUFS, AudioLimits, PreparedAudio

SILENT_LUFS = -60.0  # quieter than this no gain brings back a voice
CLOSE_ENOUGH_LU = 0.5
OPUS_MARGIN_DB = 2.0  # the codec moves peaks; the result is measured again all the same
SMALL_STEP_DB = 0.2
LIMITED_STEP = 1.9  # measured on speech: the limiter gives back about half of each decibel
LEVEL_PASSES = 4
MISSING_MS = 500  # a claimed length this much over the heard one means that the end is missing
CHUNK_BYTES = 1024 * 1024


def prepare(source: Path, target_dir: Path, limits: AudioLimits) -> PreparedAudio:
    """Judge, trim, level and encode `source`; the result lies at `target_dir/<sha256>`.

    The same upload always gives the same bytes. Nothing is left in `target_dir` on failure.

    Raises:
        AudioRejected: with a code of `AudioFault`; only `disk_full` is worth another try.
    """
    try:
        _judge_size(source, limits)
        target_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target_dir, prefix=".preparing-") as scratch:
            return _prepare_in(Path(scratch), source, target_dir, limits)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise AudioRejected(AudioFault.DISK_FULL, {}) from error
        raise


def _judge_size(source: Path, limits: AudioLimits) -> None:
    size = source.stat().st_size
    if size == 0:
        raise AudioRejected(AudioFault.EMPTY_FILE, {})
    if size > limits.upload_bytes:
        facts = {"bytes": size, "limit_bytes": limits.upload_bytes}
        raise AudioRejected(AudioFault.TOO_LARGE, facts)


def _prepare_in(
    scratch: Path, source: Path, target_dir: Path, limits: AudioLimits
) -> PreparedAudio:
    heard = measure(source, limits)
    _judge_sound(heard, limits)
    if heard.duration_ms < limits.edit_below_ms:
        decode(source, scratch / "decoded.wav", limits)
        source = scratch / "edited.wav"
        trim_and_fade(scratch / "decoded.wav", source)
        heard = measure(source, limits)
    encoded = scratch / "encoded.opus"
    levelled = _level(source, encoded, heard, limits)
    sha256 = _hash(encoded)
    path = target_dir / sha256
    size = encoded.stat().st_size
    _keep(encoded, path)
    return PreparedAudio(
        path=path,
        sha256=sha256,
        bytes=size,
        duration_ms=levelled.duration_ms,
        loudness_lufs=levelled.loudness_lufs,
        true_peak_dbtp=levelled.true_peak_dbtp,
    )


def _judge_sound(heard: Measure, limits: AudioLimits) -> None:
    if heard.duration_ms > limits.duration_ms:
        raise AudioRejected(AudioFault.TOO_LONG, {"limit_ms": limits.duration_ms})
    claimed = heard.claimed_ms
    if heard.partial or (claimed is not None and claimed - heard.duration_ms > MISSING_MS):
        facts = {"heard_ms": heard.duration_ms, "claimed_ms": claimed or heard.duration_ms}
        raise AudioRejected(AudioFault.TRUNCATED_AUDIO, facts)
    if heard.duration_ms == 0:
        raise AudioRejected(AudioFault.EMPTY_FILE, {})
    if heard.loudness_lufs < SILENT_LUFS:
        raise AudioRejected(AudioFault.SILENT_AUDIO, {"duration_ms": heard.duration_ms})


def _level(source: Path, target: Path, heard: Measure, limits: AudioLimits) -> Measure:
    # Limiting costs loudness and encoding moves peaks, so each pass corrects the one before.
    # The ceiling is the promise; an item of mere clicks may end quieter than the target.
    gain_db = TARGET_LUFS - heard.loudness_lufs
    ceiling_dbtp = CEILING_DBTP - OPUS_MARGIN_DB
    for _ in range(LEVEL_PASSES):
        limited = heard.true_peak_dbtp + gain_db > ceiling_dbtp
        encode(source, target, gain_db, ceiling_dbtp if limited else None, limits)
        result = measure(target, limits)
        short_db = TARGET_LUFS - result.loudness_lufs
        over_db = result.true_peak_dbtp - CEILING_DBTP
        if over_db <= 0 and abs(short_db) <= CLOSE_ENOUGH_LU:
            return result
        gain_db += short_db * (LIMITED_STEP if limited else 1.0)
        if over_db > 0:
            ceiling_dbtp -= over_db + SMALL_STEP_DB
    if over_db > 0:
        encode(source, target, gain_db, ceiling_dbtp - over_db, limits)
        result = measure(target, limits)
    if result.true_peak_dbtp > CEILING_DBTP:
        facts = {"true_peak_dbtp": result.true_peak_dbtp}
        raise AudioRejected(AudioFault.DECODE_FAILED, facts)
    return result


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _keep(written: Path, path: Path) -> None:
    with written.open("rb+") as stream:
        os.fsync(stream.fileno())
    written.replace(path)
    sync_folder(path.parent)
