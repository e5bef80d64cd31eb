"""Keeps visitors who send drop by drop, or never hang up, from stopping the web server.

A request that has arrived whole costs a thread for as long as it is answered. One that has not,
head or body, needs one of few places besides, and not for long; without a place it is cut off.
"""

import contextlib
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

GRACE_S = 0.25
"""What an honest request may lag behind its connection, or its body behind its head."""
HEAD_S = 10.0
BODY_S = 20.0
SLOWEST_BYTES_PER_S = 8 * 1024
"""A body as long as the largest upload still comes through a poor line."""
ENDLESS_BYTES = 4 * 1024 * 1024
"""For how many bytes a body gets time that does not say its length."""
LINGER_S = 2.0
HEAD_END = b"\r\n\r\n"
LOOK_BYTES = 64 * 1024
LOOK_EVERY_S = 0.01


class SlowPlaces:
    """The places of one worker process."""

    def __init__(self, number: int) -> None:
        self._free = threading.BoundedSemaphore(number)

    @contextmanager
    def place(self, sock: socket.socket, limit_s: float) -> Iterator[bool]:
        """Whether there is a place; with one, the socket is hushed after `limit_s`."""
        if not self._free.acquire(blocking=False):
            yield False
            return
        alarm = threading.Timer(limit_s, hush, (sock,))
        alarm.daemon = True
        alarm.start()
        try:
            yield True
        finally:
            alarm.cancel()
            self._free.release()

    def part(self, sock: socket.socket) -> None:
        """End a connection; what the peer still sends is read for a moment.

        Closing over unread bytes would reset the connection and could cost the last answer.
        """
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_WR)
            if _peek(sock):
                with self.place(sock, LINGER_S) as placed:
                    left = LOOK_BYTES
                    while placed and left > 0 and (chunk := sock.recv(LOOK_BYTES)):
                        left -= len(chunk)
        hush(sock)


def hush(sock: socket.socket) -> None:
    """Whoever reads from the socket is told that it has ended."""
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RD)


def head_is_here(sock: socket.socket, held: bytes) -> bool:
    """Whether a whole head waits to be read, given a moment; `held` was read before."""
    return _comes(sock, lambda seen: HEAD_END in held + seen)


def body_is_here(sock: socket.socket, held: bytes, length: int | None) -> bool:
    """Whether a body of `length` waits to be read, given a moment; None: it has no length."""
    if length is None or length - len(held) > LOOK_BYTES:
        return False
    return length <= len(held) or _comes(sock, lambda seen: len(held) + len(seen) >= length)


def patience_s(length: int | None) -> float:
    """How long a body may take."""
    return BODY_S + (ENDLESS_BYTES if length is None else length) / SLOWEST_BYTES_PER_S


def _comes(sock: socket.socket, enough: Callable[[bytes], bool]) -> bool:
    """Whether enough waits to be read before the grace is over; nothing is taken."""
    deadline = time.monotonic() + GRACE_S
    while not enough(_peek(sock)):
        left_s = deadline - time.monotonic()
        if left_s <= 0 or not _readable(sock, left_s):
            return False
        time.sleep(min(LOOK_EVERY_S, left_s))
    return True


def _peek(sock: socket.socket) -> bytes:
    try:
        return sock.recv(LOOK_BYTES, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except OSError:
        return b""


def _readable(sock: socket.socket, timeout_s: float) -> bool:
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(timeout_s * 1000))
