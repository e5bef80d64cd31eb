"""A station in rough weather whose every sound is written down by someone standing below it."""

from dataclasses import dataclass
from datetime import datetime

from loa_agent.core import events as e
from loa_agent.protocol.reports import ClockTrust
from typing_extensions import override

from fakes.rough_station import MS, ZERO, RoughStation, Sounding


@dataclass(frozen=True, slots=True)
class Heard:
    """Sound without a gap, by the station's clock, from which place of its programme on."""

    occurrence: str
    begin: datetime
    end: datetime
    offset_ms: int
    volume_percent: int


class HearingStation(RoughStation):
    """Nothing is judged here: tests compare `sounds` with what they think right."""

    def __init__(self, wall: datetime) -> None:
        super().__init__(wall)
        self.sounds: list[Heard] = []
        self._moved_at = ZERO

    def of(self, occurrence: str) -> list[tuple[datetime, datetime, int]]:
        """Begin, end and offset of what was heard of an occurrence."""
        return [(h.begin, h.end, h.offset_ms) for h in self.sounds if h.occurrence == occurrence]

    def connect(self) -> None:
        """The broker is there."""
        self.connection += 1
        self.deliver(e.Connected(self.wall, self.connection))

    def disconnect(self) -> None:
        """And gone."""
        self.deliver(e.Disconnected(self.wall))

    @override
    def deliver(self, event: e.Event) -> None:
        if self.steady != self._moved_at:
            self._moved_at, self.steps = self.steady, 0
        super().deliver(event)

    @override
    def _judge(self, play: Sounding, begin: datetime, end: datetime) -> None:
        occurrence = play.cue.play.rpartition("/")[0]
        if self.trust is ClockTrust.UNTRUSTED:
            self.faults.append(f"by an untrusted clock: {play.cue.play} {begin} {end}")
        offset_ms = play.cue.offset_ms + max(ZERO, self.steady - play.begins) // MS
        if self.sounds:
            last = self.sounds[-1]
            so_far_ms = last.offset_ms + (last.end - last.begin) // MS
            if (last.occurrence, last.end, so_far_ms) == (occurrence, begin, offset_ms):
                begin, offset_ms = last.begin, last.offset_ms
                self.sounds.pop()
        volume = play.cue.volume_percent
        self.sounds.append(Heard(occurrence, begin, end, offset_ms, volume))
