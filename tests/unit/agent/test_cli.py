"""The command line: what it prints and with which code it ends."""

import json
from pathlib import Path

import pytest
from loa_agent.adapters import ntp_kernel
from loa_agent.cli import main
from loa_agent.config import Folder, default_folder
from loa_agent.runtime.assembly import alone


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_LANG", "en")


def test_a_board_that_is_not_enrolled_says_what_to_type(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--virtual", "--data", str(tmp_path)]) == 1

    assert "loa-agent enrol ADDRESS CODE" in capsys.readouterr().err


def test_vietnamese_is_spoken_unless_told_otherwise(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LOA_LANG")

    main(["run", "--virtual", "--data", str(tmp_path)])

    assert "chưa được đăng ký" in capsys.readouterr().err


def test_the_language_can_be_chosen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["run", "--virtual", "--lang", "vi", "--data", str(tmp_path)])

    assert "chưa được đăng ký" in capsys.readouterr().err


def test_plain_http_to_a_public_address_is_refused_before_anything_is_sent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["enrol", "http://203.162.4.191", "CODE", "--data", str(tmp_path)]) == 1

    assert "must be https" in capsys.readouterr().err


def test_a_running_station_is_not_enrolled_anew_behind_its_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with alone(Folder(tmp_path)):
        assert main(["enrol", "https://127.0.0.1:1", "CODE", "--data", str(tmp_path)]) == 1

    assert "Run only one" in capsys.readouterr().err


def test_the_check_of_an_empty_board_names_what_is_missing_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ntp_kernel, "_adjtimex", lambda: None)

    assert main(["check", "--virtual", "--json", "--data", str(tmp_path)]) == 1

    told = json.loads(capsys.readouterr().out)
    found = {check["about"]: (check["ok"], check["outcome"]) for check in told["checks"]}
    assert told["ok"] is False
    assert found["disk"] == (True, "disk_fine")
    assert found["sound"] == (True, "sound_to_files")
    assert found["enrolment"] == (False, "not_enrolled")
    assert found["clock"][1] in {"clock_untrusted", "clock_synchronised"}
    assert all(check["sentence"] for check in told["checks"])


def test_the_data_folder_comes_from_the_environment_if_named() -> None:
    assert default_folder({"LOA_AGENT_DATA": "/somewhere"}) == Path("/somewhere")


def test_only_one_process_holds_a_data_folder_and_the_next_gets_it_after(tmp_path: Path) -> None:
    folder = Folder(tmp_path)

    for _ in range(2):
        with alone(folder):
            pass
