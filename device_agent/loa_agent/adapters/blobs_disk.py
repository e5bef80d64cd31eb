"""Audio by hash: a file carries its final name only after it was fsynced and its hash was right."""

import hashlib
import logging
import re
import time
from collections.abc import Iterator
from pathlib import Path

from typing_extensions import override

from loa_agent.durable import PRIVATE_FOLDER, sync_folder
from loa_agent.ports import Blobs
from loa_agent.protocol.ids import SHA256_PATTERN

log = logging.getLogger(__name__)

PART_SUFFIX = ".part"
PART_LIFE_S = 14 * 24 * 3600
"""A half fetched file older than this is for a broadcast that is over."""
CHUNK_BYTES = 256 * 1024


class DiskBlobs(Blobs):
    """Files in one folder named by their SHA-256."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self) -> None:
        """Make the folder and take away what no fetch will resume."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        oldest = time.time() - PART_LIFE_S
        for part in self._folder.glob(f"*{PART_SUFFIX}"):
            if part.stat().st_mtime < oldest:
                part.unlink(missing_ok=True)

    @override
    def path(self, sha256: str) -> Path | None:
        found = self._folder / sha256
        return found if _is_hash(sha256) and found.is_file() else None

    @override
    def all(self) -> frozenset[str]:
        return frozenset(self._held())

    @override
    def drop(self, sha256: str) -> None:
        if _is_hash(sha256):
            (self._folder / sha256).unlink(missing_ok=True)
            self.part(sha256).unlink(missing_ok=True)

    def part(self, sha256: str) -> Path:
        """Where a fetch collects the content until it is whole."""
        return self._folder / f"{sha256}{PART_SUFFIX}"

    def complete(self, sha256: str) -> None:
        """Give a whole, fsynced and verified part its name."""
        self.part(sha256).replace(self._folder / sha256)
        sync_folder(self._folder)

    def is_whole(self, sha256: str) -> bool:
        """Whether the content read back has this hash; False when it cannot be read."""
        try:
            return hash_of(self._folder / sha256) == sha256
        except OSError as error:
            log.warning("blob_unreadable sha256=%s reason=%s", sha256, error)
            return False

    def _held(self) -> Iterator[str]:
        """An empty file is what a file system without barriers leaves after a power cut."""
        for path in self._folder.glob("[0-9a-f]*"):
            if _is_hash(path.name) and path.stat().st_size > 0:
                yield path.name


def hash_of(path: Path) -> str:
    """SHA-256 of a file's content, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _is_hash(name: str) -> bool:
    return re.fullmatch(SHA256_PATTERN, name) is not None
