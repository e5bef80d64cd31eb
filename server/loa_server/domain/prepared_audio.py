"""What an upload may cost, and what it becomes once stations can play it."""

from dataclasses import dataclass
from pathlib import Path

TARGET_LUFS = -16.0
CEILING_DBTP = -1.0


@dataclass(frozen=True, slots=True)
class AudioLimits:
    """Bounds on one upload and on each child process that reads it."""

    upload_bytes: int = 512 * 1024 * 1024
    duration_ms: int = 3 * 60 * 60 * 1000
    edit_below_ms: int = 10 * 60 * 1000  # shorter items are edited whole in memory (about 60 MB)
    child_seconds: int = 20 * 60  # wall clock and processor time of one pass
    child_memory_bytes: int = 2 * 1024 * 1024 * 1024
    child_file_bytes: int = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class PreparedAudio:
    """Mono 48 kHz Opus in Ogg, lying durably at `path` under the name of its hash."""

    path: Path
    sha256: str
    bytes: int
    duration_ms: int
    loudness_lufs: float
    true_peak_dbtp: float
