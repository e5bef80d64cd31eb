"""Audio over a real HTTP connection that breaks, lies and hangs."""

import hashlib
import os
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes.bridge import STATION, STATION_KEY
from fakes.town_http import Counter, Desk
from loa_agent.adapters.blobs_disk import DiskBlobs
from loa_agent.adapters.fetcher_urllib3 import HttpFetcher
from loa_agent.config import Broker, Identity
from loa_agent.ports import FetchError
from loa_agent.protocol.seal import SigningKey
from loa_server.serve.ports import free_ports
from patience import wait_until

pytestmark = pytest.mark.integration

VOICE = os.urandom(300_000)
SHA256 = hashlib.sha256(VOICE).hexdigest()
SIZE = len(VOICE)
HALF = SIZE // 2


@pytest.fixture
def desk() -> Iterator[Desk]:
    (port,) = free_ports(1)
    desk = Desk(lambda body: body, lambda: (STATION_KEY.kid, STATION_KEY.public_b64))
    desk.blobs[SHA256] = VOICE
    desk.port = port
    counter = Counter(port, desk)
    threading.Thread(target=counter.serve_forever, args=(0.05,), daemon=True).start()
    yield desk
    desk.hold.set()
    counter.shutdown()
    counter.server_close()


@pytest.fixture
def blobs(tmp_path: Path) -> DiskBlobs:
    blobs = DiskBlobs(tmp_path / "blobs")
    blobs.open()
    return blobs


def a_fetcher(
    port: int, blobs: DiskBlobs, key: SigningKey = STATION_KEY, keep_free_bytes: int = 0
) -> HttpFetcher:
    identity = Identity(
        server=f"http://127.0.0.1:{port}",
        station=STATION,
        name="",
        kid=key.kid,
        keys={key.kid: key.public_b64},
        broker=Broker(host="127.0.0.1", port=1883, tls=False),
        broker_password="",
        first_boot=1,
        first_sequence=1,
        enrolled_at=datetime.now(UTC),
    )
    return HttpFetcher(identity, key, blobs, lambda: datetime.now(UTC), keep_free_bytes)


@pytest.fixture
def fetcher(desk: Desk, blobs: DiskBlobs) -> HttpFetcher:
    return a_fetcher(desk.port, blobs)


def code_of(fetcher: HttpFetcher, sha256: str = SHA256, size_bytes: int = SIZE) -> str:
    with pytest.raises(FetchError) as failure:
        fetcher.fetch(sha256, size_bytes)
    return failure.value.code


def test_audio_that_came_whole_is_held(fetcher: HttpFetcher, blobs: DiskBlobs) -> None:
    fetcher.fetch(SHA256, SIZE)

    path = blobs.path(SHA256)
    assert path is not None
    assert path.read_bytes() == VOICE
    assert path.stat().st_mode & 0o777 == 0o600
    assert not blobs.part(SHA256).exists()


def test_a_broken_line_is_resumed_where_it_broke(
    fetcher: HttpFetcher, desk: Desk, blobs: DiskBlobs
) -> None:
    desk.break_after = HALF
    assert code_of(fetcher) == "network"
    assert blobs.all() == frozenset()

    desk.break_after = None
    fetcher.fetch(SHA256, SIZE)

    assert blobs.is_whole(SHA256)
    assert desk.asked == [(SHA256, None), (SHA256, f"bytes={HALF}-")]


def test_a_server_without_ranges_sends_it_all_again(
    fetcher: HttpFetcher, desk: Desk, blobs: DiskBlobs
) -> None:
    desk.break_after = HALF
    code_of(fetcher)

    desk.break_after, desk.ignore_range = None, True
    fetcher.fetch(SHA256, SIZE)

    assert blobs.is_whole(SHA256)


def test_a_stop_between_the_last_byte_and_the_name_asks_for_nothing_again(
    fetcher: HttpFetcher, desk: Desk, blobs: DiskBlobs
) -> None:
    blobs.part(SHA256).write_bytes(VOICE)

    fetcher.fetch(SHA256, SIZE)

    assert blobs.is_whole(SHA256)
    assert desk.asked == []


@pytest.mark.parametrize("wrong", [b"x" * SIZE, VOICE + b"x"], ids=["other", "longer"])
def test_wrong_audio_is_dropped_and_leaves_nothing(
    fetcher: HttpFetcher, desk: Desk, blobs: DiskBlobs, wrong: bytes
) -> None:
    desk.blobs[SHA256] = wrong

    assert code_of(fetcher) == "hash_mismatch"
    assert not blobs.part(SHA256).exists()

    desk.blobs[SHA256] = VOICE
    fetcher.fetch(SHA256, SIZE)
    assert blobs.is_whole(SHA256)


def test_a_part_spoiled_by_a_power_cut_is_found_out_and_fetched_anew(
    fetcher: HttpFetcher, blobs: DiskBlobs
) -> None:
    blobs.part(SHA256).write_bytes(bytes(HALF))

    assert code_of(fetcher) == "hash_mismatch"

    fetcher.fetch(SHA256, SIZE)
    assert blobs.is_whole(SHA256)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (404, "not_found"),
        (401, "refused"),
        (403, "refused"),
        (416, "network"),
        (500, "network"),
        (503, "network"),
        (302, "network"),
    ],
)
def test_an_answer_without_audio_has_its_code(
    fetcher: HttpFetcher, desk: Desk, status: int, code: str
) -> None:
    desk.status = status

    assert code_of(fetcher) == code


def test_nobody_at_home_is_a_network_failure(blobs: DiskBlobs) -> None:
    (port,) = free_ports(1)

    assert code_of(a_fetcher(port, blobs)) == "network"


def test_the_last_of_the_disk_is_left_to_the_journal(desk: Desk, blobs: DiskBlobs) -> None:
    fetcher = a_fetcher(desk.port, blobs, keep_free_bytes=1 << 60)

    assert code_of(fetcher) == "disk_full"
    assert desk.asked == []


def test_a_disk_that_fills_up_underway_gives_the_room_back(
    fetcher: HttpFetcher, blobs: DiskBlobs
) -> None:
    with files_up_to(HALF):
        assert code_of(fetcher) == "disk_full"

    assert not blobs.part(SHA256).exists()
    fetcher.fetch(SHA256, SIZE)


def test_stopping_ends_a_fetch_that_hangs(
    fetcher: HttpFetcher, desk: Desk, blobs: DiskBlobs
) -> None:
    desk.break_after = HALF
    desk.hold.clear()
    codes: list[str] = []
    thread = threading.Thread(target=lambda: codes.append(code_of(fetcher)))
    thread.start()
    wait_until(lambda: blobs.part(SHA256).exists() and bool(desk.asked))

    fetcher.stop()

    thread.join(5)
    assert codes == ["network"]


@contextmanager
def files_up_to(size_bytes: int) -> Iterator[None]:
    """No file of this process may grow beyond: what a full disk looks like from inside."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
