"""Carries out what the brain commands; only this module and the loop touch the edges."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from loa_agent.core import commands as c
from loa_agent.core import events as e
from loa_agent.core.reporting import current_state
from loa_agent.core.state import Brain
from loa_agent.ports import Blobs, Bus, Journal, Player, StorageError
from loa_agent.protocol import topics
from loa_agent.protocol.reports import MAX_RECORDS_PER_REPORT, Report, StationStatus
from loa_agent.protocol.seal import MAX_SEALED_BYTES, SigningKey, seal
from loa_agent.runtime.fetching import FetchQueue
from loa_agent.runtime.server_time import ServerTime
from loa_agent.runtime.storing import Storing

log = logging.getLogger(__name__)

TEST_VOLUME_PERCENT = 50
"""When no settings have come yet."""


class Alarm(Protocol):
    """Rings once."""

    def set(self, at: datetime) -> None:
        """Ring at this instant and at no earlier wish."""


@dataclass(frozen=True, slots=True)
class Edges:
    """What the commands are carried out with."""

    journal: Journal
    storing: Storing
    blobs: Blobs
    fetches: FetchQueue
    bus: Bus
    player: Player
    alarm: Alarm
    server_time: ServerTime
    now: Callable[[], datetime]


class Obeying:
    """One method per kind of command; answers with the events that follow at once."""

    def __init__(self, edges: Edges, key: SigningKey) -> None:
        self._edges = edges
        self._key = key

    def obey(self, command: c.Command, brain: Brain) -> list[e.Event]:  # noqa: C901, PLR0912 - one case per command
        """Carry out one command."""
        edges = self._edges
        match command:
            case c.Subscribe(topics=wanted):
                edges.bus.subscribe(wanted)
            case c.StoreDocument(key=key, raw=raw):
                edges.storing.keep(key, raw)
            case c.Journal(record=record):
                edges.storing.write_down(record)
                return self.flush()
            case c.Fetch(sha256=sha256, size_bytes=size_bytes):
                edges.fetches.fetch(sha256, size_bytes)
            case c.DropBlob(sha256=sha256):
                edges.blobs.drop(sha256)
            case c.Cue() as cue:
                edges.player.cue(cue)
            case c.StopPlay(play=play, fade_ms=fade_ms):
                edges.player.stop(play, fade_ms)
            case c.PlayTestTone():
                config = brain.config
                volume = TEST_VOLUME_PERCENT if config is None else config.volume_percent
                edges.player.test_tone(volume)
            case c.MarkAcked(sequence=sequence):
                self._mark_acked(sequence)
            case c.SendReport(after_sequence=after):
                self._send_report(brain, after)
            case c.PublishState(state=state):
                edges.bus.publish(topics.state(brain.station), seal(state, self._key), retain=True)
            case c.WakeAt(at=at):
                edges.alarm.set(at)
            case _:
                log.error("command_unknown kind=%s", type(command).__name__)
        return []

    def flush(self) -> list[e.Event]:
        """Store what waits; the sequences given, or that the disk refuses."""
        now = self._edges.now()
        events: list[e.Event] = [e.Journaled(now, each) for each in self._edges.storing.flush()]
        if self._edges.storing.is_waiting:
            events.append(e.StorageStalled(now))
        return events

    def compare_clocks(self, message: e.MessageArrived, brain: Brain) -> bool:
        """Read the server's time off its acknowledgement; True when that taught us something."""
        return self._edges.server_time.heard(message, brain.keys)

    def goodbye(self, brain: Brain, now: datetime) -> None:
        """What is unsent goes up once more, then the word that the station is off."""
        if not brain.connected:
            return
        self._send_report(brain, brain.acked_sequence)
        state = current_state(brain, now)
        off = state.model_copy(update={"status": StationStatus.OFFLINE, "playing": None})
        self._edges.bus.publish(topics.state(brain.station), seal(off, self._key), retain=True)

    def _mark_acked(self, sequence: int) -> None:
        try:
            self._edges.journal.mark_acked(sequence)
        except StorageError as error:
            log.warning("acknowledgement_not_stored code=%s", error.code)

    def _send_report(self, brain: Brain, after: int) -> None:
        try:
            records = tuple(self._edges.journal.after(after, MAX_RECORDS_PER_REPORT))
        except StorageError as error:
            log.warning("journal_unreadable code=%s", error.code)
            return
        while records:
            # Below the first record nothing unacknowledged is held, whatever a lost journal had.
            report = Report(
                station=brain.station,
                boot=brain.boot,
                oldest=records[0].sequence,
                records=records,
            )
            sealed = seal(report, self._key)
            if len(sealed) <= MAX_SEALED_BYTES:
                self._edges.server_time.asked(records[-1].sequence)
                self._edges.bus.publish(topics.report(brain.station), sealed, retain=False)
                return
            records = records[: len(records) // 2]
