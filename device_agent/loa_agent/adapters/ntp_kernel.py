"""What the kernel knows of its clock: `adjtimex` and the battery clock, Linux only."""

import ctypes
import sys
import time
from functools import cache
from pathlib import Path

TIME_ERROR = 5
"""adjtimex(2): not synchronised; the kernel says so some 9 hours after the last correction."""
RTC = Path("/sys/class/rtc/rtc0")
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class _Timex(ctypes.Structure):
    """struct timex up to the padding; modes 0 only reads."""

    _fields_ = (("modes", ctypes.c_uint), ("rest", ctypes.c_char * 508))


def kernel_synchronised() -> bool:
    """Whether a time daemon keeps the clock right; False where that cannot be known."""
    function = _adjtimex()
    if function is None:
        return False
    status = function(ctypes.byref(_Timex(modes=0)))
    return bool(0 <= status < TIME_ERROR)


def battery_clock() -> float | None:
    """Unix seconds of a battery clock from which the kernel set its time at boot, else None."""
    try:
        if (RTC / "hctosys").read_text().strip() != "1":
            return None
        return float((RTC / "since_epoch").read_text())
    except (OSError, ValueError):
        return None


def boot_id() -> str:
    """Changes with every start of the machine; empty where unknown."""
    try:
        return BOOT_ID.read_text().strip()
    except OSError:
        return ""


def since_boot_s() -> float:
    """Steady seconds since the machine started, sleep included."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


@cache
def _adjtimex() -> "ctypes._NamedFuncPointer | None":
    """The C library's function; which library that is cannot change while we run."""
    if sys.platform != "linux":
        return None
    try:
        return ctypes.CDLL(None, use_errno=True).adjtimex
    except (OSError, AttributeError):
        return None
