"""Takes large uploads onto the data disk, bounded in number, size and memory."""

import errno
import tempfile
from collections.abc import Callable
from functools import wraps
from typing import IO, Any, ParamSpec, TypeVar

from flask import Request, request
from typing_extensions import override

from loa_server.api.access import slot
from loa_server.api.context import api
from loa_server.domain.problems import Problem

FORM_BYTES = 64 * 1024
"""Names, boundaries and text fields around the file."""
PARSER_BYTES = 512 * 1024
"""The parser counts the chunk of 64 KiB it is just looking at as well."""
MAX_PARTS = 20
SMALL_BODY_BYTES = 1024 * 1024
LIST_BODY_BYTES = 8 * 1024 * 1024
"""Twenty thousand lines of a list with the longest names."""
UPLOAD_ENDPOINT = "bulletins.upload"
LIST_ENDPOINT = "areas.import_list"
FULL_DISK = frozenset({errno.ENOSPC, errno.EDQUOT})

P = ParamSpec("P")
R = TypeVar("R")


class UploadRequest(Request):
    """Files of a form go to the data folder: /tmp may be small, or memory."""

    max_form_memory_size = PARSER_BYTES
    max_form_parts = MAX_PARTS

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._spools: list[IO[bytes]] = []

    @override
    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        # The file has no name on disk: it is gone whatever happens to this process.
        folder = api().options.uploads
        spool = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - closed below
        self._spools.append(spool)
        return _Spool(spool)  # type: ignore[return-value]  # it has what the parser asks for

    @override
    def close(self) -> None:
        """Give the disk back, also after a form that broke off."""
        super().close()
        for spool in self._spools:
            spool.close()


class _Spool:
    """A file that says `disk_full` in our words."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, chunk: bytes) -> int:
        """Write all of it; raises Problem `disk_full`."""
        left = memoryview(chunk)
        try:
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            if error.errno in FULL_DISK:
                raise Problem("disk_full") from error
            raise
        return len(chunk)

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)


def bound_body() -> None:
    """Only the one upload may be large; everything else is read into memory."""
    if request.endpoint == LIST_ENDPOINT:
        request.max_content_length = LIST_BODY_BYTES
    elif request.endpoint != UPLOAD_ENDPOINT:
        request.max_content_length = SMALL_BODY_BYTES


def one_of_few_uploads(view: Callable[P, R]) -> Callable[P, R]:
    """Wait for a place before the body is read; raises Problem `busy`."""

    @wraps(view)
    def placed(*args: P.args, **kwargs: P.kwargs) -> R:
        with slot(api().uploads):
            return view(*args, **kwargs)

    return placed
