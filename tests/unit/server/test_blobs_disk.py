"""Blobs lie under the hash of their content, whole or not at all."""

import errno
import hashlib
import io
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import pytest
from loa_server.adapters import blobs_disk
from loa_server.adapters.blobs_disk import CHUNK_BYTES, DiskBlobs
from loa_server.domain.problems import Problem

CONTENT = b"bulletin " * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class BrokenStream(io.BytesIO):
    """Gives one chunk and then fails as a full disk or a broken connection would."""

    def __init__(self, number: int) -> None:
        super().__init__(b"x" * 10)
        self.number = number

    def read(self, size: int | None = -1, /) -> bytes:
        chunk = super().read(size)
        if not chunk:
            raise OSError(self.number, "failed on demand")
        return chunk


def refused(blobs: DiskBlobs, stream: BinaryIO, max_bytes: int = 100) -> Problem:
    with pytest.raises(Problem) as problem:
        blobs.keep(stream, max_bytes)
    return problem.value


def test_a_blob_is_kept_under_the_hash_of_its_content(tmp_path: Path) -> None:
    blobs = DiskBlobs(tmp_path / "blobs")

    sha256 = blobs.keep(io.BytesIO(CONTENT), len(CONTENT))

    path = blobs.path(sha256)
    assert sha256 == SHA256
    assert path is not None
    assert path.read_bytes() == CONTENT
    assert [each.name for each in blobs.folder.iterdir()] == [SHA256]


def test_many_chunks_are_one_blob(tmp_path: Path) -> None:
    content = bytes(2 * CHUNK_BYTES + 1)

    sha256 = DiskBlobs(tmp_path).keep(io.BytesIO(content), len(content))

    assert sha256 == hashlib.sha256(content).hexdigest()


def test_the_same_content_at_once_and_again_is_one_blob(tmp_path: Path) -> None:
    blobs = DiskBlobs(tmp_path)
    keeping = [
        threading.Thread(target=blobs.keep, args=(io.BytesIO(CONTENT), 10**6)) for _ in range(4)
    ]

    for each in keeping:
        each.start()
    for each in keeping:
        each.join()

    assert [each.name for each in tmp_path.iterdir()] == [SHA256]


def test_what_an_audio_worker_prepared_is_found(tmp_path: Path) -> None:
    (tmp_path / SHA256).write_bytes(CONTENT)

    assert DiskBlobs(tmp_path).path(SHA256) == tmp_path / SHA256


@pytest.mark.parametrize(
    "name", ["", "../secret", "f" * 63, "F" * 64, f"{SHA256}\n", "/etc/passwd"]
)
def test_what_is_no_hash_names_no_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_bytes(b"x")

    assert DiskBlobs(tmp_path / "blobs").path(name) is None


def test_an_unknown_hash_is_nowhere(tmp_path: Path) -> None:
    assert DiskBlobs(tmp_path).path(SHA256) is None


def test_one_byte_too_many_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    blobs = DiskBlobs(tmp_path)

    problem = refused(blobs, io.BytesIO(b"x" * 101), 100)

    assert (problem.code, problem.facts) == ("too_large", {"limit_bytes": 100})
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_no_blob(tmp_path: Path) -> None:
    assert refused(DiskBlobs(tmp_path), io.BytesIO()).code == "empty_file"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_named_and_leaves_nothing(tmp_path: Path, number: int) -> None:
    assert refused(DiskBlobs(tmp_path), BrokenStream(number)).code == "disk_full"
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_turns_out_full_at_the_end_is_named(tmp_path: Path, monkeypatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "failed on demand")

    monkeypatch.setattr(blobs_disk.os, "fsync", full)

    assert refused(DiskBlobs(tmp_path), io.BytesIO(CONTENT), 10**6).code == "disk_full"
    assert list(tmp_path.iterdir()) == []


def test_a_broken_connection_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="failed on demand"):
        DiskBlobs(tmp_path).keep(BrokenStream(errno.EPIPE), 100)

    assert list(tmp_path.iterdir()) == []


def test_a_blob_is_dropped_only_when_it_is_older_than_said(tmp_path: Path) -> None:
    blobs = DiskBlobs(tmp_path)
    blobs.keep(io.BytesIO(CONTENT), 10**6)
    stored = datetime.fromtimestamp((tmp_path / SHA256).stat().st_mtime, UTC)

    dropped = [blobs.drop(SHA256, stored + timedelta(seconds=each)) for each in (-1, 1, 1)]

    assert dropped == [False, True, False]
    assert list(tmp_path.iterdir()) == []
