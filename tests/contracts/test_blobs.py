"""What every keeper of audio promises."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.disk import FakeBlobs
from loa_agent.adapters.blobs_disk import DiskBlobs
from loa_agent.ports import Blobs

CONTENT = b"voice"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
UNKNOWN = "0" * 64

Keep = Callable[[], None]


@pytest.fixture(params=["memory", "disk"])
def held(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Blobs, Keep]:
    """A keeper, and how the content comes into it."""
    if request.param == "memory":
        fake = FakeBlobs()
        (tmp_path / SHA256).write_bytes(CONTENT)
        return fake, lambda: fake.held.update({SHA256: tmp_path / SHA256})
    real = DiskBlobs(tmp_path / "blobs")
    real.open()

    def keep() -> None:
        real.part(SHA256).write_bytes(CONTENT)
        real.complete(SHA256)

    return real, keep


def test_a_kept_blob_is_found_by_its_hash(held: tuple[Blobs, Keep]) -> None:
    blobs, keep = held

    keep()

    path = blobs.path(SHA256)
    assert path is not None
    assert path.read_bytes() == CONTENT
    assert blobs.all() == {SHA256}


def test_an_unknown_blob_has_no_path(held: tuple[Blobs, Keep]) -> None:
    blobs, _ = held

    assert blobs.path(UNKNOWN) is None
    assert blobs.all() == frozenset()


def test_a_dropped_blob_is_gone_and_dropping_again_is_no_error(held: tuple[Blobs, Keep]) -> None:
    blobs, keep = held
    keep()

    blobs.drop(SHA256)
    blobs.drop(SHA256)
    blobs.drop(UNKNOWN)

    assert blobs.path(SHA256) is None
    assert blobs.all() == frozenset()
