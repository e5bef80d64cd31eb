"""Audio over HTTP: resumed by range, never longer than announced, verified before it has a name."""

import hashlib
import logging
import os
import shutil
import threading
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

import urllib3
from pydantic import AwareDatetime
from typing_extensions import override
from urllib3.exceptions import HTTPError

from loa_agent.adapters.blobs_disk import CHUNK_BYTES, DiskBlobs
from loa_agent.adapters.disk_errors import disk_code
from loa_agent.config import Identity
from loa_agent.ports import Fetcher, FetchError
from loa_agent.protocol.documents import Wire
from loa_agent.protocol.seal import SigningKey, seal

log = logging.getLogger(__name__)

CONNECT_TIMEOUT_S = 10.0
READ_TIMEOUT_S = 20.0
KEEP_FREE_BYTES = 50 * 1024 * 1024
"""Audio never takes the last of the disk, which the journal needs."""
_REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


class BlobRequest(Wire):
    """What a station signs with every request."""

    station: str
    at: AwareDatetime


class HttpFetcher(Fetcher):
    """Fetches one blob at a time; `stop` from another thread ends a fetch under way."""

    def __init__(
        self,
        identity: Identity,
        key: SigningKey,
        blobs: DiskBlobs,
        now: Callable[[], datetime],
        keep_free_bytes: int = KEEP_FREE_BYTES,
    ) -> None:
        self._identity = identity
        self._key = key
        self._blobs = blobs
        self._now = now
        self._keep_free_bytes = keep_free_bytes
        self._stopped = threading.Event()
        self._answer: urllib3.BaseHTTPResponse | None = None
        self._pool = urllib3.PoolManager(
            num_pools=1,
            retries=False,
            timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT_S, read=READ_TIMEOUT_S),
        )

    def stop(self) -> None:
        """Break off; what has come stays and is resumed after the next start."""
        self._stopped.set()
        answer = self._answer
        if isinstance(answer, urllib3.HTTPResponse):
            try:
                answer.shutdown()
            except (OSError, ValueError) as error:
                log.debug("fetch_already_over reason=%s", error)

    @override
    def fetch(self, sha256: str, size_bytes: int) -> None:
        part = self._blobs.part(sha256)
        try:
            if not self._is_complete(part, size_bytes):
                self._check_room(part, size_bytes)
                self._download(sha256, size_bytes, part)
            self._accept(sha256, part)
        except FetchError as error:
            if error.code == "hash_mismatch":
                part.unlink(missing_ok=True)
            raise
        except HTTPError as error:
            raise FetchError("network") from error
        except OSError as error:
            code = disk_code(error)
            if code == "disk_full":
                part.unlink(missing_ok=True)
            raise FetchError(code if code == "disk_full" else "network") from error

    @staticmethod
    def _is_complete(part: Path, size_bytes: int) -> bool:
        """Whole already, when the stop came between the last byte and the name."""
        return part.exists() and part.stat().st_size == size_bytes

    def _check_room(self, part: Path, size_bytes: int) -> None:
        if shutil.disk_usage(part.parent).free < size_bytes + self._keep_free_bytes:
            raise FetchError("disk_full")

    def _download(self, sha256: str, size_bytes: int, part: Path) -> None:
        have = part.stat().st_size if part.exists() else 0
        if have > size_bytes:
            part.unlink()
            have = 0
        answer = self._request(sha256, have)
        self._answer = answer
        try:
            resumed = self._judge(answer, have, part)
            with part.open("ab" if resumed else "wb") as file:
                os.fchmod(file.fileno(), 0o600)
                self._copy(answer, file.write, size_bytes - (have if resumed else 0))
                file.flush()
                os.fsync(file.fileno())
        finally:
            self._answer = None
            answer.close()
        if part.stat().st_size != size_bytes:
            raise FetchError("network")

    def _request(self, sha256: str, have: int) -> urllib3.BaseHTTPResponse:
        identity = self._identity
        token = seal(BlobRequest(station=identity.station, at=self._now()), self._key).decode()
        headers = {
            "X-Loa-Station": identity.station,
            "Authorization": f"Loa {token}",
            "Accept-Encoding": "identity",
        }
        if have:
            headers["Range"] = f"bytes={have}-"
        address = f"{identity.server}/api/v1/blobs/{sha256}"
        return self._pool.request(
            "GET", address, headers=headers, preload_content=False, redirect=False
        )

    @staticmethod
    def _judge(answer: urllib3.BaseHTTPResponse, have: int, part: Path) -> bool:
        """Whether the answer continues what we have; raises FetchError when it is no audio."""
        if answer.status == HTTPStatus.OK:
            return False
        if answer.status == HTTPStatus.PARTIAL_CONTENT:
            if answer.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
                return True
            raise FetchError("network")
        if answer.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            part.unlink(missing_ok=True)
            raise FetchError("network")
        if answer.status == HTTPStatus.NOT_FOUND:
            raise FetchError("not_found")
        raise FetchError("refused" if answer.status in _REFUSED else "network")

    def _copy(
        self, answer: urllib3.BaseHTTPResponse, write: Callable[[bytes], int], limit: int
    ) -> None:
        """At most one byte more than announced: enough to see that it is the wrong file."""
        left = limit + 1
        while left > 0:
            if self._stopped.is_set():
                raise FetchError("network")
            # What is here now, not a full chunk: a line that breaks often must still get ahead.
            chunk = answer.read1(min(CHUNK_BYTES, left))
            if not chunk:
                return
            write(chunk)
            left -= len(chunk)
        raise FetchError("hash_mismatch")

    def _accept(self, sha256: str, part: Path) -> None:
        digest = hashlib.sha256()
        with part.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                digest.update(chunk)
            os.fsync(file.fileno())
        if digest.hexdigest() != sha256:
            raise FetchError("hash_mismatch")
        self._blobs.complete(sha256)
