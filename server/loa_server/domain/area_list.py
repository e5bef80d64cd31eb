"""Areas as a list in a file: CSV out, CSV in, line by line.

UTF-8, with or without a byte order mark, cells apart by `,` or `;` as the heading shows. Instants
are days where they are a local midnight, ISO 8601 otherwise. Spreadsheets run a cell that begins
with `=`, `+`, `-` or `@` as a formula: such cells go out behind an apostrophe and come in without.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from loa_server.domain.area_change import plain_code, plain_name
from loa_server.domain.areas import AreaKind
from loa_server.domain.problems import Problem

COLUMNS = ("code", "name", "kind", "parent_code", "valid_from", "valid_to", "replaced_by_code")
NEEDED = ("code", "name", "kind", "parent_code")
MAX_LINES = 20_000
MAX_CELL = 1000
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


@dataclass(frozen=True, slots=True)
class ListedArea:
    """One line; what is None is unknown, still in force, or replaced by nothing."""

    code: str
    name: str
    kind: AreaKind
    parent_code: str | None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    replaced_by_code: str | None = None


@dataclass(frozen=True, slots=True)
class BadLine:
    """Why a line cannot be taken; the heading is line 1."""

    line: int
    field: str
    reason: str
    facts: Mapping[str, Any]  # Any: JSON values that differ by reason


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says: good lines by their number, and bad ones."""

    lines: Mapping[int, ListedArea]
    bad: tuple[BadLine, ...]


def write_list(areas: Iterable[ListedArea], zone: str) -> str:
    """The list as text; days are those of `zone`."""
    out = _Text()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for each in areas:
        cells = (
            each.code,
            each.name,
            each.kind.value,
            each.parent_code or "",
            _instant_text(each.valid_from, zone),
            _instant_text(each.valid_to, zone),
            each.replaced_by_code or "",
        )
        writer.writerow([_guarded(cell) for cell in cells])
    return "".join(out.parts)


def read_list(content: bytes, zone: str) -> Reading:
    """Every line of a file, good or bad.

    Raises:
        Problem: `csv_unreadable`, `csv_heading` when columns are missing, `too_many` lines.
    """
    rows = _rows(content)
    heading = [cell.strip().lower() for cell in (rows[0] if rows else [])]
    missing = [name for name in NEEDED if name not in heading]
    if missing:
        raise Problem("csv_heading", {"field": "file", "missing": missing})
    filled = {n: row for n, row in enumerate(rows[1:], start=2) if any(map(str.strip, row))}
    if len(filled) > MAX_LINES:
        raise Problem("too_many", {"field": "file", "most": MAX_LINES})
    lines: dict[int, ListedArea] = {}
    bad: list[BadLine] = []
    for number, row in filled.items():
        cells = {name: _plain(cell) for name, cell in zip(heading, row, strict=False)}
        faults = _Faults(number)
        read = _line(cells, zone, faults)
        bad += faults.found
        if read is not None:
            lines[number] = read
    return Reading(lines, tuple(bad))


class _Text:
    """What the writer takes for a file."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def write(self, text: str) -> None:
        self.parts.append(text)


class _Faults:
    """Collects what is wrong with one line, so that all of it is said at once."""

    def __init__(self, line: int) -> None:
        self._line = line
        self.found: list[BadLine] = []

    def note(self, field: str, problem: Problem) -> None:
        self.found.append(BadLine(self._line, field, problem.code, problem.facts))


def _rows(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
        heading = text.partition("\n")[0]
        delimiter = ";" if heading.count(";") > heading.count(",") else ","
        lines = (f"{line}\n" for line in text.split("\n"))
        return list(csv.reader(lines, delimiter=delimiter, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Problem("csv_unreadable", {"field": "file"}) from error


def _line(cells: Mapping[str, str], zone: str, faults: _Faults) -> ListedArea | None:
    code = _code(cells.get("code", ""), "code", faults)
    name = _name(cells.get("name", ""), faults)
    kind = _kind(cells.get("kind", ""), faults)
    parent = (
        _code(cells["parent_code"], "parent_code", faults) if cells.get("parent_code") else None
    )
    heir = cells.get("replaced_by_code") or None
    heir = None if heir is None else _code(heir, "replaced_by_code", faults)
    begins = _instant(cells.get("valid_from", ""), "valid_from", zone, faults)
    ends = _instant(cells.get("valid_to", ""), "valid_to", zone, faults)
    if begins is not None and ends is not None and ends <= begins:
        faults.note("valid_to", Problem("ends_before_start"))
    if heir is not None and ends is None and not faults.found:
        faults.note("valid_to", Problem("required"))
    if faults.found or kind is None:
        return None
    return ListedArea(code, name, kind, parent, begins, ends, heir)


def _code(text: str, field: str, faults: _Faults) -> str:
    if not text.strip():
        faults.note(field, Problem("required"))
        return ""
    try:
        return plain_code(text)
    except Problem as problem:
        faults.note(field, problem)
        return ""


def _name(text: str, faults: _Faults) -> str:
    if not text.strip():
        faults.note("name", Problem("required"))
        return ""
    try:
        return plain_name(text)
    except Problem as problem:
        faults.note("name", problem)
        return ""


def _kind(text: str, faults: _Faults) -> AreaKind | None:
    try:
        return AreaKind(text.strip().lower())
    except ValueError:
        kinds = [kind.value for kind in AreaKind]
        faults.note("kind", Problem("kind_unknown", {"kinds": kinds}))
        return None


def _instant(text: str, field: str, zone: str, faults: _Faults) -> datetime | None:
    if not text.strip():
        return None
    try:
        value = datetime.fromisoformat(text.strip())
        local = value if value.tzinfo is not None else value.replace(tzinfo=ZoneInfo(zone))
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        faults.note(field, Problem("day_unknown"))
        return None


def _instant_text(instant: datetime | None, zone: str) -> str:
    if instant is None:
        return ""
    local = instant.astimezone(ZoneInfo(zone))
    if local.time() == time():
        return local.date().isoformat()
    return instant.astimezone(UTC).isoformat()


def _guarded(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _plain(cell: str) -> str:
    """Without the apostrophe of `_guarded`; cells longer than any use are cut for their message."""
    text = cell[:MAX_CELL]
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text


def sorted_list(areas: Iterable[ListedArea]) -> list[ListedArea]:
    """Upper kinds first, so that a parent stands before what lies under it."""
    return sorted(areas, key=lambda each: (each.kind.rank, each.parent_code or "", each.code))
