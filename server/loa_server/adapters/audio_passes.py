"""The passes ffmpeg makes over one item: measure, decode, level and encode."""

import re
from dataclasses import dataclass
from pathlib import Path

from loa_server.adapters.audio_child import ChildOutcome, run_ffmpeg
from loa_server.domain.audio_errors import AudioFault, AudioRejected
from loa_server.domain.prepared_audio import AudioLimits

# Constrained: left free, the codec spends nearly twice the rate on speech. Level 5 takes a third
# of the time of level 10 at no difference a horn loudspeaker can show.
OPUS = ("-c:a", "libopus", "-b:a", "32k", "-vbr", "constrained", "-compression_level", "5")
QUIETEST_DB = -120.0  # stands for minus infinity, so that arithmetic stays finite
# Formats with sound of their own. Playlists are left out: they could make us read other files.
FORMATS = "aac,ac3,aiff,amr,ape,asf,au,caf,eac3,flac,matroska,mov,mp3,ogg,wav,w64,wv"
MONO = "aresample=48000,aformat=sample_fmts=flt:channel_layouts=mono"
EXACT = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact")


@dataclass(frozen=True, slots=True)
class Measure:
    """Loudness, true peak and length found by listening, with the length the file claims."""

    loudness_lufs: float
    true_peak_dbtp: float
    duration_ms: int
    claimed_ms: int | None
    partial: bool


def measure(source: Path, limits: AudioLimits) -> Measure:
    """Listen to `source` as stations would: mono, 48 kHz.

    Raises:
        AudioRejected: `not_audio`, `truncated_audio`, `decode_failed` or `disk_full`.
    """
    listen = f"{MONO},ebur128=peak=true:framelog=quiet"
    outcome = run_ffmpeg([*_input(source, limits), "-af", listen, "-f", "null", "-"], limits)
    _judge(outcome)
    summary = outcome.messages.rpartition("Summary:")[2]
    return Measure(
        loudness_lufs=_decibels(r"\bI:\s+(\S+) LUFS", summary),
        true_peak_dbtp=_decibels(r"\bPeak:\s+(\S+) dBFS", summary),
        duration_ms=_heard_ms(outcome.progress),
        claimed_ms=_claimed_ms(outcome.messages),
        partial=": partial file" in outcome.messages,
    )


def decode(source: Path, target: Path, limits: AudioLimits) -> None:
    """Write `source` as mono 48 kHz 16-bit WAV."""
    shape = ("-af", MONO, "-c:a", "pcm_s16le", *EXACT, "-f", "wav")
    _judge(run_ffmpeg([*_input(source, limits), *shape, f"file:{target}"], limits))


def encode(
    source: Path, target: Path, gain_db: float, ceiling_dbtp: float | None, limits: AudioLimits
) -> None:
    """Write `source` as Opus after `gain_db`; peaks are held under `ceiling_dbtp` if given."""
    chain = f"{MONO},volume={gain_db:.2f}dB:precision=float"
    if ceiling_dbtp is not None:
        # Four times oversampled, so that the limiter sees the peaks between the samples.
        limit = 10 ** (ceiling_dbtp / 20)
        chain += (
            f",aresample=192000,alimiter=limit={limit:.5f}:attack=5:release=80:"
            "level=false:latency=true,aresample=48000"
        )
    output = (*OPUS, *EXACT, "-f", "ogg", f"file:{target}")
    _judge(run_ffmpeg([*_input(source, limits), "-af", chain, *output], limits))


def _input(source: Path, limits: AudioLimits) -> tuple[str, ...]:
    longest_s = limits.duration_ms / 1000 + 1  # one second more tells too long from just fitting
    allowed = ("-protocol_whitelist", "file", "-format_whitelist", FORMATS)
    return (*allowed, "-t", f"{longest_s:.3f}", "-i", f"file:{source}", "-map", "0:a:0")


def _judge(outcome: ChildOutcome) -> None:
    if outcome.status == 0:
        return
    if "moov atom not found" in outcome.messages:
        raise AudioRejected(AudioFault.TRUNCATED_AUDIO, {})
    unknown = ("Invalid data found when processing input", "not on whitelist", "not in whitelist")
    strange = "Input #0" not in outcome.messages and any(
        sign in outcome.messages for sign in unknown
    )
    if strange or "matches no streams" in outcome.messages:
        raise AudioRejected(AudioFault.NOT_AUDIO, {})
    raise AudioRejected(AudioFault.DECODE_FAILED, {"status": outcome.status})


def _decibels(pattern: str, summary: str) -> float:
    found = re.search(pattern, summary)
    if found is None or found[1] in {"-inf", "nan"}:
        return QUIETEST_DB
    return float(found[1])


def _heard_ms(progress: str) -> int:
    found = re.findall(r"^out_time_us=(\d+)$", progress, re.MULTILINE)
    return int(found[-1]) // 1000 if found else 0


def _claimed_ms(messages: str) -> int | None:
    if "Estimating duration from bitrate" in messages:
        return None
    found = re.search(r"Duration: (\d+):(\d\d):(\d\d)\.(\d\d)", messages)
    if found is None:
        return None
    hours, minutes, seconds, hundredths = (int(part) for part in found.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + hundredths * 10
