"""Small rules: words, names, passwords, patience, the tree."""

from datetime import UTC, datetime, timedelta

import pytest
from loa_server.domain.areas import Area, AreaTree
from loa_server.domain.people import (
    FREE_ATTEMPTS,
    LOCK_CAP,
    lock_after,
    plain_username,
    require_strong,
)
from loa_server.domain.problems import Problem
from loa_server.domain.text import one_line

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
AREAS = (Area("vn", "0", "VN", 0, None), Area("gl", "5", "GL", 1, "vn"))
TREE = AreaTree([*AREAS, Area("pc", "1", "PC", 2, "gl")])


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Tiêm \n chủng ", "Tiêm chủng"),
        ("Tie\u0302m chu\u0309ng", "Tiêm chủng"),
        ("a\0b\u202ec", "abc"),
    ],
)
def test_words_become_one_composed_visible_line(typed: str, kept: str) -> None:
    assert one_line(typed, "title", 20) == kept


@pytest.mark.parametrize("typed", ["", " \n", "\0", "x" * 21])
def test_no_words_or_too_many_are_refused(typed: str) -> None:
    with pytest.raises(Problem, match="bad_request"):
        one_line(typed, "title", 20)


def test_a_user_name_is_the_same_however_a_telephone_writes_it() -> None:
    assert plain_username(" Lan.Anh ") == plain_username("lan.anh")


@pytest.mark.parametrize("weak", ["short", "aaaaaaaaaaaa", "Lan.Anh.Phu.Cat", "x1" * 101])
def test_weak_passwords_are_refused(weak: str) -> None:
    with pytest.raises(Problem) as refused:
        require_strong(weak, "lan.anh.phu.cat")

    assert refused.value.code == "weak_password"
    assert refused.value.facts["least"] == 10


def test_a_sentence_is_a_password() -> None:
    require_strong("con trâu đi cày", "lan")


def test_wrong_passwords_cost_growing_patience_up_to_a_cap() -> None:
    waits = [lock_after(failed, NOW) for failed in range(FREE_ATTEMPTS + 12)]

    assert waits[:FREE_ATTEMPTS] == [None] * FREE_ATTEMPTS
    assert waits[FREE_ATTEMPTS] == NOW + timedelta(seconds=30)
    assert waits[FREE_ATTEMPTS + 1] == NOW + timedelta(seconds=60)
    assert waits[-1] == NOW + LOCK_CAP


def test_under_names_the_area_and_what_lies_below() -> None:
    assert TREE.under("gl") == {"gl", "pc"}
    assert TREE.under("nowhere") == frozenset()


def test_an_area_in_no_tree_is_unknown() -> None:
    with pytest.raises(Problem, match="audience_unknown"):
        TREE.covers("vn", "nowhere")
