"""Starts a program that ends when its parent does, even a parent that was killed.

Run by its path, before anything of ours is imported: `leash.py SIGNAL PARENT COMMAND...`. On
systems without such a bond the program just starts.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
"""Linux: the kernel sends this process a signal when the parent dies; kept across exec."""


def leashed(command: list[str], sign: signal.Signals = signal.SIGTERM) -> list[str]:
    """The command that runs `command` on a leash held by this process."""
    return [sys.executable, "-I", "-S", __file__, str(int(sign)), str(os.getpid()), *command]


def hold(parent: int, sign: int = signal.SIGTERM) -> None:
    """Tie this process to `parent`; exits when it has died meanwhile."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, sign)
    if os.getppid() != parent:
        sys.exit(1)


if __name__ == "__main__":
    hold(int(sys.argv[2]), int(sys.argv[1]))
    os.execvp(sys.argv[3], sys.argv[3:])  # noqa: S606 - no shell; our own caller names the program
