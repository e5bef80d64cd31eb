"""Sound of a virtual station: WAV files, written no faster than a card would play them."""

import logging
import time
import wave
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from typing_extensions import override

from loa_agent.adapters.sink_clock import wall_minus_monotonic
from loa_agent.ports import Sink, SinkError

log = logging.getLogger(__name__)

RATE: Final = 48_000
BYTES_PER_FRAME: Final = 2
BUFFER_S: Final = 0.2
"""As much as the buffer of a card is written ahead of its time."""
MAX_FILE_BYTES: Final = 32 * 1024 * 1024
"""Some six minutes; what is longer goes on in another file without gap."""
MAX_FILES: Final = 40
MAX_FOLDER_BYTES: Final = 96 * 1024 * 1024
NAME: Final = "%Y-%m-%dT%H-%M-%S.%fZ.wav"
"""The instant of the first sample, UTC; every file is gapless."""


class FileSink(Sink):
    """Writes what would be heard; `open` before use, used by one thread.

    The oldest files go when a new one is begun and there are too many or they are too big.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._raw: BinaryIO | None = None
        self._file: wave.Wave_write | None = None
        self._file_bytes = 0
        self._origin = 0.0
        self._frames = 0

    def open(self) -> "FileSink":
        """Make the folder; raises SinkError `no_sound_card` when that is impossible."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SinkError("no_sound_card") from error
        self._restart()
        return self

    @override
    def write(self, samples: bytes) -> None:
        if self._due() < time.monotonic():
            self._end_file()
            self._restart()
        ahead_s = self._due() + len(samples) / BYTES_PER_FRAME / RATE - time.monotonic()
        if ahead_s > BUFFER_S:
            time.sleep(ahead_s - BUFFER_S)
        try:
            self._append(samples)
        except OSError as error:
            log.warning("sound_file_failed folder=%s error=%s", self._folder, error)
            raise SinkError("sink_failed") from error
        self._frames += len(samples) // BYTES_PER_FRAME

    @override
    def next_sample_at(self) -> float | None:
        return self._due() + wall_minus_monotonic()

    @override
    def close(self) -> None:
        rest_s = self._due() - time.monotonic()
        if self._file is not None and rest_s > 0:
            time.sleep(min(rest_s, BUFFER_S))
        self._end_file()

    def _due(self) -> float:
        """Monotonic instant of the next sample."""
        return self._origin + self._frames / RATE

    def _restart(self) -> None:
        """As a card after an underrun: the stream begins anew, a short while from now."""
        self._origin = time.monotonic() + BUFFER_S / 2
        self._frames = 0

    def _append(self, samples: bytes) -> None:
        if self._file is not None and self._file_bytes + len(samples) > MAX_FILE_BYTES:
            self._end_file()
        file = self._file or self._begin_file()
        # Not the raw kind: the header is right at any time, also when the process is killed.
        file.writeframes(samples)
        self._file_bytes += len(samples)

    def _begin_file(self) -> wave.Wave_write:
        _make_room(self._folder)
        first_at = datetime.fromtimestamp(self._due() + wall_minus_monotonic(), UTC)
        self._raw = (self._folder / first_at.strftime(NAME)).open("wb")
        self._file = file = wave.open(self._raw, "wb")  # noqa: SIM115 - a session long
        file.setnchannels(1)
        file.setsampwidth(BYTES_PER_FRAME)
        file.setframerate(RATE)
        self._file_bytes = 0
        return file

    def _end_file(self) -> None:
        for file in (self._file, self._raw):
            try:
                if file is not None:
                    file.close()
            except OSError as error:
                log.warning("sound_file_failed folder=%s error=%s", self._folder, error)
        self._file = self._raw = None


def _make_room(folder: Path) -> None:
    """Keep the newest files only, leaving room for one more."""
    kept_bytes = MAX_FILE_BYTES
    for rank, path in enumerate(sorted(folder.glob("*.wav"), reverse=True), start=1):
        kept_bytes += path.stat().st_size
        if rank >= MAX_FILES or kept_bytes > MAX_FOLDER_BYTES:
            path.unlink(missing_ok=True)
