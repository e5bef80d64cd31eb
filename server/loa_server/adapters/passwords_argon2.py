"""Passwords as argon2id hashes."""

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from loa_server.domain.problems import Problem

AT_ONCE = 2
"""One hash takes 64 MB and a quarter of a second of several cores."""
PATIENCE_S = 8.0
"""How long a sign-in waits for its turn before it is told to come back."""


class Argon2Passwords:
    """Implements the port `Passwords`; a flood of guesses cannot fill the memory."""

    def __init__(self, at_once: int = AT_ONCE, patience_s: float = PATIENCE_S) -> None:
        self._hasher = PasswordHasher()
        self._turns = threading.BoundedSemaphore(at_once)
        self._patience_s = patience_s

    def hash(self, password: str) -> str:
        """A salted hash that names its own parameters; raises Problem `too_many_attempts`."""
        with self._turn():
            return self._hasher.hash(password)

    def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether the password is right; None, for nobody, costs the same and is never right.

        Raises:
            Problem: `too_many_attempts` when too many wait already.
        """
        with self._turn():
            try:
                return self._hasher.verify(password_hash or self._nobody(), password)
            except (VerificationError, InvalidHashError):
                return False

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=self._patience_s):
            raise Problem("too_many_attempts", {"seconds": int(self._patience_s)})
        try:
            yield
        finally:
            self._turns.release()

    def _nobody(self) -> str:
        """A hash no password has, with the parameters that every real one has."""
        hasher = self._hasher
        salt, digest = (_base64(bytes(size)) for size in (hasher.salt_len, hasher.hash_len))
        cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
        return f"$argon2id$v=19${cost}${salt}${digest}"


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).rstrip(b"=").decode()
