"""The system's wall clock, and whether to believe it.

It is synchronised when the kernel says that a time daemon keeps it. It is held over when it was
known to be right not too long ago and has not been moved since: known from the kernel, or from a
time the server signed. Across a power cut it is held over only by a battery clock that did not
fall behind what was right before. Otherwise it is not trusted, whatever it shows.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import ValidationError
from typing_extensions import override

from loa_agent.adapters import ntp_kernel
from loa_agent.durable import write_durably
from loa_agent.ports import Clock
from loa_agent.protocol.documents import Wire
from loa_agent.protocol.reports import ClockTrust

log = logging.getLogger(__name__)

HOLD_OVER_S = 14 * 24 * 3600.0
"""A common crystal strays less than a minute in this time; a station must play for 14 days."""
MOVED_S = 1.0
STRAY = 500e-6
"""The fastest a time daemon turns the clock without stepping it."""
AGREES_WITHIN_S = 30.0
"""About what a held-over clock may stray; a start that late is better than silence."""
BATTERY_WITHIN_S = 2.0
LONGEST_ANSWER_S = 10.0
"""An answer that took longer says too little about the time."""
SAVE_EVERY_S = 600.0


class Anchor(Wire):
    """An instant at which the clock was right: wall seconds beside steady seconds of a boot."""

    boot_id: str
    wall_s: float
    steady_s: float


@dataclass(frozen=True, slots=True)
class Sources:
    """Where time comes from; tests put their own here."""

    wall: Callable[[], datetime] = lambda: datetime.now(UTC)
    steady_s: Callable[[], float] = ntp_kernel.since_boot_s
    synchronised: Callable[[], bool] = ntp_kernel.kernel_synchronised
    battery: Callable[[], float | None] = ntp_kernel.battery_clock
    boot_id: Callable[[], str] = ntp_kernel.boot_id


class SystemClock(Clock):
    """Remembers in `path` when the clock was last right, unless it only `looks`."""

    def __init__(self, path: Path, sources: Sources | None = None, *, looks: bool = False) -> None:
        self._path = path
        self._looks = looks
        self._sources = sources or Sources()
        self._anchor: Anchor | None = None
        self._saved_wall_s: float | None = None
        self._warned = False

    def open(self) -> None:
        """Read what an earlier process knew."""
        try:
            anchor = Anchor.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return
        except (OSError, ValidationError) as error:
            log.warning("clock_anchor_unreadable reason=%s", error)
            return
        self._saved_wall_s = anchor.wall_s
        self._anchor = anchor if self._same_boot(anchor) else self._across_power_cut(anchor)

    @override
    def now(self) -> datetime:
        return self._sources.wall()

    @override
    def trust(self) -> ClockTrust:
        if self._sources.synchronised():
            self._set_anchor()
            return ClockTrust.SYNCHRONISED
        return ClockTrust.HELD_OVER if self._holds() else ClockTrust.UNTRUSTED

    @override
    def compare(self, server_time: datetime, asked_at: datetime, answered_at: datetime) -> None:
        if not timedelta(0) <= answered_at - asked_at <= timedelta(seconds=LONGEST_ANSWER_S):
            return
        margin = timedelta(seconds=AGREES_WITHIN_S)
        if asked_at - margin <= server_time <= answered_at + margin:
            self._warned = False
            self._set_anchor()
            return
        if not self._warned:
            log.warning(
                "clock_differs_from_server seconds=%.1f",
                (answered_at - server_time).total_seconds(),
            )
        self._warned = True
        if not self._sources.synchronised():
            self._anchor = None

    def _holds(self) -> bool:
        """Whether the clock ran untouched since it was right."""
        anchor = self._anchor
        if anchor is None:
            return False
        passed_s = self._sources.steady_s() - anchor.steady_s
        moved_s = abs(self._wall_s() - anchor.wall_s - passed_s)
        return 0 <= passed_s <= HOLD_OVER_S and moved_s <= MOVED_S + STRAY * passed_s

    def _set_anchor(self) -> None:
        wall_s = self._wall_s()
        self._anchor = Anchor(
            boot_id=self._sources.boot_id(), wall_s=wall_s, steady_s=self._sources.steady_s()
        )
        saved_s = self._saved_wall_s
        if self._looks or (saved_s is not None and abs(wall_s - saved_s) < SAVE_EVERY_S):
            return
        try:
            write_durably(self._path, self._anchor.model_dump_json().encode())
        except OSError as error:
            log.warning("clock_anchor_not_saved reason=%s", error)
        self._saved_wall_s = wall_s

    def _same_boot(self, anchor: Anchor) -> bool:
        return bool(anchor.boot_id) and anchor.boot_id == self._sources.boot_id()

    def _across_power_cut(self, before: Anchor) -> Anchor | None:
        """An anchor at this moment, if a battery clock counted on while the machine was off."""
        battery_s = self._sources.battery()
        wall_s = self._wall_s()
        if battery_s is None or abs(battery_s - wall_s) > BATTERY_WITHIN_S:
            return None
        if not 0 <= wall_s - before.wall_s <= HOLD_OVER_S:
            return None
        # The age counts from when the clock was right, not from this start.
        steady_s = self._sources.steady_s() - (wall_s - before.wall_s)
        return Anchor(boot_id=self._sources.boot_id(), wall_s=before.wall_s, steady_s=steady_s)

    def _wall_s(self) -> float:
        return self._sources.wall().timestamp()
