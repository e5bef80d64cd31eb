"""Audio on the local disk, every file named by the SHA-256 of its content."""

import errno
import hashlib
import os
import re
import tempfile
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO

from loa_agent.protocol.ids import SHA256_PATTERN

from loa_server.adapters.durable import sync_folder
from loa_server.domain.problems import Problem

CHUNK_BYTES = 1024 * 1024
INCOMING = ".incoming-"
"""How unfinished files begin; whatever still bears this name after a crash is rubbish."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class DiskBlobs:
    """Implements the port `Blobs`: uploads and prepared voices lie side by side in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, stream: BinaryIO, max_bytes: int) -> str:
        """Store durably and return the hash; nothing is left behind on failure.

        Raises:
            Problem: `too_large`, `empty_file`, `disk_full`.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.TemporaryDirectory(dir=self.folder, prefix=INCOMING) as scratch:
                draft = Path(scratch) / "blob"
                with draft.open("wb") as file:
                    sha256 = _copy(stream, file, max_bytes)
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(self.folder / sha256)
            sync_folder(self.folder)
        except OSError as error:
            if error.errno in _FULL:
                raise Problem("disk_full") from error
            raise
        return sha256

    def path(self, sha256: str) -> Path | None:
        """Where it lies, or None; what is no hash names no file."""
        if re.fullmatch(SHA256_PATTERN, sha256) is None:
            return None
        path = self.folder / sha256
        return path if path.is_file() else None

    def drop(self, sha256: str, before: datetime) -> bool:
        """Delete it unless it was stored since `before`; whether there was anything to delete."""
        path = self.path(sha256)
        if path is None or path.stat().st_mtime >= before.timestamp():
            return False
        path.unlink(missing_ok=True)
        return True


def _copy(stream: BinaryIO, target: IO[bytes], max_bytes: int) -> str:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK_BYTES):
        size += len(chunk)
        if size > max_bytes:
            raise Problem("too_large", {"limit_bytes": max_bytes})
        digest.update(chunk)
        target.write(chunk)
    if size == 0:
        raise Problem("empty_file")
    return digest.hexdigest()
