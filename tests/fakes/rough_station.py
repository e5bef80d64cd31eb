"""A station in rough weather: clocks are set, power fails, events come twice, the card breaks.

Time that nobody can set runs beside the wall clock; sound is judged by what was true while it
sounded, not by what the brain believed.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from loa_agent.core import commands as c
from loa_agent.core import events as e
from loa_agent.core.machine import step
from loa_agent.core.state import Brain
from loa_agent.protocol import topics
from loa_agent.protocol.documents import Config, Document
from loa_agent.protocol.hours import permitted_spans
from loa_agent.protocol.reports import ClockTrust, Record
from loa_agent.protocol.seal import seal
from makers import AUTHORITY, STATION

from fakes.station import topic_of

ZERO = timedelta(0)
MS = timedelta(milliseconds=1)
MAX_STEPS = 5000
"""More in one story means that the brain turns without end."""
EMERGENCIES = "storm"
"""Broadcasts whose id begins so are emergencies."""


class Sounding:
    """A cue in the player, in time nobody sets."""

    def __init__(self, cue: c.Cue, begins: timedelta) -> None:
        self.cue = cue
        self.begins = begins
        self.ends = begins + cue.length_ms * MS
        self.told = False

    @property
    def broadcast(self) -> str:
        return self.cue.play.partition("@")[0]

    def heard_ms(self, steady: timedelta) -> int:
        return max(ZERO, min(steady, self.ends) - self.begins) // MS


class RoughStation:
    """`steady` is time since the beginning; `wall` is what the station's clock shows."""

    def __init__(self, wall: datetime) -> None:
        self._origin = wall
        self.steady = ZERO
        self.set_by = ZERO
        self.since = wall
        self.trust = ClockTrust.SYNCHRONISED
        self.brain: Brain | None = None
        self.boot = 0
        self.journal: list[Record] = []
        self.disk: dict[str, bytes] = {}
        self.blobs: frozenset[str] = frozenset()
        self.playing: dict[str, Sounding] = {}
        self.alarm = wall
        self.connection = 0
        self.network = True
        self.card: str | None = None
        self.deaf = False
        """The player does not answer; sound it has goes on to its end."""
        self.last: e.Event | None = None
        self.heard: dict[str, int] = {}
        self.faults: list[str] = []
        self.steps = 0

    @property
    def wall(self) -> datetime:
        return self._origin + self.steady + self.set_by

    def power_on(self) -> None:
        self.boot += 1
        self.brain = None
        self.playing = {}
        self.deliver(
            e.Booted(
                now=self.wall,
                station=STATION,
                boot=self.boot,
                since=self.since,
                keys={AUTHORITY.kid: AUTHORITY.public_b64},
                documents={f"{topics.PREFIX}/{key}": raw for key, raw in self.disk.items()},
                blobs=self.blobs,
                history=tuple(self.journal),
                last_sequence=len(self.journal),
                acked_sequence=0,
            )
        )
        self.deliver(e.ClockJudged(self.wall, self.trust))

    def power_off(self) -> None:
        for play in self.playing.values():
            self._count(play)
        self.playing = {}
        self.brain = None

    def set_clock(self, by: timedelta, trust: ClockTrust) -> None:
        self.set_by += by
        self.trust = trust
        if self.brain is not None:
            self.deliver(e.ClockJudged(self.wall, trust, by // MS))

    def receive(self, *documents: Document) -> None:
        for document in documents:
            raw = seal(document, AUTHORITY)
            self.deliver(e.MessageArrived(self.wall, topic_of(document), raw))

    def again(self) -> None:
        """The last event once more."""
        if self.last is not None and self.brain is not None:
            self.deliver(replace(self.last, now=self.wall))

    def wait(self, length: timedelta) -> None:
        """Let time pass; what rings and ends meanwhile is delivered when it does."""
        until = self.steady + length
        while self.brain is not None:
            rings = self.steady + max(ZERO, self.alarm - self.wall)
            turns = [
                turn
                for play in self.playing.values()
                for turn in (play.ends, *(() if play.told else (play.begins,)))
            ]
            soonest = min([rings, *turns])
            if soonest > until:
                break
            self._pass(soonest)
            if not self._tell() and soonest == rings:
                self.deliver(e.Tick(self.wall))
        self._pass(until)

    def _pass(self, until: timedelta) -> None:
        """Move time, having judged what sounds during it."""
        if until > self.steady:
            now = self.wall
            sounding = [
                p for p in self.playing.values() if p.begins < until and p.ends > self.steady
            ]
            if len(sounding) > 1 and min(p.ends for p in sounding) > max(
                p.begins for p in sounding
            ):
                self.faults.append(f"two at once at {now}: {[p.cue.play for p in sounding]}")
            for play in sounding:
                begin = now + max(ZERO, play.begins - self.steady)
                self._judge(play, begin, now + min(until, play.ends) - self.steady)
            self.steady = until

    def _judge(self, play: Sounding, begin: datetime, end: datetime) -> None:
        assert self.brain is not None
        if self.deaf:
            return
        if self.trust is ClockTrust.UNTRUSTED:
            self.faults.append(f"by an untrusted clock: {play.cue.play} {begin} {end}")
        config = self.brain.config
        if play.broadcast.startswith(EMERGENCIES) or config is None:
            return
        spans = permitted_spans(config.hours, config.zone, begin, end)
        if [(span.begin, span.end) for span in spans] != [(begin, end)]:
            self.faults.append(f"outside hours: {play.cue.play} {begin} {end}")

    def _tell(self) -> bool:
        """Deliver what the player has to say now."""
        told = False
        for name, play in list(self.playing.items()):
            if not play.told and play.begins <= self.steady:
                play.told = told = True
                self.deliver(e.PlayStarted(self.wall, name, self.wall))
            if name in self.playing and play.ends <= self.steady:
                del self.playing[name]
                self._count(play)
                told = True
                if not self.deaf:
                    self.deliver(e.PlayEnded(self.wall, name, "completed", play.cue.length_ms))
        return told

    def _count(self, play: Sounding) -> None:
        occurrence = play.cue.play.rpartition("/")[0]
        self.heard[occurrence] = self.heard.get(occurrence, 0) + play.heard_ms(self.steady)

    def deliver(self, event: e.Event) -> None:
        """One event, and all that follows from it at once."""
        if not isinstance(event, e.Booted):
            self.last = event
        waiting = [event]
        while waiting:
            self.steps += 1
            assert self.steps < MAX_STEPS, f"turns without end at {self.wall} after {event}"
            self.brain, commands = step(self.brain, waiting.pop(0))
            for command in commands:
                waiting += self._obey(command)

    def _obey(self, command: c.Command) -> list[e.Event]:
        match command:
            case c.WakeAt(at=at):
                self.alarm = at
            case c.StoreDocument(key=key, raw=raw):
                self.disk[key] = raw
            case c.Journal(record=record):
                sequence = len(self.journal) + 1
                self.journal.append(record.model_copy(update={"sequence": sequence}))
                return [e.Journaled(self.wall, sequence)]
            case c.Fetch(sha256=sha256):
                if not self.network:
                    return [e.FetchFailed(self.wall, sha256, "network")]
                self.blobs |= {sha256}
                return [e.FetchDone(self.wall, sha256)]
            case c.Cue() as cue:
                return self._cue(cue)
            case c.StopPlay(play=name) if not self.deaf:
                return self._stop(name)
        return []

    def _cue(self, cue: c.Cue) -> list[e.Event]:
        if cue.start_at <= self.wall:
            self.faults.append(f"cued too late: {cue.play}")
        if self.card is not None:
            return [e.PlayEnded(self.wall, cue.play, self.card, 0)]
        self.playing[cue.play] = Sounding(cue, self.steady + (cue.start_at - self.wall))
        return []

    def _stop(self, name: str) -> list[e.Event]:
        play = self.playing.pop(name, None)
        if play is None:
            return []
        self._count(play)
        return [e.PlayEnded(self.wall, name, "stopped", play.heard_ms(self.steady))]

    @property
    def config(self) -> Config | None:
        return None if self.brain is None else self.brain.config
