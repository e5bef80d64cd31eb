"""What the server writes is for nobody else on the machine, whatever folder it was given."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration


def test_no_other_user_reads_the_data_in_a_folder_open_to_all(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    data.chmod(0o755)

    subprocess.run(
        [sys.executable, "-m", "loa_server.cli", "prepare"],
        env={**os.environ, "LOA_DATA": str(data)},
        umask=0o022,
        check=True,
        capture_output=True,
    )

    files = [path for path in data.rglob("*") if path.is_file()]
    assert data / "loa.db" in files
    assert [path.name for path in files if path.stat().st_mode & 0o077] == []
