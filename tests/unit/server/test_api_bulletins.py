"""Uploads are streamed and bounded; voices are sent in ranges, few at a time."""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from loa_server.adapters.blobs_disk import DiskBlobs
from loa_server.api import access, bulletins
from loa_server.api.app import LoaApp
from loa_server.api.uploads import _Spool
from loa_server.domain.problems import Problem
from visitors import VOICE, Visitor, form, refusal
from werkzeug.test import TestResponse
from world import World, sha

MEGABYTE = 1_000_000


def without_length(visitor: Visitor, content: bytes) -> TestResponse:
    """As a client sends it that names no length; the web server marks where it ends."""
    marked: dict[str, Any] = {"wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    return visitor.send_form(form({"title": "Tiêm chủng"}, content), **marked)


def left_in(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


def test_an_upload_is_kept_and_listed_with_its_author(town: World, commune: Visitor) -> None:
    answer = commune.upload(title="  Lịch   tiêm chủng ", category="health")

    assert answer.status_code == 201
    bulletin = answer.get_json()
    assert commune.get("/bulletins").get_json() == [bulletin]
    assert commune.get(f"/bulletins/{bulletin['id']}").get_json() == bulletin
    assert bulletin | {"id": "", "created_at": ""} == {
        "id": "",
        "title": "Lịch tiêm chủng",
        "category": "health",
        "author_name": "Cán bộ phu-cat",
        "area": "phu-cat",
        "area_name": "Phù Cát",
        "created_at": "",
        "status": "preparing",
        "code": None,
        "facts": {},
        "sha256": None,
        "duration_ms": None,
        "bytes": None,
        "shared_from": None,
        "may_delete": True,
    }
    assert bulletin["created_at"] == "2026-11-23T03:00:00.000Z"
    assert town.services.blobs.path(sha_of(VOICE)) is not None


def test_the_fields_may_come_after_the_file(commune: Visitor) -> None:
    file, title = form({}, b"sound"), form({"title": "Sau"}, None)

    answer = commune.send_form(file.removesuffix(form({}, None)) + title)

    assert answer.get_json()["title"] == "Sau"


def test_a_large_upload_never_touches_the_folder_for_temporary_files(
    commune: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere/at/all")

    answer = commune.upload(os.urandom(3 * MEGABYTE))

    assert answer.status_code == 201


def test_what_says_it_is_too_large_is_not_even_read(commune: Visitor) -> None:
    answer = commune.send_form(b"nothing of it", CONTENT_LENGTH=str(2 * 1024**3))

    assert refusal(answer) == (413, "too_large")


def test_what_turns_out_too_large_is_refused_and_leaves_nothing(
    commune: Visitor, tmp_path: Path
) -> None:
    by_parts = without_length(commune, os.urandom(5 * MEGABYTE))
    # Fits into the request with its frame, but not under the limit of the file itself.
    by_file = commune.upload(os.urandom(4 * MEGABYTE + 100))

    assert refusal(by_parts) == refusal(by_file) == (413, "too_large")
    assert left_in(tmp_path / "uploads") == left_in(tmp_path / "blobs") == []


def test_without_a_length_an_upload_is_taken_all_the_same(commune: Visitor) -> None:
    assert without_length(commune, VOICE).status_code == 201


def test_no_other_request_may_be_large(commune: Visitor) -> None:
    body = {"name": "a" * 2 * MEGABYTE, "area": "phu-cat"}

    assert refusal(commune.post("/stations", body)) == (413, "too_large")


@pytest.mark.parametrize(
    ("fields", "content", "code", "wrong"),
    [
        ({"title": "a"}, None, "bad_request", {"file": "value_error"}),
        ({}, b"x", "bad_request", {"title": "missing"}),
        ({"title": " "}, b"x", "bad_request", None),
        ({"title": "a"}, b"", "empty_file", None),
    ],
)
def test_an_incomplete_form_is_refused_by_what_is_missing(
    commune: Visitor,
    fields: dict[str, str],
    content: bytes | None,
    code: str,
    wrong: dict[str, str] | None,
) -> None:
    answer = commune.send_form(form(fields, content))

    assert refusal(answer) == (422, code)
    assert answer.get_json()["facts"].get("fields") == wrong


def test_a_full_disk_is_named_wherever_it_is_met(
    commune: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> str:
        raise Problem("disk_full")

    monkeypatch.setattr(DiskBlobs, "keep", full)

    assert refusal(commune.upload()) == (507, "disk_full")
    with Path("/dev/full").open("wb", buffering=0) as device, pytest.raises(Problem) as raised:
        _Spool(device).write(b"x" * 10_000)
    assert raised.value.code == "disk_full"


def test_too_many_uploads_at_once_are_told_to_come_back(
    app: LoaApp, commune: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = app.extensions["loa"].uploads
    while places.acquire(blocking=False):
        pass
    monkeypatch.setattr(access, "SLOT_PATIENCE_S", 0.01)

    assert refusal(commune.upload()) == (503, "busy")


def test_a_bulletin_is_deleted_unless_a_broadcast_needs_it(town: World, commune: Visitor) -> None:
    free, used = town.ready(title="Tự do"), town.ready(title="Đang dùng")
    town.broadcast(bulletin=used)

    assert commune.delete(f"/bulletins/{free.id}").status_code == 204
    assert refusal(commune.get(f"/bulletins/{free.id}")) == (404, "not_found")
    assert refusal(commune.delete(f"/bulletins/{used.id}")) == (409, "bulletin_in_use")


@pytest.fixture
def voiced(town: World) -> str:
    """Path of the audio of a bulletin that is ready."""
    bulletin = town.ready(title="Tiêm chủng")
    (town.services.blobs.folder / sha("Tiêm chủng")).write_bytes(VOICE)  # type: ignore[attr-defined]
    return f"/bulletins/{bulletin.id}/audio"


def test_the_voice_is_sent_whole_or_in_ranges(commune: Visitor, voiced: str) -> None:
    whole = commune.get(voiced)
    part = commune.get(voiced, headers={"Range": "bytes=4-7"})
    beyond = commune.get(voiced, headers={"Range": "bytes=99999-"})
    known = commune.get(voiced, headers={"If-None-Match": whole.headers["ETag"]})

    assert (whole.status_code, whole.mimetype, whole.data) == (200, "audio/ogg", VOICE)
    assert "immutable" in whole.headers["Cache-Control"]
    assert (part.status_code, part.data) == (206, VOICE[4:8])
    assert part.headers["Content-Range"] == f"bytes 4-7/{len(VOICE)}"
    assert beyond.status_code == 416
    assert known.status_code == 304


def test_a_voice_that_is_not_ready_is_not_there(commune: Visitor) -> None:
    bulletin = commune.upload().get_json()

    assert refusal(commune.get(f"/bulletins/{bulletin['id']}/audio")) == (404, "not_found")


def test_only_so_many_voices_are_sent_at_once(
    commune: Visitor, voiced: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulletins, "LISTEN_PATIENCE_S", 0.01)
    open_answers = [commune.get(voiced, buffered=False) for _ in range(2)]

    refused = commune.get(voiced)
    for answer in open_answers:
        answer.close()
    after = [commune.get(voiced, headers={"Range": "bytes=0-3"}).status_code for _ in range(5)]

    assert refusal(refused) == (503, "busy")
    assert after == [206] * 5


def sha_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
