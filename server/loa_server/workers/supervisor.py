"""Starts the server's processes, keeps them alive and stops them all together."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from loa_server.leash import leashed

logger = logging.getLogger(__name__)

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
CALM_AFTER_S = 60.0
"""A child that lived this long has earned a short pause again."""
STOP_TIMEOUT_S = 10.0
LOOK_EVERY_S = 0.2


@dataclass(frozen=True, slots=True)
class Program:
    """One child: how it is called in the log and how it is started."""

    name: str
    command: tuple[str, ...]
    environ: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Child:
    program: Program
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause_s: float = field(default_factory=lambda: FIRST_PAUSE_S)
    due_at: float = 0.0


class Supervisor:
    """Owns child processes; a dead one is started again after a pause that doubles.

    With `logs`, each child writes into a file of its own there. Children are their own process
    groups, so that Ctrl+C reaches this process alone and the order of stopping is ours: last
    started, first stopped. They end when this process is killed.
    """

    def __init__(self, programs: Sequence[Program], logs: Path | None = None) -> None:
        self._children = [_Child(program) for program in programs]
        self._logs = logs
        self._stopping = False

    def add(self, program: Program) -> None:
        """Start and watch one more program."""
        child = _Child(program)
        self._children.append(child)
        self._start(child)

    def start(self) -> None:
        """Start all programs that do not run yet."""
        for child in self._children:
            if child.process is None:
                self._start(child)

    def pids(self) -> dict[str, int]:
        """Process ids of the running children by name."""
        return {c.program.name: c.process.pid for c in self._children if c.process is not None}

    def watch(self) -> None:
        """Keep the children alive until `request_stop`; then stop them all."""
        try:
            while not self._stopping:
                self.look()
                time.sleep(LOOK_EVERY_S)
        finally:
            self.stop()

    def request_stop(self, *_signal: object) -> None:
        """End `watch`; fits as a signal handler."""
        self._stopping = True

    def handle_signals(self) -> None:
        """SIGTERM and SIGINT end `watch`."""
        signal.signal(signal.SIGTERM, self.request_stop)
        signal.signal(signal.SIGINT, self.request_stop)

    def look(self) -> None:
        """Notice who died and start again who is due."""
        now = time.monotonic()
        for child in self._children:
            if child.process is not None and child.process.poll() is not None:
                self._note_death(child, now)
            if child.process is None and now >= child.due_at:
                self._start(child)

    def stop(self) -> None:
        """Ask all to end, newest first, and kill what does not listen."""
        for child in reversed(self._children):
            if child.process is not None:
                _end(child.process)
                child.process = None

    def _note_death(self, child: _Child, now: float) -> None:
        assert child.process is not None  # noqa: S101 - the caller has looked
        if now - child.started_at >= CALM_AFTER_S:
            child.pause_s = FIRST_PAUSE_S
        code = child.process.returncode
        logger.error("child_died name=%s code=%s", child.program.name, code)
        child.process = None
        child.due_at = now + child.pause_s
        child.pause_s = min(child.pause_s * 2, LONGEST_PAUSE_S)

    def _start(self, child: _Child) -> None:
        with self._output(child.program.name) as output:
            child.process = subprocess.Popen(  # noqa: S603 - programs are ours
                leashed(list(child.program.command)),
                env={**os.environ, **child.program.environ},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                process_group=0,
            )
        child.started_at = time.monotonic()
        logger.info("child_started name=%s pid=%s", child.program.name, child.process.pid)

    @contextmanager
    def _output(self, name: str) -> Iterator[IO[bytes] | int]:
        """A file per child, or our own stderr: stdout belongs to the command that was typed."""
        if self._logs is None:
            yield sys.stderr.fileno()
            return
        with log_file(self._logs, name).open("ab") as file:
            yield file


def log_file(logs: Path, name: str) -> Path:
    """Where a child's words go."""
    return logs / f"{name.replace(' ', '-')}.log"


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
