"""Small edges: pauses, the alarm, the service manager, audio and documents on disk."""

import hashlib
import os
import queue
import socket
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from loa_agent.adapters.alarm_apscheduler import SchedulerAlarm
from loa_agent.adapters.backoff import Backoff
from loa_agent.adapters.blobs_disk import PART_LIFE_S, DiskBlobs
from loa_agent.adapters.documents_disk import DiskDocuments
from loa_agent.adapters.notify_systemd import SystemdNotices
from loa_agent.adapters.reserve_disk import RESERVE_BYTES, DiskReserve
from loa_agent.durable import write_durably
from loa_agent.ports import StorageError

VOICE = b"voice"
SHA256 = hashlib.sha256(VOICE).hexdigest()
PATIENCE_S = 10


def test_pauses_double_to_their_cap_are_spread_and_begin_anew_after_success() -> None:
    backoff = Backoff(first_s=1, cap_s=8)

    pauses = [backoff.next_s() for _ in range(6)]
    backoff.reset()

    for pause, whole in zip(pauses, [1, 2, 4, 8, 8, 8], strict=True):
        assert whole / 2 <= pause <= whole
    assert backoff.next_s() <= 1


class Bell:
    def __init__(self) -> None:
        self.rung_at: list[datetime] = []
        self.rang = threading.Event()

    def ring(self) -> None:
        self.rung_at.append(datetime.now(UTC))
        self.rang.set()


def test_the_alarm_rings_at_the_instant_last_wished_and_once() -> None:
    bell = Bell()
    alarm = SchedulerAlarm(bell.ring)
    alarm.start()
    alarm.set(datetime.now(UTC) + timedelta(hours=1))
    wished = datetime.now(UTC) + timedelta(seconds=0.3)

    alarm.set(wished)

    assert bell.rang.wait(PATIENCE_S)
    alarm.stop()
    assert len(bell.rung_at) == 1
    assert timedelta(0) <= bell.rung_at[0] - wished < timedelta(seconds=1)


def test_an_alarm_for_an_instant_long_past_rings_at_once() -> None:
    bell = Bell()
    alarm = SchedulerAlarm(bell.ring)
    alarm.start()

    alarm.set(datetime.now(UTC) - timedelta(days=3))

    assert bell.rang.wait(PATIENCE_S)
    alarm.stop()


def test_alarms_that_follow_each_other_closely_all_ring() -> None:
    heard: queue.SimpleQueue[None] = queue.SimpleQueue()
    alarm = SchedulerAlarm(lambda: heard.put(None))
    alarm.start()

    for _ in range(300):
        alarm.set(datetime.now(UTC))
        heard.get(timeout=PATIENCE_S)

    alarm.stop()


@pytest.mark.parametrize("abstract", [False, True])
def test_the_service_manager_hears_ready_alive_and_stopping(
    tmp_path: Path, *, abstract: bool
) -> None:
    name = f"@loa-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind("\0" + name[1:] if abstract else name)
        notices = SystemdNotices({"NOTIFY_SOCKET": name})

        notices.ready()
        notices.alive()
        notices.stopping()

        heard = [ear.recv(100) for _ in range(3)]
    assert heard == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]


def test_without_a_service_manager_nothing_happens(tmp_path: Path) -> None:
    SystemdNotices({}).ready()
    SystemdNotices({"NOTIFY_SOCKET": str(tmp_path / "nobody")}).ready()


@pytest.fixture
def blobs(tmp_path: Path) -> DiskBlobs:
    blobs = DiskBlobs(tmp_path / "blobs")
    blobs.open()
    return blobs


def test_half_fetched_audio_is_not_held_and_survives_a_start(blobs: DiskBlobs) -> None:
    blobs.part(SHA256).write_bytes(VOICE[:2])

    blobs.open()

    assert blobs.all() == frozenset()
    assert blobs.part(SHA256).read_bytes() == VOICE[:2]


def test_half_fetched_audio_nobody_came_back_for_goes_at_a_start(blobs: DiskBlobs) -> None:
    part = blobs.part(SHA256)
    part.write_bytes(VOICE[:2])
    old = datetime.now(UTC).timestamp() - PART_LIFE_S - 60
    os.utime(part, (old, old))

    blobs.open()

    assert not part.exists()


def test_an_empty_file_left_by_a_power_cut_is_not_audio(blobs: DiskBlobs) -> None:
    (blobs.part(SHA256).parent / SHA256).touch()

    assert blobs.all() == frozenset()


def test_audio_is_whole_only_with_the_content_of_its_name(blobs: DiskBlobs) -> None:
    for name in (SHA256, "0" * 64):
        blobs.part(name).write_bytes(VOICE)
        blobs.complete(name)

    assert blobs.is_whole(SHA256)
    assert not blobs.is_whole("0" * 64)
    assert not blobs.is_whole("1" * 64)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "a" * 63])
def test_what_is_no_hash_names_no_file(blobs: DiskBlobs, name: str) -> None:
    assert blobs.path(name) is None
    blobs.drop(name)


def test_room_is_set_aside_once_and_given_up_once(tmp_path: Path) -> None:
    path = tmp_path / "reserve"
    reserve = DiskReserve(path, plenty_bytes=0)

    reserve.hold()
    reserve.hold()

    assert path.stat().st_blocks * 512 >= RESERVE_BYTES
    assert [reserve.release(), reserve.release()] == [True, False]
    assert not path.exists()


def test_a_disk_that_is_nearly_full_is_not_made_fuller(tmp_path: Path) -> None:
    DiskReserve(tmp_path / "reserve", plenty_bytes=1 << 60).hold()

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_takes_no_files_is_a_named_error(tmp_path: Path) -> None:
    (tmp_path / "documents").write_text("a file where a folder should be")

    with pytest.raises(StorageError) as refusal:
        DiskDocuments(tmp_path / "documents").keep("manifest/a-x", b"sealed")

    assert refusal.value.code == "disk_failed"


def test_a_half_written_document_is_not_among_the_documents(tmp_path: Path) -> None:
    documents = DiskDocuments(tmp_path)
    documents.keep("manifest/a-x", b"sealed")
    (tmp_path / ".manifest@a-x.jws.new").write_bytes(b"sea")

    assert dict(documents.all()) == {"loa/1/manifest/a-x": b"sealed"}


def test_a_file_that_cannot_be_replaced_keeps_its_old_content(tmp_path: Path) -> None:
    path = tmp_path / "identity.json"
    write_durably(path, b"old")
    (tmp_path / ".identity.json.new").mkdir()

    with pytest.raises(OSError):  # noqa: PT011 - which one is the system's choice
        write_durably(path, b"new")

    assert path.read_bytes() == b"old"
