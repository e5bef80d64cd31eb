"""Provinces and communes of 1 July 2025, shipped for servers that begin with nothing.

For any edge, as the settings are; README.md says where the list comes from.
"""

import csv
import io
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

FILE = "areas-2025-07.csv"
COUNTRY_CODE = "VN"


@dataclass(frozen=True, slots=True)
class Province:
    """A province of the list."""

    code: str
    name: str
    communes: int


def provinces() -> list[Province]:
    """All provinces, by code."""
    rows = _rows()
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["parent_code"]] = counts.get(row["parent_code"], 0) + 1
    return [
        Province(row["code"], row["name"], counts.get(row["code"], 0))
        for row in rows
        if row["kind"] == "province"
    ]


def province(code: str) -> bytes | None:
    """A province and its communes as a list to import; None when there is no such province."""
    rows = [
        row
        for row in _rows()
        if (row["kind"] == "province" and row["code"] == code) or row["parent_code"] == code
    ]
    if not rows or rows[0]["kind"] != "province":
        return None
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


@cache
def _rows() -> list[dict[str, str]]:
    text = (files(__package__) / FILE).read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))
