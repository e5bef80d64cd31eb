"""Lists of areas: read and written the same, every bad line named, nothing taken twice."""

import csv
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loa_server import seed
from loa_server.domain.area_import import Known, Plan, planned
from loa_server.domain.area_list import (
    COLUMNS,
    MAX_LINES,
    ListedArea,
    read_list,
    sorted_list,
    write_list,
)
from loa_server.domain.areas import Area, AreaKind, AreaTree, DatedArea
from loa_server.domain.problems import Problem
from loa_server.domain.text import one_line

ZONE = "Asia/Ho_Chi_Minh"
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
JULY = datetime(2025, 6, 30, 17, 0, tzinfo=UTC)
"""Midnight of 1 July 2025 in Viet Nam."""
HEADING = ",".join(COLUMNS)
AREAS = (
    Area("vn", "VN", "Việt Nam", 0, None),
    Area("p-52", "52", "Gia Lai", 1, "vn"),
    Area("c-1", "21853", "Phù Cát", 2, "p-52"),
    Area("c-2", "21868", "Cát Tân", 2, "p-52"),
    Area("h-1", "1", "Thôn Một", 3, "c-1"),
    Area("p-01", "01", "Hà Nội", 1, "vn"),
)

codes = st.from_regex(r"[0-9A-Za-z][0-9A-Za-z._-]{0,19}", fullmatch=True)
names = (
    st.text(min_size=1, max_size=60)
    .map(lambda text: "".join(letter for letter in " ".join(text.split()) if letter.isprintable()))
    .filter(lambda text: bool(text.strip()))
    .map(lambda text: one_line(text, "name", 300))
    .filter(lambda text: len(text) <= 200)
)
instants = (
    st.none()
    | st.just(JULY)
    | st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
)


@st.composite
def listed_areas(draw: st.DrawFn) -> ListedArea:
    begins, ends = draw(instants), draw(instants)
    if begins is not None and ends is not None and ends <= begins:
        ends = begins + timedelta(microseconds=1)
    return ListedArea(
        code=draw(codes),
        name=draw(
            names | st.sampled_from(["=1+1", "+x", "-x", "@x", "'=x", "''@x", "'x", 'a"b;,'])
        ),
        kind=draw(st.sampled_from(AreaKind)),
        parent_code=draw(st.none() | codes),
        valid_from=begins,
        valid_to=ends,
        replaced_by_code=draw(codes) if ends is not None else None,
    )


@given(st.lists(listed_areas(), max_size=20), st.booleans())
def test_what_is_written_is_read_again_as_it_was(areas: list[ListedArea], mark: bool) -> None:  # noqa: FBT001
    text = ("\ufeff" if mark else "") + write_list(areas, ZONE)

    reading = read_list(text.encode(), ZONE)

    assert reading.bad == ()
    assert list(reading.lines.values()) == areas


@given(st.lists(listed_areas(), max_size=10))
def test_no_cell_goes_out_that_a_spreadsheet_would_run(areas: list[ListedArea]) -> None:
    rows = csv.reader(write_list(areas, ZONE).splitlines())

    assert not [cell for row in rows for cell in row if cell[:1] in "=+-@\t\r" and cell]


def test_days_are_local_midnights() -> None:
    line = ListedArea("52", "Gia Lai", AreaKind.PROVINCE, "VN", JULY)

    assert "2025-07-01," in write_list([line], ZONE)
    assert read_list(write_list([line], ZONE).encode(), ZONE).lines == {2: line}


def test_semicolons_quotes_other_columns_and_empty_lines_are_understood() -> None:
    text = (
        "note;kind;CODE;parent_code;name\r\n"
        'x;Commune;21853;52;"Xã ""Phù"";Cát"\r\n'
        ";;;;\r\n"
        "\r\n"
        "y;hamlet;1;21853;Thôn Một"
    )

    lines = read_list(text.encode("utf-8-sig"), ZONE).lines

    assert [(n, each.code, each.name) for n, each in lines.items()] == [
        (2, "21853", 'Xã "Phù";Cát'),
        (5, "1", "Thôn Một"),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "csv_heading"),
        (b"code,name\n1,x\n", "csv_heading"),
        (b"\xff\xfe\x00", "csv_unreadable"),
        (f'{HEADING}\n1,"open,commune,52\n'.encode(), "csv_unreadable"),
        ((HEADING + "\n" + "1,x,commune,52,,,\n" * (MAX_LINES + 1)).encode(), "too_many"),
    ],
)
def test_a_file_that_is_no_list_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Problem) as refused:
        read_list(content, ZONE)

    assert (refused.value.code, refused.value.facts["field"]) == (code, "file")


def test_everything_wrong_with_every_line_is_said() -> None:
    text = (
        f"{HEADING}\n"
        ",,,,,,\n"
        " ,x,commune,52,,,\n"
        "a b,,town,*,2025-13-01,tomorrow,\n"
        "1,x,commune,52,2025-07-01,2025-06-30,\n"
        "1,x,commune,52,,,2\n"
        f"1,{'x' * 201},commune,52,,,\n"
    )

    bad = read_list(text.encode(), ZONE).bad

    assert [(each.line, each.field, each.reason) for each in bad] == [
        (3, "code", "required"),
        (4, "code", "code_unfit"),
        (4, "name", "required"),
        (4, "kind", "kind_unknown"),
        (4, "parent_code", "code_unfit"),
        (4, "valid_from", "day_unknown"),
        (4, "valid_to", "day_unknown"),
        (5, "valid_to", "ends_before_start"),
        (6, "valid_to", "required"),
        (7, "name", "bad_request"),
    ]


def plan(text: str, dated: Mapping[str, DatedArea] | None = None, **changes: Any) -> Plan:
    known = dated or {area.id: DatedArea(area) for area in AREAS}
    tree = AreaTree(each.area for each in known.values() if each.valid_to is None)
    reach = changes.get("reach", "vn")
    seen = tree.under(reach) | tree.above({reach})
    facts = Known(
        tree=tree,
        dated=known,
        sees=seen.__contains__,
        manages=tree.under(reach).__contains__,
        other_id=lambda: "a-random",
    )
    reading = read_list(
        f"code,name,kind,parent_code,valid_from,valid_to,replaced_by_code\n{text}".encode(), ZONE
    )
    assert reading.bad == ()
    return planned(facts, reading.lines, NOW)


def faults(made: Plan) -> list[tuple[int, str, str]]:
    return [(each.line, each.field, each.reason) for each in made.bad]


def test_lines_may_stand_in_any_order() -> None:
    made = plan("1,Thôn,hamlet,300\n300,Xã,commune,53\n53,Tỉnh,province,VN\n")

    assert faults(made) == []
    assert [(each.area.id, each.area.parent, each.area.level) for each in made.added] == [
        ("p-53", "vn", 1),
        ("c-300", "p-53", 2),
        ("h-300-1", "c-300", 3),
    ]
    assert {each.valid_from for each in made.added} == {NOW}


def test_a_move_takes_along_what_the_list_does_not_name() -> None:
    made = plan("548,Huyện,district,52\n21853,Phù Cát,commune,548\n")

    assert faults(made) == []
    assert [(after.id, after.level, after.parent) for _, after in made.changed] == [
        ("c-1", 3, "d-548"),
        ("h-1", 4, "c-1"),
    ]


def test_a_known_beginning_is_no_other_name() -> None:
    made = plan("21853,Phù Cát,commune,52,2025-07-01\n")

    assert (made.added, made.changed, made.dates) == ([], [], {"c-1": JULY})


def test_what_cannot_stand_in_a_tree_is_refused_line_by_line() -> None:
    made = plan(
        "a,A,commune,b\n"
        "b,B,district,c\n"
        "c,C,province,a\n"
        "d,D,province,d\n"
        "e,E,commune,nowhere\n"
        "f,F,commune,\n"
        "g,G,commune,52\n"
        "g,G again,commune,52\n"
        "h,H,province,52\n"
        "1,Hamlet again,hamlet,21853\n"
        "1,And again,hamlet,21853\n"
        "x,X,hamlet,f\n"
        "21868,Was commune,hamlet,h\n"
    )

    assert faults(made) == [
        (2, "parent_code", "area_circle"),
        (3, "parent_code", "area_circle"),
        (4, "parent_code", "area_circle"),
        (5, "parent_code", "area_circle"),
        (6, "parent_code", "parent_unknown"),
        (7, "parent_code", "required"),
        (9, "code", "duplicate_code"),
        (10, "kind", "kind_does_not_fit"),
        (12, "code", "duplicate_code"),
    ]


def test_a_kind_that_does_not_fit_over_what_lies_below_is_refused() -> None:
    made = plan("21853,Phù Cát,hamlet,52\n2,Thôn,hamlet,21868\n21868,Cát Tân,district,52\n")

    assert faults(made) == []

    made = plan("52,Gia Lai,commune,VN\n")

    assert faults(made) == [(2, "kind", "kind_does_not_fit")] * 2


def test_outside_the_reach_codes_are_unknown_and_what_lies_above_is_only_read() -> None:
    made = plan(
        "VN,Việt Nam,country,\n"
        "52,Gia Lai,province,VN\n"
        "01,Hà Nội,province,VN\n"
        "2,Thôn Hai,hamlet,21853\n"
        "9,Xã Chín,commune,52\n"
        "8,Thôn Tám,hamlet,21868\n",
        reach="c-1",
    )

    assert [each.area.id for each in made.added] == ["h-21853-2"]
    assert faults(made) == [
        (4, "code", "duplicate_code"),
        (6, "parent_code", "forbidden"),
        (7, "parent_code", "parent_unknown"),
    ]


def test_what_is_over_is_added_once_and_never_ends_what_is_in_force() -> None:
    first = plan(
        "548,Huyện,district,52,,2025-07-01,52\n"
        "20001,Xã Cũ,commune,548,,2025-07-01,21853\n"
        "21853,Xã Ngô Mây,commune,548,,2025-07-01,21853\n"
        "21853,Phù Cát,commune,52\n"
    )
    known = {each.area.id: each for each in first.added} | {a.id: DatedArea(a) for a in AREAS}
    again = plan("20001,Xã Cũ,commune,548,,2025-07-01,21853\n", known)
    wrong = plan(
        "21868,Cát Tân,commune,52,,2026-01-01,\n"
        "7,Xã,commune,52,,2026-01-01,nowhere\n"
        "8,Xã,commune,nowhere,,2026-01-01,\n"
    )

    assert faults(first) == []
    assert [(each.area.id, each.area.parent, each.replaced_by) for each in first.added] == [
        ("d-548", "p-52", "p-52"),
        ("c-20001", "d-548", "c-1"),
        ("c-21853", "d-548", "c-1"),
    ]
    assert (again.added, again.changed, faults(again)) == ([], [], [])
    assert faults(wrong) == [
        (2, "valid_to", "still_in_force"),
        (3, "replaced_by_code", "successor_unknown"),
        (4, "parent_code", "parent_unknown"),
    ]


@given(st.data())
def test_a_list_taken_once_changes_nothing_the_second_time(data: st.DataObject) -> None:
    rows = ["VN,Việt Nam,country,"]
    uppers: dict[str, list[str]] = {
        "country": ["VN"],
        "province": [],
        "district": [],
        "commune": [],
    }
    below = {"province": ["country"], "district": ["province"], "commune": ["province", "district"]}
    below |= {"hamlet": ["commune"]}
    for number in range(data.draw(st.integers(0, 25))):
        kind = data.draw(st.sampled_from(sorted(below)))
        over = [code for upper in below[kind] for code in uppers[upper]]
        if over:
            code = f"{kind[0]}{number}"
            rows.append(f"{code},Tên {number},{kind},{data.draw(st.sampled_from(over))}")
            uppers.setdefault(kind, []).append(code)
    text = "\n".join(data.draw(st.permutations(rows)))
    roots = {AREAS[0].id: DatedArea(AREAS[0])}

    first = plan(text, roots)
    known = roots | {each.area.id: each for each in first.added}
    again = plan(text, known)

    assert faults(first) == []
    assert len(first.added) == len(rows) - 1
    assert (again.added, again.changed, again.dates, again.bad) == ([], [], {}, [])


def test_upper_kinds_stand_first_in_a_list() -> None:
    hamlet = ListedArea("1", "x", AreaKind.HAMLET, "2")
    commune = ListedArea("2", "x", AreaKind.COMMUNE, "52")

    assert sorted_list([hamlet, commune]) == [commune, hamlet]


def test_all_provinces_and_communes_of_july_2025_are_shipped() -> None:
    provinces = seed.provinces()

    assert (len(provinces), sum(each.communes for each in provinces)) == (34, 3321)
    assert {each.code: each.communes for each in provinces}["52"] == 135
    assert seed.province("99") is None
    assert seed.province("21853") is None


def test_every_shipped_province_can_be_taken() -> None:
    roots = {AREAS[0].id: DatedArea(AREAS[0])}

    for each in seed.provinces():
        content = seed.province(each.code)
        assert content is not None
        made = plan(content.decode().partition("\n")[2], roots)
        assert faults(made) == []
        assert len(made.added) == each.communes + 1
        assert {added.valid_from for added in made.added} == {JULY}


def test_a_circle_of_a_whole_list_is_found_in_one_walk() -> None:
    last = MAX_LINES - 1
    lines = [f"K{n},Xã,commune,K{(n + 1) % last}\n" for n in range(last)]

    made = plan("".join(lines))

    assert {each.reason for each in made.bad} == {"area_circle"}
    assert len(made.bad) == last
