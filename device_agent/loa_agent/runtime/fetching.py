"""One worker thread for slow things of the disk and the network: fetches, and reading back."""

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime

from loa_agent.core.events import BlobLost, FetchDone, FetchFailed
from loa_agent.ports import Blobs, Emit, Fetcher, FetchError

log = logging.getLogger(__name__)


class FetchQueue:
    """Fetches one blob after another and emits how it went.

    Blobs found at start are read back here, between the fetches, so that neither the start nor
    a fetch waits for all of them.
    """

    def __init__(
        self, fetcher: Fetcher, blobs: Blobs, emit: Emit, now: Callable[[], datetime]
    ) -> None:
        self._fetcher = fetcher
        self._blobs = blobs
        self._emit = emit
        self._now = now
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="fetch")
        self._unread: list[str] = []

    def fetch(self, sha256: str, size_bytes: int) -> None:
        """Get a blob; FetchDone or FetchFailed follows."""
        future = self._pool.submit(self._fetcher.fetch, sha256, size_bytes)
        future.add_done_callback(lambda done: self._answer(sha256, done))

    def read_back(self, hashes: Iterable[str], is_whole: Callable[[str], bool]) -> None:
        """Check the content of these blobs; BlobLost follows for each that is not whole."""
        self._unread = list(hashes)
        self._read_next(is_whole)

    def stop(self) -> None:
        """Take no more work."""
        self._unread = []
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _answer(self, sha256: str, done: "Future[None]") -> None:
        if done.cancelled():
            return
        error = done.exception()
        if error is None:
            log.info("fetch_done sha256=%s", sha256[:12])
            self._emit(FetchDone(self._now(), sha256))
            return
        code = error.code if isinstance(error, FetchError) else "network"
        unexpected = None if isinstance(error, FetchError) else error
        log.warning("fetch_failed sha256=%s code=%s", sha256[:12], code, exc_info=unexpected)
        self._emit(FetchFailed(self._now(), sha256, code))

    def _read_next(self, is_whole: Callable[[str], bool]) -> None:
        """One blob per job, so that a fetch asked for meanwhile comes before the next."""
        if not self._unread:
            return
        sha256 = self._unread.pop(0)
        try:
            future = self._pool.submit(is_whole, sha256)
        except RuntimeError:  # the pool was closed meanwhile
            return
        future.add_done_callback(lambda done: self._read(sha256, is_whole, done))

    def _read(self, sha256: str, is_whole: Callable[[str], bool], done: "Future[bool]") -> None:
        if done.cancelled() or done.exception() is not None:
            return
        if not done.result():
            log.error("blob_lost sha256=%s", sha256)
            self._blobs.drop(sha256)
            self._emit(BlobLost(self._now(), sha256))
        self._read_next(is_whole)
