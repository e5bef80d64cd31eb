"""The loop carries out what the brain commands, in order, and ends in good order."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fakes.disk import FakeBlobs, FakeDocuments, FakeJournal
from loa_agent.core import commands as c
from loa_agent.core import events as e
from loa_agent.ports import Emit, FetchError
from loa_agent.protocol import topics
from loa_agent.protocol.acceptance import parse
from loa_agent.protocol.documents import Document
from loa_agent.protocol.reports import ClockTrust, RecordKind, Report, State, StationStatus
from loa_agent.protocol.seal import SigningKey, TrustedKeys, seal, unseal
from loa_agent.runtime.fetching import FetchQueue
from loa_agent.runtime.housekeeping import Chores, Housekeeping
from loa_agent.runtime.loop import MAX_EVENTS, Inbox, Loop
from loa_agent.runtime.obeying import Edges, Obeying
from loa_agent.runtime.server_time import ServerTime
from loa_agent.runtime.storing import Storing
from makers import AUTHORITY, STATION, a_broadcast, a_config, a_manifest, sha
from patience import wait_until

KEY = SigningKey.generate()
KEYS = TrustedKeys.of({KEY.kid: KEY.public_b64})


class Post:
    """A bus whose other end is this test."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes, bool]] = []
        self.topics: tuple[str, ...] = ()

    def start(self, emit: Emit) -> None:
        raise AssertionError(emit)

    def subscribe(self, topics: tuple[str, ...]) -> None:  # type: ignore[override]
        self.topics = topics

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        self.sent.append((topic, payload, retain))

    def stop(self) -> None:
        raise AssertionError

    def states(self) -> list[State]:
        mine = [
            raw for topic, raw, retain in self.sent if topic == topics.state(STATION) and retain
        ]
        return [parse(State, unseal(raw, KEYS)) for raw in mine]

    def reports(self) -> list[Report]:
        mine = [raw for topic, raw, _ in self.sent if topic == topics.report(STATION)]
        return [parse(Report, unseal(raw, KEYS)) for raw in mine]


class Speaker:
    """A player that tells what it was asked, and ends a play when it is stopped."""

    def __init__(self, emit: Emit, now: Callable[[], datetime]) -> None:
        self.emit, self.now = emit, now
        self.cues: list[c.Cue] = []
        self.fail: Exception | None = None

    def cue(self, cue: c.Cue) -> None:
        if self.fail is not None:
            raise self.fail
        self.cues.append(cue)
        self.emit(e.PlayStarted(self.now(), cue.play, cue.start_at))

    def stop(self, play: str, fade_ms: int) -> None:
        self.emit(e.PlayEnded(self.now(), play, "stopped", fade_ms))

    def test_tone(self, volume_percent: int) -> None:
        raise AssertionError(volume_percent)

    def close(self) -> None:
        raise AssertionError


class Source:
    """A server's store of audio that always has it, unless told otherwise."""

    def __init__(self) -> None:
        self.fail: Exception | None = None
        self.fetched: list[str] = []

    def fetch(self, sha256: str, size_bytes: int) -> None:
        assert size_bytes > 0
        self.fetched.append(sha256)
        if self.fail is not None:
            raise self.fail


class Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def trust(self) -> ClockTrust:
        return ClockTrust.SYNCHRONISED

    def compare(self, server_time: datetime, asked_at: datetime, answered_at: datetime) -> None:
        pass


class Bench:
    """A loop over fake edges, running in a thread."""

    def __init__(self, folder: Path) -> None:
        self.clock, self.inbox, self.journal = Clock(), Inbox(), FakeJournal()
        self.documents, self.blobs, self.post = FakeDocuments(), FakeBlobs(), Post()
        self.speaker = Speaker(self.inbox.put, self.clock.now)
        self.source = Source()
        self.alarms: list[datetime] = []
        self.fetches = FetchQueue(self.source, self.blobs, self.inbox.put, self.clock.now)
        edges = Edges(
            journal=self.journal,
            storing=Storing(self.journal, self.documents, lambda: False),
            blobs=self.blobs,
            fetches=self.fetches,
            bus=self.post,
            player=self.speaker,
            alarm=self,
            server_time=ServerTime(STATION, self.clock, lambda: 0.0),
            now=self.clock.now,
        )
        self.obeying = Obeying(edges, KEY)
        chores = Chores(self.obeying.flush, lambda _now: None, lambda: None, lambda: None)
        self.loop = Loop(
            self.inbox,
            self.obeying,
            Housekeeping(self.clock, lambda: self.clock.now().timestamp(), folder, chores),
            self.clock.now,
        )
        self.thread = threading.Thread(target=self.loop.run)

    def set(self, at: datetime) -> None:
        self.alarms.append(at)

    def start(self, *documents: Document) -> None:
        self.loop.boot(
            e.Booted(
                now=self.clock.now(),
                station=STATION,
                boot=3,
                since=self.clock.now(),
                keys={AUTHORITY.kid: AUTHORITY.public_b64},
                documents={_topic(each): seal(each, AUTHORITY) for each in documents},
                blobs=frozenset(),
                history=(),
                last_sequence=0,
                acked_sequence=0,
            )
        )
        self.thread.start()

    def receive(self, document: Document) -> None:
        raw = seal(document, AUTHORITY)
        self.inbox.put(e.MessageArrived(self.clock.now(), _topic(document), raw))

    def kinds(self) -> list[RecordKind]:
        return [record.kind for record in self.journal.records]

    def play_soon(self) -> None:
        """Everything that makes a play be cued at once."""
        now = self.clock.now()
        valid = {"issued_at": now, "not_after": now + timedelta(days=1)}
        self.receive(a_config(**valid))
        broadcast = a_broadcast(at=(now + timedelta(seconds=3)).replace(microsecond=0))
        self.receive(a_manifest(broadcast, **valid))

    def end(self) -> None:
        self.loop.stop()
        if self.thread.ident is not None:
            self.thread.join(10)
        self.fetches.stop()


def _topic(document: Document) -> str:
    owner = getattr(document, "audience", None)
    return topics.config(STATION) if owner is None else topics.manifest(owner)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.end()


def test_a_play_is_written_down_before_it_is_asked_for_and_after_it_began(bench: Bench) -> None:
    bench.start()
    bench.play_soon()

    wait_until(lambda: RecordKind.STARTED in bench.kinds())

    assert bench.source.fetched == [sha("a")]
    kinds = bench.kinds()
    assert kinds.index(RecordKind.ARMED) < kinds.index(RecordKind.STARTED)
    assert len(bench.speaker.cues) == 1
    assert bench.alarms


def test_documents_are_stored_as_they_came(bench: Bench) -> None:
    bench.start()
    bench.play_soon()

    wait_until(lambda: set(bench.documents.stored) >= {f"config/{STATION}", "manifest/a-xa"})


def test_what_is_sounding_is_ended_and_written_down_before_an_orderly_stop(bench: Bench) -> None:
    bench.start()
    bench.inbox.put(e.Connected(bench.clock.now(), 1))
    bench.play_soon()
    wait_until(lambda: RecordKind.STARTED in bench.kinds())

    bench.end()

    last = bench.journal.records[-1]
    assert (last.kind, last.code) == (RecordKind.ENDED, "stopped")
    assert len(bench.speaker.cues) == 1
    assert bench.post.states()[-1].status is StationStatus.OFFLINE
    assert bench.post.states()[-1].playing is None
    assert bench.post.reports()[-1].records[-1] == last


def test_a_report_says_from_which_record_on_it_is_complete(bench: Bench) -> None:
    bench.start()
    bench.inbox.put(e.Connected(bench.clock.now(), 1))

    wait_until(lambda: bool(bench.post.reports()))

    report = bench.post.reports()[0]
    assert (report.oldest, report.boot) == (1, 3)
    assert [record.sequence for record in report.records] == [1]


def test_a_refusing_disk_is_told_as_a_condition_until_it_works_again(bench: Bench) -> None:
    bench.journal.refuse = "disk_full"
    bench.start()
    bench.inbox.put(e.Connected(bench.clock.now(), 1))
    wait_until(lambda: any("storage_stalled" in s.conditions for s in bench.post.states()))

    bench.journal.refuse = None
    bench.play_soon()

    wait_until(lambda: "storage_stalled" not in bench.post.states()[-1].conditions)
    assert bench.journal.records[0].kind is RecordKind.BOOTED


def test_a_station_with_a_full_disk_still_plays(bench: Bench) -> None:
    bench.journal.refuse = bench.documents.refuse = "disk_full"
    bench.start()
    bench.play_soon()

    wait_until(lambda: len(bench.speaker.cues) == 1)


@pytest.mark.parametrize(
    ("fault", "code"), [(FetchError("not_found"), "not_found"), (ValueError("bug"), "network")]
)
def test_a_fetch_that_fails_in_any_way_is_written_down_with_its_code(
    bench: Bench, fault: Exception, code: str
) -> None:
    bench.source.fail = fault
    bench.start()
    bench.play_soon()

    wait_until(lambda: RecordKind.FETCH_FAILED in bench.kinds())

    assert bench.journal.records[-1].code == code


def test_a_command_that_breaks_does_not_take_the_others_with_it(bench: Bench) -> None:
    bench.speaker.fail = OSError("a fault of ours")
    bench.start()
    bench.play_soon()
    wait_until(lambda: RecordKind.ARMED in bench.kinds())
    known = len(bench.alarms)

    bench.inbox.put(e.Connected(bench.clock.now(), 1))

    wait_until(lambda: bool(bench.post.states()) and len(bench.alarms) > known)


def test_blobs_that_are_not_whole_are_dropped_and_told(bench: Bench, tmp_path: Path) -> None:
    bench.blobs.held = {sha("a"): tmp_path, sha("b"): tmp_path}
    heard: list[e.Event] = []
    fetches = FetchQueue(bench.source, bench.blobs, heard.append, bench.clock.now)

    fetches.read_back([sha("a"), sha("b")], lambda sha256: sha256 == sha("a"))

    wait_until(lambda: bool(heard))
    fetches.stop()
    assert [type(event) for event in heard] == [e.BlobLost]
    assert set(bench.blobs.held) == {sha("a")}


def test_the_inbox_drops_rather_than_grows_without_end() -> None:
    inbox = Inbox()
    for _ in range(MAX_EVENTS + 10):
        inbox.put(e.Tick(datetime.now(UTC)))

    taken = 0
    while inbox.get(0) is not None:
        taken += 1

    assert taken == MAX_EVENTS
