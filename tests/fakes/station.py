"""A station whose edges are fakes and whose clock is moved by hand; the brain is the real one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from loa_agent.core import commands as c
from loa_agent.core import events as e
from loa_agent.core.machine import step
from loa_agent.core.state import Brain
from loa_agent.protocol import topics
from loa_agent.protocol.documents import Ack, Config, Document, Manifest
from loa_agent.protocol.reports import ClockTrust, Record, RecordKind, State
from loa_agent.protocol.seal import SigningKey, seal
from makers import AUTHORITY, NOON, STATION

BATCH = 200


class FakeStation:
    """Journal, disk, player, network and alarm that keep state and fail on demand."""

    def __init__(self, now: datetime = NOON - timedelta(hours=1), name: str = STATION) -> None:
        self.name = name
        self.now = now
        self.since = now
        self.boot = 0
        self.keys = {AUTHORITY.kid: AUTHORITY.public_b64}
        self.first_sequence = 1
        self.brain: Brain | None = None
        self.journal: list[Record] = []
        self.disk: dict[str, bytes] = {}
        self.blobs: set[str] = set()
        self.acked = 0
        self.alarm = now
        self.sounding: dict[str, c.Cue] = {}
        self.commands: list[c.Command] = []
        self.states: list[State] = []
        self.sent: list[list[Record]] = []
        self.fail_fetch: str | None = None
        self.fail_play: str | None = None
        self.drop_fetches = False
        self.deaf_player = False
        self.on_report: Callable[[list[Record]], None] = lambda _records: None
        self._connections = count(1)

    def switch_on(self, trust: ClockTrust | None = ClockTrust.SYNCHRONISED) -> None:
        """Start the process: memory is new, the disk is as it was."""
        self.boot += 1
        self._connections = count(1)
        self.sounding = {}
        self.brain = None
        self.feed(
            e.Booted(
                now=self.now,
                station=self.name,
                boot=self.boot,
                since=self.since,
                keys=self.keys,
                documents={f"{topics.PREFIX}/{key}": raw for key, raw in self.disk.items()},
                blobs=frozenset(self.blobs),
                history=tuple(self.journal),
                last_sequence=self.first_sequence - 1 + len(self.journal),
                acked_sequence=max(self.acked, self.first_sequence - 1),
            )
        )
        if trust is not None:
            self.feed(e.ClockJudged(self.now, trust))

    def connect(self) -> None:
        self.feed(e.Connected(self.now, next(self._connections)))

    def disconnect(self) -> None:
        self.feed(e.Disconnected(self.now))

    def receive(self, *documents: Document, key: SigningKey = AUTHORITY) -> None:
        for document in documents:
            self.feed(e.MessageArrived(self.now, topic_of(document), seal(document, key)))

    def acknowledge(self, sequence: int) -> None:
        ack = Ack(station=self.name, sequence=sequence, issued_at=self.now)
        self.feed(e.MessageArrived(self.now, topics.ack(self.name), seal(ack, AUTHORITY)))

    @property
    def next_turn(self) -> datetime:
        """When the next alarm rings or play ends."""
        return min([self.alarm, *(self._end(cue) for cue in self.sounding.values())])

    def until(self, instant: datetime) -> None:
        """Let time pass: alarms ring and plays end when they should."""
        while True:
            ends = {self._end(cue): play for play, cue in self.sounding.items()}
            soonest = min([*ends, self.alarm])
            if soonest > instant:
                self.now = instant
                return
            self.now = max(self.now, soonest)
            if soonest in ends:
                cue = self.sounding.pop(ends[soonest])
                self.feed(e.PlayEnded(self.now, cue.play, "completed", cue.length_ms))
            else:
                self.feed(e.Tick(self.now))

    def feed(self, event: e.Event) -> None:
        """One event, and all that follows from it."""
        waiting = [event]
        while waiting:
            self.brain, commands = step(self.brain, waiting.pop(0))
            for command in commands:
                self.commands.append(command)
                waiting += self._obey(command)

    def _obey(self, command: c.Command) -> list[e.Event]:  # noqa: C901 - one case per command
        match command:
            case c.WakeAt(at=at):
                self.alarm = at
            case c.StoreDocument(key=key, raw=raw):
                self.disk[key] = raw
            case c.Journal(record=record):
                sequence = self.first_sequence + len(self.journal)
                self.journal.append(record.model_copy(update={"sequence": sequence}))
                return [e.Journaled(self.now, sequence)]
            case c.Fetch(sha256=sha256):
                return self._fetch(sha256)
            case c.DropBlob(sha256=sha256):
                self.blobs.discard(sha256)
            case c.Cue() as cue:
                return self._cue(cue)
            case c.StopPlay(play=play) if not self.deaf_player:
                cue = self.sounding.pop(play)
                heard = max(timedelta(0), self.now - cue.start_at) // timedelta(milliseconds=1)
                return [e.PlayEnded(self.now, play, "stopped", heard)]
            case c.MarkAcked(sequence=sequence):
                self.acked = sequence
            case c.SendReport(after_sequence=after):
                first = after - self.first_sequence + 1
                self.sent.append(self.journal[first : first + BATCH])
                self.on_report(self.sent[-1])
            case c.PublishState(state=state):
                self.states.append(state)
        return []

    def _fetch(self, sha256: str) -> list[e.Event]:
        if self.drop_fetches:
            return []
        if self.fail_fetch is not None:
            return [e.FetchFailed(self.now, sha256, self.fail_fetch)]
        self.blobs.add(sha256)
        return [e.FetchDone(self.now, sha256)]

    def _cue(self, cue: c.Cue) -> list[e.Event]:
        if self.fail_play is not None:
            return [e.PlayEnded(self.now, cue.play, self.fail_play, 0)]
        self.sounding[cue.play] = cue
        return [e.PlayStarted(self.now, cue.play, cue.start_at)]

    @staticmethod
    def _end(cue: c.Cue) -> datetime:
        return cue.start_at + timedelta(milliseconds=cue.length_ms)

    def kinds(self, *wanted: RecordKind) -> list[Record]:
        """Journal records of these kinds."""
        return [record for record in self.journal if record.kind in wanted]

    def cues(self) -> list[c.Cue]:
        """All that was ever handed to the player."""
        return [command for command in self.commands if isinstance(command, c.Cue)]


def topic_of(document: Document) -> str:
    match document:
        case Manifest(audience=audience):
            return topics.manifest(audience)
        case Config(station=station):
            return topics.config(station)
        case _:
            raise AssertionError(document)
