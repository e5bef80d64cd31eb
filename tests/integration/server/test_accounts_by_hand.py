"""Who holds the machine makes accounts and resets them from the command line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from loa_server.application.check_password import check_password
from loa_server.bootstrap.services import Opened, open_services
from loa_server.config import read_settings
from loa_server.domain.rights import Grant, Role
from loa_server.domain.second_factor import SecondFactor

pytestmark = pytest.mark.integration

NEW = ("account", "create", "Lan", "--name", "Lê Thị Lan", "--area", "vn", "--role", "author")


class Machine:
    """A data folder with a real tree, and the command line over it."""

    def __init__(self, folder: Path) -> None:
        self.environ = {**os.environ, "LOA_DATA": str(folder)}
        self.run("prepare")

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "loa_server.cli", *words]
        return subprocess.run(
            command, env=self.environ, capture_output=True, text=True, check=False
        )

    def opened(self) -> Opened:
        return open_services(read_settings(self.environ))


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return Machine(tmp_path_factory.mktemp("machine"))


def test_an_account_is_made_with_roles_at_a_place(machine: Machine) -> None:
    made = machine.run(*NEW, "--role", "operator")

    assert made.returncode == 0, made.stderr
    opened = machine.opened()
    account = check_password(opened.services, username="lan", password=made.stdout.strip())
    opened.engine.dispose()
    assert account.name == "Lê Thị Lan"
    assert set(account.grants) == {Grant(Role.AUTHOR, "vn"), Grant(Role.OPERATOR, "vn")}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((*NEW[:7], "--role", "king"), "bad_request"),
        ((*NEW[:6], "nowhere", *NEW[7:]), "audience_unknown"),
        ((*NEW[:2], "admin", *NEW[3:]), "id_taken"),
    ],
)
def test_what_cannot_be_made_is_said_by_its_code(
    machine: Machine, words: tuple[str, ...], code: str
) -> None:
    refused = machine.run(*words)

    assert (refused.returncode, refused.stdout) == (1, "")
    assert code in refused.stderr


def test_a_reset_forgets_a_lost_telephone_when_told_to(machine: Machine) -> None:
    opened = machine.opened()
    store = opened.services.store
    with store.write() as rows:
        admin = rows.people.by_username("admin")
        assert admin is not None
        rows.proofs.keep_second_factor(SecondFactor(admin.id, "sealed", admin.locked_until))

    kept = machine.run("account", "reset", "admin")
    with store.read() as rows:
        still_there = rows.proofs.second_factor(admin.id)
    forgotten = machine.run("account", "reset", "admin", "--second-factor")
    with store.read() as rows:
        gone = rows.proofs.second_factor(admin.id)
    opened.engine.dispose()

    assert kept.stdout.strip() != forgotten.stdout.strip() != ""
    assert still_there is not None
    assert gone is None
