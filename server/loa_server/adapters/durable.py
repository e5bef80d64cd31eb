"""What a power cut must not take back: content first, then the name it is known by."""

import os
from pathlib import Path


def write_private(path: Path, content: bytes) -> None:
    """Write a file only its owner may read; its content is on the disk, its name not yet."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make names that were added to, changed in or taken from a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
