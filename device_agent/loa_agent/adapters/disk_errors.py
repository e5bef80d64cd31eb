"""What a disk that refuses to write is called."""

import errno
import sqlite3

FULL_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def disk_code(error: OSError) -> str:
    """`disk_full` or `disk_failed`."""
    return "disk_full" if error.errno in FULL_ERRNOS else "disk_failed"


def sqlite_code(error: sqlite3.Error) -> str:
    """`disk_full` or `disk_failed`."""
    return "disk_full" if primary_code(error) == sqlite3.SQLITE_FULL else "disk_failed"


def is_corrupt(error: sqlite3.Error) -> bool:
    """The file is not the database it was; trying again cannot help."""
    return primary_code(error) in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def primary_code(error: sqlite3.Error) -> int | None:
    """SQLite's own number without the details in its upper bytes."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF
