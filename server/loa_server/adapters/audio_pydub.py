"""Edits a short decoded item in memory with pydub."""

import math
import warnings
import wave
from pathlib import Path

from loa_server.domain.audio_errors import AudioFault, AudioRejected

with warnings.catch_warnings():
    # On import pydub warns of its own old syntax, of audioop and of a missing ffprobe; it gets
    # decoded samples only, so none of these concerns us.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment
    from pydub.silence import detect_leading_silence

QUIETER_THAN_ITEM_DB = 35.0  # what counts as silence at the ends, below the mean of the item
KEPT_SILENCE_MS = 200
FADE_IN_MS = 5
FADE_OUT_MS = 30


def trim_and_fade(source: Path, target: Path) -> None:
    """Write the WAV `source` without silent ends and without clicks at them.

    Raises:
        AudioRejected: `silent_audio` if nothing is left.
    """
    item = _read(source)
    if math.isinf(item.dBFS):
        raise AudioRejected(AudioFault.SILENT_AUDIO, {"duration_ms": len(item)})
    threshold = item.dBFS - QUIETER_THAN_ITEM_DB
    start = detect_leading_silence(item, silence_threshold=threshold)
    end = len(item) - detect_leading_silence(item.reverse(), silence_threshold=threshold)
    item = item[max(0, start - KEPT_SILENCE_MS) : end + KEPT_SILENCE_MS]
    item = item.fade_in(min(FADE_IN_MS, len(item))).fade_out(min(FADE_OUT_MS, len(item)))
    item.export(str(target), format="wav").close()


def _read(source: Path) -> AudioSegment:
    with wave.open(str(source), "rb") as sound:
        return AudioSegment(
            data=sound.readframes(sound.getnframes()),
            sample_width=sound.getsampwidth(),
            frame_rate=sound.getframerate(),
            channels=sound.getnchannels(),
        )
