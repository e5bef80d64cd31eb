"""Whoever types the command, files belong to the account of the service."""

import os
from pathlib import Path

import pytest
from loa_agent.owner import act_as_owner


class Accounts:
    """The system's account calls, written down instead of carried out."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, user: int) -> None:
        self.calls: list[tuple[str, object]] = []
        monkeypatch.setattr(os, "geteuid", lambda: user)
        monkeypatch.setattr(os, "initgroups", lambda name, _gid: self.note("groups", name))
        monkeypatch.setattr(os, "setgid", lambda gid: self.note("gid", gid))
        monkeypatch.setattr(os, "setuid", lambda uid: self.note("uid", uid))

    def note(self, what: str, value: object) -> None:
        self.calls.append((what, value))


class OwnedFolder:
    """A folder that says it belongs to somebody."""

    def __init__(self, uid: int) -> None:
        self.st_uid, self.st_gid = uid, 77

    def exists(self) -> bool:
        return True

    def stat(self) -> "OwnedFolder":
        return self


def test_root_goes_on_as_the_owner_of_the_folder_group_before_user(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    accounts = Accounts(monkeypatch, user=0)

    act_as_owner(OwnedFolder(987_654))  # type: ignore[arg-type]

    assert accounts.calls == [("gid", 77), ("uid", 987_654)]


@pytest.mark.parametrize(("user", "owner"), [(0, 0), (1000, 987_654)])
def test_others_and_roots_own_folders_change_nothing(
    monkeypatch: pytest.MonkeyPatch, user: int, owner: int
) -> None:
    accounts = Accounts(monkeypatch, user)

    act_as_owner(OwnedFolder(owner))  # type: ignore[arg-type]

    assert accounts.calls == []


def test_a_folder_that_is_yet_to_be_made_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    accounts = Accounts(monkeypatch, user=0)

    act_as_owner(tmp_path / "new")

    assert accounts.calls == []
