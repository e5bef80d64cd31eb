"""Sends a file that never changes, whole or in ranges, few at a time."""

import io
from pathlib import Path
from threading import BoundedSemaphore
from typing import cast

from flask import Response, request
from typing_extensions import override
from werkzeug.wsgi import wrap_file

from loa_server.domain.problems import Problem

YEAR_S = 365 * 24 * 3600


class _HeldFile(io.FileIO):
    """Gives its place back when it is closed, which the web server does after the last byte."""

    def __init__(self, path: Path, places: BoundedSemaphore) -> None:
        super().__init__(path, "rb")
        self._places: BoundedSemaphore | None = places

    @override
    def close(self) -> None:
        super().close()
        places, self._places = self._places, None
        if places is not None:
            places.release()


def send_sound(
    path: Path, sha256: str, places: BoundedSemaphore, patience_s: float = 0.0
) -> Response:
    """Answer with the file, honouring Range and If-None-Match.

    Who waits holds a thread; stations come back by themselves and need not wait.

    Raises:
        Problem: `busy` when too many are being sent already.
    """
    if not places.acquire(timeout=patience_s):
        raise Problem("busy")
    try:
        file = _HeldFile(path, places)
    except OSError:
        places.release()
        raise
    try:
        return _answer(file, path.stat().st_size, sha256)
    except BaseException:
        file.close()
        raise


def _answer(file: io.FileIO, size: int, sha256: str) -> Response:
    answer = Response(
        wrap_file(request.environ, file), mimetype="audio/ogg", direct_passthrough=True
    )
    answer.content_length = size
    answer.set_etag(sha256)
    answer.cache_control.private = True
    answer.cache_control.immutable = True
    answer.cache_control.max_age = YEAR_S
    conditional = answer.make_conditional(request, accept_ranges=True, complete_length=size)
    return cast("Response", conditional)
