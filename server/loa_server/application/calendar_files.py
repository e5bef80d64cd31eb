"""The port through which timetables become files of other calendars, and files wishes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from loa_server.domain.calendar_entries import Entry
from loa_server.domain.problems import Problem


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An event of a file that cannot become a broadcast, and why."""

    summary: str
    problem: Problem


class CalendarFormat(Protocol):
    """One kind of calendar file."""

    def write(self, entries: Iterable[Entry]) -> bytes:
        """A file with an event for each entry."""

    def read(self, content: bytes, zone: str) -> Sequence[Entry | Unreadable]:
        """Its events in order; `zone` is meant where an event names none.

        Raises:
            Problem: `calendar_unreadable` or `too_many_events` for the file as a whole.
        """
