"""A little room set aside while there is plenty, so that a full disk still takes the journal."""

import logging
import os
import shutil
from contextlib import suppress
from pathlib import Path

log = logging.getLogger(__name__)

RESERVE_BYTES = 4 * 1024 * 1024
"""Some 10,000 records."""
PLENTY_BYTES = 64 * 1024 * 1024


class DiskReserve:
    """One file that is given up when the disk refuses."""

    def __init__(self, path: Path, plenty_bytes: int = PLENTY_BYTES) -> None:
        self._path = path
        self._plenty_bytes = plenty_bytes

    def hold(self) -> None:
        """Set the room aside if there is plenty and it is not set aside yet."""
        if self._path.exists() or shutil.disk_usage(self._path.parent).free < self._plenty_bytes:
            return
        try:
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                os.posix_fallocate(handle, 0, RESERVE_BYTES)
            finally:
                os.close(handle)
        except OSError as error:
            log.info("reserve_not_held reason=%s", error)
            with suppress(OSError):
                self._path.unlink(missing_ok=True)

    def release(self) -> bool:
        """Give the room up; False when there was none."""
        try:
            self._path.unlink()
        except OSError:
            return False
        log.warning("reserve_released bytes=%s", RESERVE_BYTES)
        return True
