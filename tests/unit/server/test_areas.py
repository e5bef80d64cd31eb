"""The tree, what may stand where, codes, ids, and hours as people order them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loa_server.domain import area_limits
from loa_server.domain.area_change import (
    area_id,
    common_parent,
    free_code,
    plain_code,
    relevelled,
    require_code_free,
    require_kind_fits,
    require_no_circle,
    usual_kind,
)
from loa_server.domain.area_limits import WindowWish
from loa_server.domain.areas import Area, AreaKind, AreaTree, Former
from loa_server.domain.problems import Problem

WEEK = (1, 2, 3, 4, 5, 6, 7)
VN = Area("vn", "VN", "Việt Nam", 0, None)
GIA_LAI = Area("p-52", "52", "Gia Lai", 1, "vn")
PHU_CAT = Area("c-1", "21853", "Phù Cát", 2, "p-52")
CAT_TAN = Area("c-2", "21868", "Cát Tân", 2, "p-52")
THON = Area("h-1", "1", "Thôn Một", 3, "c-1")
TREE = AreaTree([VN, GIA_LAI, PHU_CAT, CAT_TAN, THON])


@st.composite
def trees(draw: st.DrawFn) -> list[Area]:
    """Any shape: each area stands under one made before it, or under none."""
    count = draw(st.integers(1, 25))
    areas: list[Area] = []
    for number in range(count):
        upper = draw(st.sampled_from([None, *areas]))
        level = 0 if upper is None else upper.level + 1
        parent = None if upper is None else upper.id
        areas.append(Area(f"a{number}", str(number), f"A{number}", level, parent))
    return draw(st.permutations(areas))


@given(trees())
def test_what_lies_under_an_area_is_what_has_it_in_its_path(areas: list[Area]) -> None:
    tree = AreaTree(areas)

    for upper in areas:
        lower = {each.id for each in areas if upper in tree.path(each.id)}
        assert tree.under(upper.id) == lower
        assert {each.id for each in areas if tree.covers(upper.id, each.id)} == lower
        assert {each.id for each in tree.children(upper.id)} == {
            each.id for each in areas if each.parent == upper.id
        }


@given(trees(), st.data())
def test_under_a_moved_area_every_level_is_one_more_than_the_one_above(
    areas: list[Area], data: st.DataObject
) -> None:
    tree = AreaTree(areas)
    moved = data.draw(st.sampled_from(areas))
    after = replace(moved, level=moved.level + data.draw(st.integers(-1, 2)))

    changed = {each.id: each for _, each in relevelled(tree, after)}

    now = {each.id: changed.get(each.id, each) for each in areas} | {after.id: after}
    for each in tree.under(moved.id) - {moved.id}:
        parent = now[each].parent
        assert parent is not None
        assert now[each].level == now[parent].level + 1
    assert changed.keys() <= tree.under(moved.id)


def test_an_area_no_longer_in_force_keeps_its_name_and_leads_to_its_heir() -> None:
    former = {"old": Former("Xã Cũ", "older"), "older": Former("Xã Giữa", "c-1")}
    former |= {"x": Former("X", "y"), "y": Former("Y", "x"), "z": Former("Z", None)}
    tree = AreaTree([VN, GIA_LAI, PHU_CAT], former)

    assert (tree.name("old"), tree.name("c-1"), tree.name("?")) == ("Xã Cũ", "Phù Cát", "?")
    assert (tree.has("old"), tree.successor("old"), tree.successor("c-1")) == (False, "c-1", "c-1")
    assert [tree.successor(each) for each in ("x", "z", "?")] == [None, None, None]
    assert tree.merged_into({"c-1"}) == {"old", "older"}


def test_kinds_follow_the_two_levels_of_today_and_the_districts_of_before() -> None:
    district = Area("d-1", "548", "Huyện Phù Cát", 2, "p-52", kind=AreaKind.DISTRICT)

    kinds = [usual_kind(each) for each in (VN, GIA_LAI, district, PHU_CAT, THON)]

    assert kinds == ["province", "commune", "commune", "hamlet", "hamlet"]


@pytest.mark.parametrize(
    ("parent", "kind"),
    [(THON, "hamlet"), (PHU_CAT, "commune"), (PHU_CAT, "district"), (VN, "country")],
)
def test_nothing_stands_under_what_is_of_its_own_kind_or_lower(parent: Area, kind: str) -> None:
    with pytest.raises(Problem) as refused:
        require_kind_fits(parent, AreaKind(kind))

    assert refused.value.code == "kind_does_not_fit"
    assert refused.value.facts["field"] == "kind"


@pytest.mark.parametrize("parent", ["c-1", "h-1"])
def test_an_area_lies_neither_under_itself_nor_under_what_it_holds(parent: str) -> None:
    with pytest.raises(Problem, match="area_circle"):
        require_no_circle(TREE, "c-1", parent, "parent")


def test_codes_of_hamlets_are_their_communes_affair_all_others_the_nations() -> None:
    elsewhere = Area("d", "548", "Huyện", 2, "p-52", kind=AreaKind.DISTRICT)

    require_code_free(TREE, replace(THON, id="h-2", parent="c-2"), "1")
    require_code_free(TREE, PHU_CAT, PHU_CAT.code)
    require_code_free(TREE, elsewhere, PHU_CAT.code, but=["c-1"])

    for area, code in ((replace(THON, id="h-2"), "1"), (elsewhere, "21853"), (PHU_CAT, "52")):
        with pytest.raises(Problem, match="duplicate_code"):
            require_code_free(TREE, area, code)


@pytest.mark.parametrize("code", ["=1+1", "-1", "@x", "a b", "x/1", "Xã", "'1", "x" * 21, " "])
def test_codes_are_plain_letters_and_digits(code: str) -> None:
    with pytest.raises(Problem) as refused:
        plain_code(code)

    assert refused.value.code in {"code_unfit", "bad_request"}
    assert refused.value.facts["field"] == "code"


def test_ids_say_the_code_and_are_never_given_twice() -> None:
    taken = {"c-21853", "c-21853-2"}

    def made(kind: str, code: str, parent: str) -> str | None:
        return area_id(AreaKind(kind), code, parent, taken.__contains__)

    assert made("province", "52", "VN") == "p-52"
    assert made("commune", "21853", "52") == "c-21853-3"
    assert made("hamlet", "1", "21853") == "h-21853-1"
    assert made("hamlet", "21853-1", "21853") == "h-21853-1"
    assert made("hamlet", "X.y_Z", "H24.5") == "h-h24-5-x-y-z"
    assert made("hamlet", "x" * 20, "y" * 20) is None


def test_a_code_another_has_is_told_apart_by_where_it_came_from() -> None:
    taken = {"1", "21853-1", "21868-2"}

    codes = [
        free_code("1", "21853", taken.__contains__),
        free_code("2", "21868", set().__contains__),
    ]

    assert codes == ["21853-1-2", "2"]
    assert free_code("x" * 20, "21853", {"x" * 20}.__contains__) is None


def test_the_place_common_to_some_areas_is_above_all_of_them() -> None:
    assert common_parent(TREE, ["c-1", "c-2"]) == GIA_LAI
    assert common_parent(TREE, ["c-1"]) == GIA_LAI
    assert common_parent(TREE, ["h-1", "c-2"]) == GIA_LAI
    assert common_parent(TREE, ["vn"]) is None


def test_hours_in_any_order_become_windows_in_order() -> None:
    wishes = [WindowWish((7, 6, 6), "17:00", "24:00"), WindowWish((1,), "05:00", "17:00")]

    windows = area_limits.hours(wishes)

    assert [(each.weekdays, each.start) for each in windows] == [((1,), "05:00"), ((6, 7), "17:00")]
    assert area_limits.hours([]) == ()


@pytest.mark.parametrize(
    ("wishes", "code"),
    [
        ([("17:00", "17:00")], "window_backwards"),
        ([("22:00", "05:00")], "window_backwards"),
        ([("05:00", "12:00"), ("11:59", "21:00")], "windows_overlap"),
        ([("05:00", "21:00"), ("06:00", "07:00")], "windows_overlap"),
        (
            [(f"{n // 60:02}:{n % 60:02}", f"{n // 60:02}:{n % 60 + 1:02}") for n in range(49)],
            "too_many",
        ),
    ],
)
def test_windows_that_make_no_sense_are_refused_with_their_field(
    wishes: list[tuple[str, str]], code: str
) -> None:
    for name, read in (("hours", area_limits.hours), ("volumes", area_limits.volumes)):
        with pytest.raises(Problem) as refused:
            read([WindowWish(WEEK, start, end) for start, end in wishes])
        assert (refused.value.code, refused.value.facts["field"]) == (code, name)


def test_windows_side_by_side_or_on_other_days_do_not_overlap() -> None:
    wishes = [
        WindowWish((1, 2), "05:00", "12:00", 40),
        WindowWish((1, 2), "12:00", "21:00", 80),
        WindowWish((3,), "05:00", "21:00", 60),
    ]

    assert sorted(each.percent for each in area_limits.volumes(wishes)) == [40, 60, 80]


def test_a_window_without_a_day_is_refused() -> None:
    with pytest.raises(Problem, match="no_weekday"):
        area_limits.hours([WindowWish((), "05:00", "06:00")])


def test_a_session_longer_than_a_days_sound_is_refused() -> None:
    with pytest.raises(Problem, match="session_over_day"):
        area_limits.caps(None, 60_001, 60_000)

    assert not area_limits.caps(None, None, None)


def test_an_unknown_zone_is_refused() -> None:
    assert area_limits.zone("Asia/Ho_Chi_Minh") == "Asia/Ho_Chi_Minh"
    for name in ("Asia/Nowhere", "../etc/passwd", "\0"):
        with pytest.raises(Problem, match="zone_unknown"):
            area_limits.zone(name)
