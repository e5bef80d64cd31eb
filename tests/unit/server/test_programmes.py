"""What makes a programme one, and who is asked by a priority share."""

from datetime import UTC, datetime

import pytest
from loa_agent.protocol.documents import DAY_MS, MAX_ITEMS
from loa_server.domain.areas import Area, AreaKind, AreaTree
from loa_server.domain.bulletins import Bulletin, BulletinStatus, Voice
from loa_server.domain.problems import Problem
from loa_server.domain.programmes import (
    Part,
    ProgrammeItem,
    duration_ms,
    is_ready,
    require_well_made,
)
from loa_server.domain.rights import Grant, Role
from loa_server.domain.shares import asked_places, sharing_place

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
TREE = AreaTree(
    (
        Area("vn", "0", "Việt Nam", 0, None),
        Area("gia-lai", "52", "Gia Lai", 1, "vn"),
        Area("phu-cat", "21853", "Phù Cát", 2, "gia-lai"),
        Area("tuy-phuoc", "21952", "Tuy Phước", 2, "gia-lai"),
        Area("an-hanh", "1", "An Hành", 3, "phu-cat"),
    )
)


def a_bulletin(name: str, length_ms: int | None = 60_000) -> Bulletin:
    voice = None if length_ms is None else Voice("a" * 64, 1000, length_ms, -16.0)
    status = BulletinStatus.PREPARING if voice is None else BulletinStatus.READY
    return Bulletin(name, name, None, "u", "phu-cat", NOW, "b" * 64, status, voice)


def items(*parts: Part) -> list[ProgrammeItem]:
    return [ProgrammeItem(f"bt-{number}", part) for number, part in enumerate(parts)]


def code_of(wanted: list[ProgrammeItem], pieces: dict[str, Bulletin]) -> str | None:
    try:
        require_well_made(wanted, pieces)
    except Problem as problem:
        return problem.code
    return None


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ("j i i s", None),
        ("j j i", None),
        ("i s s", None),
        ("i", None),
        ("s", None),
        ("", "programme_empty"),
        ("i j", "programme_part_out_of_place"),
        ("s i", "programme_part_out_of_place"),
        ("j s i", "programme_part_out_of_place"),
        ("j i s j", "programme_part_out_of_place"),
        (" ".join("i" * (MAX_ITEMS + 1)), "programme_too_many_items"),
    ],
)
def test_jingles_stand_first_and_sign_offs_last(parts: str, code: str | None) -> None:
    letters = {"j": Part.JINGLE, "i": Part.ITEM, "s": Part.SIGN_OFF}
    wanted = items(*(letters[each] for each in parts.split()))

    assert code_of(wanted, {}) == code


def test_what_stands_out_of_place_is_named() -> None:
    with pytest.raises(Problem) as caught:
        require_well_made(items(Part.ITEM, Part.SIGN_OFF, Part.JINGLE), {})

    assert caught.value.facts == {"field": "items", "position": 2, "part": "jingle"}


def test_no_programme_lasts_longer_than_a_day() -> None:
    wanted = items(Part.ITEM, Part.ITEM)
    fits = {"bt-0": a_bulletin("bt-0", DAY_MS - 1), "bt-1": a_bulletin("bt-1", 1)}
    too_long = fits | {"bt-1": a_bulletin("bt-1", 2)}

    assert code_of(wanted, fits) is None
    assert code_of(wanted, too_long) == "programme_too_long"


def test_a_programme_is_ready_when_every_voice_is() -> None:
    wanted = items(Part.JINGLE, Part.ITEM)
    ready = {"bt-0": a_bulletin("bt-0", 2000), "bt-1": a_bulletin("bt-1", 3000)}
    waiting = ready | {"bt-1": a_bulletin("bt-1", None)}

    assert (is_ready(wanted, ready), duration_ms(wanted, ready)) == (True, 5000)
    assert (is_ready(wanted, waiting), duration_ms(wanted, waiting)) == (False, 2000)
    assert not is_ready([], {})


def test_every_commune_below_is_asked_and_a_hamlet_only_by_itself() -> None:
    assert asked_places(TREE, ["gia-lai"]) == {"phu-cat", "tuy-phuoc"}
    assert asked_places(TREE, ["phu-cat", "gia-lai"]) == {"phu-cat", "tuy-phuoc"}
    assert asked_places(TREE, ["an-hanh"]) == {"an-hanh"}
    assert asked_places(TREE, ["nowhere"]) == frozenset()


def test_districts_of_old_are_passed_over_on_the_way_to_the_communes() -> None:
    old = AreaTree(
        (
            Area("binh-dinh", "52", "Bình Định", 1, None, kind=AreaKind.PROVINCE),
            Area("huyen", "540", "Phù Cát", 2, "binh-dinh", kind=AreaKind.DISTRICT),
            Area("xa", "1", "Cát Trinh", 3, "huyen", kind=AreaKind.COMMUNE),
        )
    )

    assert asked_places(old, ["binh-dinh"]) == {"xa"}


def test_a_share_comes_from_the_lowest_place_of_the_sharer_above_all_it_is_for() -> None:
    grants = (Grant(Role.AUTHOR, "gia-lai"), Grant(Role.AUTHOR, "phu-cat"))
    onlooker = (Grant(Role.AUDITOR, "gia-lai"), Grant(Role.AUTHOR, "phu-cat"))

    assert sharing_place(grants, TREE, ["an-hanh"]) == "phu-cat"
    assert sharing_place(grants, TREE, ["an-hanh", "tuy-phuoc"]) == "gia-lai"
    for areas in (["tuy-phuoc"], ["an-hanh", "tuy-phuoc"]):
        with pytest.raises(Problem, match="forbidden"):
            sharing_place(onlooker, TREE, areas)
