"""Keys and secrets are made once, stay the same, and are nobody else's to read."""

from pathlib import Path

import pytest
from loa_server.adapters.secrets_disk import AUTHORITY, authority_key, made_secret


def test_the_authority_is_the_same_at_the_next_start(tmp_path: Path) -> None:
    assert authority_key(tmp_path / "keys").kid == authority_key(tmp_path / "keys").kid


def test_secrets_of_different_names_differ_and_stay(tmp_path: Path) -> None:
    session, broker = made_secret(tmp_path, "session"), made_secret(tmp_path, "broker")

    assert session != broker
    assert made_secret(tmp_path, "session") == session


def test_only_the_owner_may_read_them(tmp_path: Path) -> None:
    folder = tmp_path / "keys"

    authority_key(folder)

    assert (folder / AUTHORITY).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o077 == 0
    assert [each.name for each in folder.iterdir()] == [AUTHORITY]


def test_a_broken_authority_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / AUTHORITY).write_bytes(b"not a key")

    with pytest.raises(ValueError, match=r".+"):
        authority_key(tmp_path)

    assert (tmp_path / AUTHORITY).read_bytes() == b"not a key"
