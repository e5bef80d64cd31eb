"""The web server: gunicorn with threads, set up here and nowhere else."""

import gc
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]
from gunicorn.workers.base import Worker  # type: ignore[import-untyped]
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]
from typing_extensions import override

from loa_server.leash import hold
from loa_server.workers.slow import (
    HEAD_S,
    LINGER_S,
    SlowPlaces,
    body_is_here,
    head_is_here,
    patience_s,
)

Wsgi = Callable[..., Any]  # Any: the shape of WSGI itself
Make = Callable[[], tuple[Wsgi, Callable[[], None]]]
"""Makes the application and what ends its event streams."""

CONNECTIONS = 1000
KEEP_ALIVE_S = 15
SILENT_WORKER_S = 60
STOP_S = 6
"""How long requests under way may take to end; less than the supervisor's patience."""


@dataclass(frozen=True, slots=True)
class WebAddress:
    """Where to listen and with how many threads; `folder` takes small working files."""

    host: str
    port: int
    threads: int
    folder: Path


class WebServer(BaseApplication):  # type: ignore[misc]  # it has no types
    """One worker process with many threads; event streams need one each."""

    def __init__(self, address: WebAddress, make: Make) -> None:
        self._address = address
        self._make = make
        super().__init__()

    @override
    def load_config(self) -> None:
        address = self._address
        host = f"[{address.host}]" if ":" in address.host else address.host
        values = {
            "bind": f"{host}:{address.port}",
            "workers": 1,
            "threads": address.threads,
            "worker_class": _Worker,
            "worker_connections": CONNECTIONS,
            "worker_tmp_dir": str(address.folder),
            "keepalive": KEEP_ALIVE_S,
            "timeout": SILENT_WORKER_S,
            "graceful_timeout": STOP_S,
            "preload_app": True,
            "control_socket_disable": True,
            "loglevel": "warning",
            "pre_fork": _share_memory,
            "post_fork": _follow_parent,
        }
        for name, value in values.items():
            self.cfg.set(name, value)

    @override
    def load(self) -> Wsgi:
        wsgi, close = self._make()
        _Worker.close_streams = staticmethod(close)
        return wsgi


class _Worker(ThreadWorker):  # type: ignore[misc]  # it has no types
    """Bounds what slow visitors hold; its event streams are told to end when it stops."""

    close_streams: Callable[[], None] = staticmethod(lambda: None)

    @override
    def init_process(self) -> None:
        self._slow = SlowPlaces(max(1, self.cfg.threads // 3))
        super().init_process()

    @override
    def handle(self, conn: Any) -> Any:  # Any: it has no types
        """Wait for a whole head, answer, and part here: the main thread must never wait."""
        with ExitStack() as places:
            conn.head_came = places.close
            if not head_is_here(conn.sock, _held(conn)):
                placed = places.enter_context(self._slow.place(conn.sock, HEAD_S))
            else:
                placed = True
            result = super().handle(conn) if placed else False
        if result is False:
            self._slow.part(conn.sock)
        return result

    @override
    def handle_request(self, req: Any, conn: Any) -> Any:
        conn.head_came()
        length = _length(req)
        if body_is_here(conn.sock, _held(conn), length):
            return super().handle_request(req, conn)
        with self._slow.place(conn.sock, patience_s(length)) as placed:
            # What the answer left unread is read here as well, or the connection ends.
            return (
                placed
                and super().handle_request(req, conn)
                and conn.parser.finish_body(deadline=time.monotonic() + LINGER_S)
            )

    @override
    def handle_exit(self, sig: signal.Signals, frame: FrameType | None) -> None:
        type(self).close_streams()
        super().handle_exit(sig, frame)


def _held(conn: Any) -> bytes:
    """What was read from the connection and not used yet."""
    return b"" if conn.parser is None else bytes(conn.parser.unreader.buf.getvalue())


def _length(req: Any) -> int | None:
    """Length of the body; None when it comes in chunks."""
    return getattr(req.body.reader, "length", None)


def _share_memory(_arbiter: Arbiter, _worker: Worker) -> None:
    """What the parent has loaded stays shared: the collector must not write to it."""
    gc.collect()
    gc.freeze()


def _follow_parent(_arbiter: Arbiter, worker: Worker) -> None:
    hold(worker.ppid)
