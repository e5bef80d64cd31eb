"""How far one occurrence has come at one station, judged from what the station said."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

REPORT_PATIENCE = timedelta(minutes=2)
WHOLE_WITHIN_MS = 1000
"""Rounding of lengths and the closing fade never make a play count as partial."""


class Step(StrEnum):
    """Đã nhận, đã tải, đang phát, đã phát and what may come instead."""

    WAITING = "waiting"
    RECEIVED = "received"
    FETCHED = "fetched"
    PLAYING = "playing"
    PLAYED = "played"
    PARTLY = "partly"
    MISSED = "missed"
    REFUSED = "refused"


class PlayOutcome(StrEnum):
    """What a station wrote down last about an occurrence."""

    PLAYING = "playing"
    PLAYED = "played"
    PARTLY = "partly"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Play:
    """One occurrence at one station, summed over its journal records."""

    station: str
    occurrence: str
    broadcast: str | None
    outcome: PlayOutcome
    sha256: str | None = None
    planned_at: datetime | None = None
    actual_at: datetime | None = None
    offset_ms: int = 0
    played_ms: int = 0
    ended_at: datetime | None = None
    code: str | None = None

    @property
    def difference_ms(self) -> float | None:
        """Actual minus planned start in ms, an entry in the middle counted from its own instant."""
        if self.planned_at is None or self.actual_at is None:
            return None
        due = self.planned_at + timedelta(milliseconds=self.offset_ms)
        return round((self.actual_at - due).total_seconds() * 1000, 3)


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of a station with regard to one broadcast."""

    received: bool
    fetched: bool
    play: Play | None
    refusal: str | None = None


def step_of(heard: Heard, ends_at: datetime | None, now: datetime) -> tuple[Step, str | None]:
    """The step and, where one is needed, a code that says why."""
    overdue = ends_at is not None and now > ends_at + REPORT_PATIENCE
    code = "no_report" if overdue else None
    if heard.play is not None:
        # A station that died while it played has not said how it ended.
        silent = heard.play.outcome is PlayOutcome.PLAYING
        return Step(heard.play.outcome.value), code if silent else heard.play.code
    if heard.fetched and heard.received:
        return Step.FETCHED, code
    if heard.received:
        return Step.RECEIVED, code
    if heard.refusal is not None:
        return Step.REFUSED, heard.refusal
    return Step.WAITING, code
