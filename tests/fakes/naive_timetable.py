"""A timetable worked out as slowly and plainly as possible, second by second, to judge others by.

It shares no code with `loa_agent.protocol` beyond the documents it reads: recurrence is left to
dateutil, time is a row of bytes with one for each second, and Viet Nam has one offset all year.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone

from dateutil.rrule import rrulestr
from loa_agent.protocol.documents import Broadcast, Config, Manifest, Rule, Window

VIET_NAM = timezone(timedelta(hours=7))
DAY_S = 24 * 3600
SESSION_GAP_S = 300
STRENGTH = {"emergency": 0, "live": 1, "priority": 2, "ordinary": 3}
NEVER = 10_000

Seconds = tuple[int, int]


@dataclass
class Due:
    """An occurrence and, once judged, its sounds as (begin, end, offset) in seconds."""

    id: str
    broadcast: Broadcast
    level: int
    begin: int
    end: int
    latest_end: int
    passes: bool
    """Permitted hours and caps do not bind it."""
    sounds: list[tuple[int, int, int]] = field(default_factory=list)
    reason: str | None = None
    """Why it is silent."""


class NaiveTimetable:
    """Some days of one station from a local midnight on; `judge` fills in what sounds."""

    def __init__(
        self, manifests: Sequence[Manifest], config: Config, first: date, days: int
    ) -> None:
        self.midnight = datetime.combine(first, time(), VIET_NAM)
        self.length = days * DAY_S
        self.config = config
        self.closed = self._closed(config.hours)
        self.taken = bytearray(self.length)
        self.nobody = bytearray(self.length)
        self.counted: list[Seconds] = []
        self.alarms: list[Seconds] = []
        self.due = sorted(self._due(manifests), key=lambda due: self._strength(due, manifests))

    def second(self, instant: datetime) -> float:
        """Seconds since the first midnight."""
        return (instant - self.midnight).total_seconds()

    def is_closed(self, begin: datetime, end: datetime) -> bool:
        """Some of this time lies outside the windows."""
        first, last = self.second(begin), self.second(end)
        return any(self.closed[int(first) : -int(-last // 1)])

    def judge(self) -> None:
        """Who is strongest takes what it needs, then the next."""
        for due in self.due:
            due.sounds, due.reason = self._sounds(due), None
            if not due.sounds:
                due.reason = "overlap" if self._sounds(due, alone=True) else "outside_hours"
                continue
            if not due.passes:
                due.reason = self._broken_cap(due)
            if due.reason is not None:
                due.sounds = []
            for begin, end, _ in due.sounds:
                self.taken[begin:end] = b"\1" * (end - begin)
            heard = self.alarms if due.broadcast.class_ == "emergency" else self.counted
            heard += [(begin, end) for begin, end, _ in due.sounds]

    def _sounds(self, due: Due, *, alone: bool = False) -> list[tuple[int, int, int]]:
        length = due.end - due.begin
        taken = self.nobody if alone else self.taken
        row = self._blocked(taken, due.begin, due.latest_end, closed=not due.passes)
        match due.broadcast.late.policy:
            case "join":
                return [(due.begin + b, due.begin + e, b) for b, e in _free(row[:length])]
            case "drop":
                return [(due.begin, due.begin + e, 0) for b, e in _free(row[:length]) if b == 0]
            case "slip":
                begin = row.find(bytes(length))
                return [] if begin < 0 else [(due.begin + begin, due.begin + begin + length, 0)]
            case _:
                sounds = []
                done = 0
                for begin, end in _free(row):
                    part = min(end - begin, length - done)
                    if part >= min(5, length - done) and part:
                        sounds.append((due.begin + begin, due.begin + begin + part, done))
                        done += part
                return sounds

    def _blocked(self, taken: bytearray, begin: int, end: int, *, closed: bool) -> bytes:
        """One byte for each second, 0 where nothing is in the way."""
        rows = [taken[begin:end], self.closed[begin:end] if closed else b""]
        both = int.from_bytes(rows[0], "little") | int.from_bytes(rows[1], "little")
        return both.to_bytes(end - begin, "little")

    def _broken_cap(self, due: Due) -> str | None:
        """The first cap that its sounds would break, day by day."""
        mine = [(begin, end) for begin, end, _ in due.sounds]
        for day in sorted({begin // DAY_S for begin, _ in mine}):
            there = [s for s in self.counted if s[0] // DAY_S == day]
            added = [s for s in mine if s[0] // DAY_S == day]
            problem = self._broken_on_a_day(there, added)
            if problem is not None:
                return problem
        return None

    def _broken_on_a_day(self, there: list[Seconds], added: list[Seconds]) -> str | None:
        caps = self.config.caps
        before, after = self._sessions(there), self._sessions([*there, *added])
        sound_ms = [1000 * sum(end - begin for begin, end in s) for s in after]
        grown_ms = [ms for ms, s in zip(sound_ms, after, strict=True) if set(s) & set(added)]
        if len(before) < len(after) > (caps.sessions_per_day or NEVER):
            return "over_sessions"
        if max(grown_ms) > (caps.session_ms or NEVER * DAY_S):
            return "over_session_length"
        return "over_day_length" if sum(sound_ms) > (caps.day_ms or NEVER * DAY_S) else None

    def _sessions(self, sounds: list[Seconds]) -> list[list[Seconds]]:
        """Sounds with short pauses between them; while an emergency sounds there is no pause."""
        sessions: list[list[Seconds]] = []
        for begin, end in sorted(sounds):
            if sessions:
                ended = sessions[-1][-1][1]
                alarmed = sum(max(0, min(e, begin) - max(b, ended)) for b, e in self.alarms)
                if begin - ended - alarmed < SESSION_GAP_S:
                    sessions[-1].append((begin, end))
                    continue
            sessions.append([(begin, end)])
        return sessions

    def _closed(self, windows: Sequence[Window]) -> bytearray:
        row = bytearray(b"\1" * self.length)
        for day in range(self.length // DAY_S):
            weekday = (self.midnight + timedelta(days=day)).isoweekday()
            for window in windows:
                if weekday in window.weekdays:
                    begin, end = (day * DAY_S + _seconds(t) for t in (window.start, window.end))
                    row[begin:end] = bytes(end - begin)
        return row

    def _due(self, manifests: Sequence[Manifest]) -> Iterator[Due]:
        """Of a broadcast in several manifests the highest area's counts."""
        seen: set[str] = set()
        for manifest in sorted(manifests, key=lambda each: (each.level, each.audience)):
            for broadcast in manifest.broadcasts:
                if broadcast.id not in seen:
                    seen.add(broadcast.id)
                    yield from self._of(broadcast, manifest.level)

    def _of(self, broadcast: Broadcast, level: int) -> Iterator[Due]:
        until = self.midnight.replace(tzinfo=None) + timedelta(seconds=self.length)
        length = sum(item.duration_ms for item in broadcast.items) // 1000
        late = broadcast.late
        wait = late.slip_ms // 1000 if late.policy in {"slip", "resume"} else 0
        for local in sorted(_starts(broadcast.rule, until)):
            start = local.replace(tzinfo=VIET_NAM)
            begin = int(self.second(start))
            if begin < 0 or begin + length + wait > self.length or not _exists(broadcast, start):
                continue
            exempt = any(each.begin_at <= start < each.end_at for each in broadcast.exemptions)
            passes = exempt or broadcast.class_ == "emergency"
            name = f"{broadcast.id}@{local:%Y-%m-%dT%H:%M:%S}"
            end = begin + length
            yield Due(name, broadcast, level, begin, end, end + wait, passes)

    @staticmethod
    def _strength(due: Due, manifests: Sequence[Manifest]) -> tuple[int, int, int, int, str]:
        decided: list[str] = []
        for manifest in sorted(manifests, key=lambda each: (-each.level, each.audience)):
            decided += [name for name in manifest.order if name not in decided]
        place = NEVER
        if due.broadcast.class_ == "priority" and due.broadcast.id in decided:
            place = decided.index(due.broadcast.id)
        return (STRENGTH[due.broadcast.class_], place, due.level, due.begin, due.id)


def _free(row: bytes) -> list[Seconds]:
    return [(found.start(), found.end()) for found in re.finditer(b"\0+", row)]


def _seconds(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 3600 + int(minute) * 60


def _starts(rule: Rule, until: datetime) -> set[datetime]:
    first = datetime.fromisoformat(rule.start)
    if rule.rrule is None:
        found = {first}
    else:
        found = set(rrulestr(rule.rrule, dtstart=first).between(first, until, inc=True))
        if rule.times:
            clocks = [time.fromisoformat(text) for text in rule.times]
            found = {datetime.combine(day.date(), clock) for day in found for clock in clocks}
            found = {start for start in found if start >= first}
    found |= {datetime.fromisoformat(text) for text in rule.dates}
    return found - {datetime.fromisoformat(text) for text in rule.except_dates}


def _exists(broadcast: Broadcast, start: datetime) -> bool:
    if broadcast.begins_at is not None and start < broadcast.begins_at:
        return False
    return broadcast.ends_at is None or start < broadcast.ends_at
