"""A running station: chooses the edges, joins them to the brain and turns the loop."""

import ctypes
import fcntl
import gc
import logging
import os
import signal
import ssl
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from pathlib import Path

from loa_agent.adapters.alarm_apscheduler import SchedulerAlarm
from loa_agent.adapters.blobs_disk import DiskBlobs
from loa_agent.adapters.bus_paho import PahoBus
from loa_agent.adapters.bus_paho_link import BusAddress
from loa_agent.adapters.clock_system import SystemClock
from loa_agent.adapters.documents_disk import DiskDocuments
from loa_agent.adapters.fetcher_urllib3 import HttpFetcher
from loa_agent.adapters.journal_sqlite import Opened, SqliteJournal
from loa_agent.adapters.notify_systemd import SystemdNotices
from loa_agent.adapters.ntp_kernel import since_boot_s
from loa_agent.adapters.player_deck import OpenSink
from loa_agent.adapters.player_thread import ThreadPlayer
from loa_agent.adapters.reserve_disk import DiskReserve
from loa_agent.adapters.sink_alsa import AlsaSink
from loa_agent.adapters.sink_file import FileSink
from loa_agent.config import Folder, Identity, load_identity
from loa_agent.core import events as e
from loa_agent.ports import StorageError
from loa_agent.protocol import topics
from loa_agent.protocol.reports import State, StationStatus
from loa_agent.protocol.seal import SigningKey, seal
from loa_agent.runtime.fetching import FetchQueue
from loa_agent.runtime.housekeeping import Chores, Housekeeping
from loa_agent.runtime.loop import Inbox, Loop
from loa_agent.runtime.obeying import Edges, Obeying
from loa_agent.runtime.server_time import ServerTime
from loa_agent.runtime.storing import Storing

log = logging.getLogger(__name__)

DEFAULT_DEVICE = "default"


class AlreadyRunningError(Exception):
    """Another process plays from this data folder."""


@dataclass(frozen=True, slots=True)
class Output:
    """Where sound goes: a card, or files of a virtual station when `device` is None."""

    device: str | None = DEFAULT_DEVICE


def run(root: Path, output: Output) -> None:
    """Be the station until SIGTERM, SIGINT or an ordered restart.

    Raises:
        IdentityError: the station is not enrolled, or its files are broken.
        AlreadyRunningError: the data folder is in use.
        StorageError: the disk does not let the journal be opened.
    """
    folder = Folder(root)
    identity, key = load_identity(folder)
    with ExitStack() as cleanup:
        cleanup.enter_context(alone(folder))
        loop = _Assembly(folder, identity, key, cleanup).start(sink_opener(folder, output))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: loop.stop())
        _settle_memory()
        loop.run()
    log.info("station_stopped station=%s", identity.station)


def sink_opener(folder: Folder, output: Output) -> OpenSink:
    """How the player opens its output."""
    device = output.device
    if device is None:
        return lambda: FileSink(folder.sound).open()
    return lambda: AlsaSink(device).open()


@contextmanager
def alone(folder: Folder) -> Iterator[None]:
    """Hold the data folder; raises AlreadyRunningError. The lock dies with the process."""
    handle = os.open(folder.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise AlreadyRunningError from error
    try:
        yield
    finally:
        os.close(handle)


def agent_version() -> str:
    """Version of this distribution."""
    return metadata.version("loa-agent")


class _Assembly:
    """All edges of one station; whatever must be ended is left with `cleanup`."""

    def __init__(
        self, folder: Folder, identity: Identity, key: SigningKey, cleanup: ExitStack
    ) -> None:
        self._folder = folder
        self._identity = identity
        self._key = key
        self._cleanup = cleanup
        self._inbox = Inbox()
        self._clock = SystemClock(folder.clock)
        self._blobs = DiskBlobs(folder.blobs)
        self._documents = DiskDocuments(folder.documents)
        self._reserve = DiskReserve(folder.reserve)
        self._journal = SqliteJournal(
            folder.journal, identity.kid, identity.first_boot, identity.first_sequence
        )

    def start(self, open_sink: OpenSink) -> Loop:
        """Open the disk, start the threads, take the first step."""
        self._clock.open()
        self._blobs.open()
        # Never closed: SQLite would take its log file away, which a full disk could not give back.
        opened = self._open_journal()
        obeying, bus = self._obeying(opened, open_sink)
        service = SystemdNotices()
        chores = Chores(obeying.flush, self._prune, self._reserve.hold, service.alive)
        loop = Loop(
            self._inbox,
            obeying,
            Housekeeping(self._clock, since_boot_s, self._folder.root, chores),
            self._clock.now,
        )
        loop.boot(self._booted(opened))
        bus.start(self._inbox.put)
        self._cleanup.callback(service.stopping)
        service.ready()
        log.info("station_started station=%s boot=%s", self._identity.station, opened.boot)
        return loop

    def _open_journal(self) -> Opened:
        """A full disk must not keep the station from playing what it has."""
        try:
            return self._journal.open()
        except StorageError:
            if not self._reserve.release():
                raise
        return self._journal.open()

    def _obeying(self, opened: Opened, open_sink: OpenSink) -> tuple[Obeying, PahoBus]:
        bus = self._bus(opened.boot)
        self._cleanup.callback(bus.stop)
        edges = Edges(
            journal=self._journal,
            storing=Storing(self._journal, self._documents, self._reserve.release),
            blobs=self._blobs,
            fetches=self._fetches(),
            bus=bus,
            player=self._player(open_sink),
            alarm=self._alarm(),
            server_time=ServerTime(self._identity.station, self._clock, since_boot_s),
            now=self._clock.now,
        )
        return Obeying(edges, self._key), bus

    def _fetches(self) -> FetchQueue:
        fetcher = HttpFetcher(self._identity, self._key, self._blobs, self._clock.now)
        fetches = FetchQueue(fetcher, self._blobs, self._inbox.put, self._clock.now)
        self._cleanup.callback(fetcher.stop)
        self._cleanup.callback(fetches.stop)
        fetches.read_back(self._blobs.all(), self._blobs.is_whole)
        return fetches

    def _player(self, open_sink: OpenSink) -> ThreadPlayer:
        player = ThreadPlayer(
            open_sink=open_sink, blobs=self._blobs, emit=self._inbox.put, clock=self._clock
        )
        player.start()
        self._cleanup.callback(player.close)
        return player

    def _alarm(self) -> SchedulerAlarm:
        alarm = SchedulerAlarm(lambda: self._inbox.put(e.Tick(self._clock.now())))
        alarm.start()
        self._cleanup.callback(alarm.stop)
        return alarm

    def _bus(self, boot: int) -> PahoBus:
        identity = self._identity
        broker = identity.broker
        address = BusAddress(
            broker.host,
            broker.port,
            identity.station,
            identity.broker_password,
            ssl.create_default_context() if broker.tls else None,
        )
        return PahoBus(address, lambda connection: self._will(boot, connection), self._clock.now)

    def _will(self, boot: int, connection: int) -> tuple[str, bytes]:
        state = State(
            station=self._identity.station,
            boot=boot,
            connection=connection,
            status=StationStatus.OFFLINE,
            sent_at=self._clock.now(),
            agent_version=agent_version(),
        )
        return topics.state(self._identity.station), seal(state, self._key)

    def _booted(self, opened: Opened) -> e.Booted:
        return e.Booted(
            now=self._clock.now(),
            station=self._identity.station,
            boot=opened.boot,
            since=self._identity.enrolled_at,
            keys=self._identity.keys,
            documents=self._documents.all(),
            blobs=self._blobs.all(),
            history=self._journal.history(),
            last_sequence=opened.last_sequence,
            acked_sequence=opened.acked_sequence,
            agent_version=agent_version(),
        )

    def _prune(self, now: datetime) -> None:
        try:
            self._journal.prune(now)
        except StorageError as error:
            log.warning("journal_not_pruned code=%s", error.code)


def _settle_memory() -> None:
    """What is loaded now stays for ever: take it out of the collector's way, give back the rest."""
    gc.collect()
    gc.freeze()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
