"""What every keeper of a station's documents promises."""

from pathlib import Path

import pytest
from fakes.disk import FakeDocuments
from loa_agent.adapters.documents_disk import DiskDocuments
from loa_agent.ports import Documents


@pytest.fixture(params=["memory", "disk"])
def documents(request: pytest.FixtureRequest, tmp_path: Path) -> Documents:
    return FakeDocuments() if request.param == "memory" else DiskDocuments(tmp_path / "documents")


def test_an_empty_keeper_holds_nothing(documents: Documents) -> None:
    assert dict(documents.all()) == {}


@pytest.mark.parametrize("key", ["manifest/a-phu-cat", "config/phu-cat-1", "trust/3"])
def test_a_document_is_found_under_its_topic(documents: Documents, key: str) -> None:
    documents.keep(key, b"sealed")

    assert dict(documents.all()) == {f"loa/1/{key}": b"sealed"}


def test_a_newer_document_replaces_the_older(documents: Documents) -> None:
    documents.keep("manifest/a-x", b"old")
    documents.keep("manifest/a-x", b"new")

    assert dict(documents.all()) == {"loa/1/manifest/a-x": b"new"}
