"""Opus blobs become mono 16-bit samples at 48 kHz, through libsndfile.

The library is loaded with ctypes from the package `soundfile` without importing that package,
which would bring numpy along; a libsndfile of the system serves where the package has none.
"""

import ctypes
import importlib.util
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

SAMPLE_RATE = 48_000
BYTES_PER_SAMPLE = 2
SYSTEM_LIBRARY = "libsndfile.so.1"
LIBRARY_PACKAGE = "_soundfile_data"
READ_MODE = 0x10
MAX_READ_FRAMES = 48_000


class DecodeError(Exception):
    """A blob cannot be turned into sound; `code` is `decode_failed`."""

    def __init__(self, blob: str) -> None:
        super().__init__(f"decode_failed {blob}")
        self.code = "decode_failed"
        self.blob = blob


class Voice(Protocol):
    """A source of samples with a known length and a place in it."""

    total_frames: int

    def seek(self, frame: int) -> None:
        """Continue at this frame; at or past the end nothing more is read."""

    def read(self, frames: int) -> bytes:
        """The next samples; fewer than asked, or none, at the end only."""

    def close(self) -> None:
        """Release what was opened."""


class SndfileVoice:
    """Several Opus files as one voice without gap; at most one file is open at a time.

    Opening reads the length of every file, so that a missing or broken one is known before
    the first sample sounds.

    Raises:
        DecodeError: a file cannot be opened or decoded, or is not mono at 48 kHz.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = tuple(paths)
        self._handle: int | None = None
        self._next_path = 0
        self._lengths: tuple[int, ...] = ()
        self._left = 0
        self.total_frames = 0

    def open(self) -> "SndfileVoice":
        """Measure all files and stand at the first frame."""
        self._lengths = tuple(_length_frames(path) for path in self._paths)
        self.total_frames = sum(self._lengths)
        self.seek(0)
        return self

    def seek(self, frame: int) -> None:
        """Continue at exactly this frame of the whole; 2 ms for an hour's file."""
        self.close()
        self._next_path = 0
        rest = max(0, frame)
        while self._next_path < len(self._paths) and rest >= self._lengths[self._next_path]:
            rest -= self._lengths[self._next_path]
            self._next_path += 1
        if self._next_path < len(self._paths):
            self._enter(rest)

    def read(self, frames: int) -> bytes:
        """The next samples across file borders."""
        wanted = min(frames, MAX_READ_FRAMES)
        parts: list[bytes] = []
        while wanted > 0 and self._handle is not None:
            part = self._read_here(min(wanted, self._left))
            parts.append(part)
            wanted -= len(part) // BYTES_PER_SAMPLE
            if self._left == 0:
                self.close()
                if self._next_path < len(self._paths):
                    self._enter(0)
        return b"".join(parts)

    def close(self) -> None:
        """Release the open file."""
        if self._handle is not None:
            _library().sf_close(self._handle)
            self._handle = None

    def _enter(self, frame: int) -> None:
        path = self._paths[self._next_path]
        self._handle, info = _open(path)
        self._left = self._lengths[self._next_path] - frame
        self._next_path += 1
        if info.frames != self._left + frame or (
            frame and _library().sf_seek(self._handle, frame, 0) != frame
        ):
            self.close()
            raise DecodeError(path.name)

    def _read_here(self, frames: int) -> bytes:
        """Samples of the open file, which owes at least this many."""
        buffer = ctypes.create_string_buffer(frames * BYTES_PER_SAMPLE)
        got = _library().sf_readf_short(self._handle, buffer, frames)
        if frames and got <= 0:
            raise DecodeError(self._paths[self._next_path - 1].name)
        self._left -= got
        return buffer.raw[: got * BYTES_PER_SAMPLE]


class _Info(ctypes.Structure):
    _fields_ = (
        ("frames", ctypes.c_int64),
        ("samplerate", ctypes.c_int),
        ("channels", ctypes.c_int),
        ("format", ctypes.c_int),
        ("sections", ctypes.c_int),
        ("seekable", ctypes.c_int),
    )


def _length_frames(path: Path) -> int:
    handle, info = _open(path)
    _library().sf_close(handle)
    return int(info.frames)


def _open(path: Path) -> tuple[int, _Info]:
    info = _Info()
    handle = _library().sf_open(os.fsencode(path), READ_MODE, ctypes.byref(info))
    if not handle:
        raise DecodeError(path.name)
    if info.channels != 1 or info.samplerate != SAMPLE_RATE or info.frames <= 0:
        _library().sf_close(handle)
        raise DecodeError(path.name)
    return int(handle), info


@cache
def _library() -> ctypes.CDLL:
    """The packaged libsndfile, else the system's; which of them cannot change while we run."""
    for name in [*_packaged_libraries(), SYSTEM_LIBRARY]:
        try:
            return _declared(ctypes.CDLL(name))
        except OSError:
            continue
    raise DecodeError(SYSTEM_LIBRARY)


def _packaged_libraries() -> list[str]:
    spec = importlib.util.find_spec(LIBRARY_PACKAGE)
    folders = [] if spec is None else spec.submodule_search_locations or []
    return [str(path) for folder in folders for path in sorted(Path(folder).glob("libsndfile*.so"))]


def _declared(library: ctypes.CDLL) -> ctypes.CDLL:
    library.sf_open.restype = ctypes.c_void_p
    library.sf_open.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p]
    library.sf_close.argtypes = [ctypes.c_void_p]
    library.sf_seek.restype = ctypes.c_int64
    library.sf_seek.argtypes = [ctypes.c_void_p, ctypes.c_int64, ctypes.c_int]
    library.sf_readf_short.restype = ctypes.c_int64
    library.sf_readf_short.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64]
    return library
