"""A board with the real agent on it, as a process that can be switched off at any moment."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import IO

from loa_agent.adapters.desk_urllib3 import HttpDesk
from loa_agent.config import Folder
from loa_agent.enrol import Claim, enrol
from loa_agent.protocol.reports import Record, RecordKind
from loa_agent.runtime.assembly import agent_version

from fakes.town import Town
from fakes.town_http import CODE

AGENT = (sys.executable, "-m", "loa_agent.cli")
END_S = 20.0


class Board:
    """`loa-agent` over one data folder; a virtual station, so sound goes to files."""

    def __init__(self, folder: Path, log: Path) -> None:
        self.folder = folder
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [*AGENT, *words, "--data", str(self.folder)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, "LOA_LANG": "en"},
        )

    def enrol(self, town: Town) -> None:
        """As a technician does, by the command line."""
        done = self.command("enrol", town.address, CODE)
        assert done.returncode == 0, done.stderr

    def enrol_at_once(self, town: Town) -> None:
        """The same in this process: starting another one takes most of the time."""
        self.folder.mkdir(mode=0o700)
        enrol(Folder(self.folder), Claim(town.address, CODE), HttpDesk(), agent_version())

    def switch_on(
        self, *words: str, before: Callable[[], None] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start the station; `before` runs in the child before the agent does."""
        log: IO[bytes]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*AGENT, "run", *(words or ("--virtual",)), "--data", str(self.folder)],
                stderr=log,
                preexec_fn=before,  # noqa: PLW1509 - sets a limit, starts no thread
            )
        return self.process

    def kill(self) -> None:
        """Pull the plug."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def end(self) -> int:
        """Ask it to end in good order; the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(END_S)

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def records(self, *kinds: RecordKind) -> list[Record]:
        """What the journal on the disk holds."""
        address = f"{(self.folder / 'journal.db').as_uri()}?mode=ro"
        try:
            with closing(sqlite3.connect(address, uri=True)) as database:
                rows = database.execute("SELECT body FROM records ORDER BY sequence").fetchall()
        except sqlite3.OperationalError:
            return []
        records = [Record.model_validate_json(body) for (body,) in rows]
        return [record for record in records if not kinds or record.kind in kinds]

    def said(self) -> str:
        return self.log.read_text() if self.log.exists() else ""
