"""Runs one bounded ffmpeg child and returns what it said."""

import contextlib
import resource
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

import imageio_ffmpeg

from loa_server.domain.audio_errors import AudioFault, AudioRejected
from loa_server.domain.prepared_audio import AudioLimits
from loa_server.leash import leashed

HEAD_BYTES = 32 * 1024
TAIL_BYTES = 32 * 1024


@dataclass(frozen=True, slots=True)
class ChildOutcome:
    """Exit status, progress lines, and the beginning and end of the messages."""

    status: int
    progress: str
    messages: str


def run_ffmpeg(arguments: Sequence[str], limits: AudioLimits) -> ChildOutcome:
    """Run ffmpeg to its end.

    Raises:
        AudioRejected: `decode_failed` past the time limit, `disk_full` without room.
    """
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        *("-hide_banner", "-nostdin", "-nostats", "-loglevel", "info", "-y"),
        *("-progress", "pipe:1", "-stats_period", "60", "-threads", "1"),
        *arguments,
    ]
    # Messages go to files: a hostile upload can provoke gigabytes of them.
    with tempfile.TemporaryFile() as progress, tempfile.TemporaryFile() as messages:
        status = _run_bounded(command, progress, messages, limits)
        outcome = ChildOutcome(status, _ends(progress), _ends(messages))
    if status != 0 and "No space left on device" in outcome.messages:
        raise AudioRejected(AudioFault.DISK_FULL, {})
    return outcome


def _run_bounded(
    command: list[str], progress: IO[bytes], messages: IO[bytes], limits: AudioLimits
) -> int:
    with subprocess.Popen(
        # A worker that is killed must not leave an hour of decoding behind.
        leashed(command, signal.SIGKILL),
        stdin=subprocess.DEVNULL,
        stdout=progress,
        stderr=messages,
        close_fds=True,
    ) as child:
        _bound(child.pid, limits)
        try:
            return child.wait(timeout=limits.child_seconds)
        except subprocess.TimeoutExpired as error:
            child.kill()
            facts = {"limit_seconds": limits.child_seconds}
            raise AudioRejected(AudioFault.DECODE_FAILED, facts) from error
        except BaseException:
            child.kill()
            raise


def _bound(pid: int, limits: AudioLimits) -> None:
    # Set from outside, right after the start: preexec_fn is unsafe in a process with threads.
    bounds = {
        resource.RLIMIT_CPU: limits.child_seconds,
        resource.RLIMIT_AS: limits.child_memory_bytes,
        resource.RLIMIT_FSIZE: limits.child_file_bytes,
        resource.RLIMIT_CORE: 0,
    }
    with contextlib.suppress(ProcessLookupError):
        for kind, bound in bounds.items():
            resource.prlimit(pid, kind, (bound, bound))


def _ends(stream: IO[bytes]) -> str:
    size = stream.seek(0, 2)
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    stream.seek(max(len(head), size - TAIL_BYTES))
    return (head + stream.read(TAIL_BYTES)).decode("utf-8", "replace")
