"""Lists of areas from the command line, on a server that begins with nothing."""

import json
from pathlib import Path
from typing import Any

import pytest
from loa_server.cli import main


@pytest.fixture(autouse=True)
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_DATA", str(tmp_path / "data"))


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    status = main(["areas", "import", *words])
    return status, json.loads(capsys.readouterr().out)


def test_a_new_server_gets_its_province_without_typing(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    statuses = [
        main(["areas", "import", "--seed", "52", *more]) for more in ([], ["--apply"], ["--apply"])
    ]
    capfdbinary.readouterr()
    statuses.append(main(["areas", "export"]))
    listed = capfdbinary.readouterr().out
    (tmp_path / "again.csv").write_bytes(listed)
    statuses.append(main(["areas", "import", str(tmp_path / "again.csv"), "--apply"]))
    again = json.loads(capfdbinary.readouterr().out)

    assert statuses == [0] * 5
    assert listed.count(b"\r\n") == 138
    assert (again["rows"], again["added"], again["changed"]) == (137, 0, 0)


def test_a_bad_list_is_told_line_by_line_and_nothing_is_taken(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "areas.csv"
    path.write_text("code,name,kind,parent_code\n1,Tinh,province,VN\n2,Xa,commune,9\n")

    status, done = said(capsys, str(path), "--apply")

    assert (status, done["applied"]) == (1, False)
    assert [(each["line"], each["reason"]) for each in done["bad"]] == [(3, "parent_unknown")]


def test_what_cannot_be_read_is_said_and_nothing_else(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "x.csv").write_bytes(b"\xff\xfe")

    statuses = [
        main(["areas", "import", "--seed", "99"]),
        main(["areas", "import", str(tmp_path / "x.csv")]),
        main(["areas", "import", str(tmp_path / "nothing.csv")]),
    ]

    assert statuses == [1, 1, 1]
    told = capsys.readouterr().err
    assert ("seed_unknown" in told, "csv_unreadable" in told, "nothing.csv" in told) == (True,) * 3
