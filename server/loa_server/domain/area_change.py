"""What may become of an area: its kind, its code, where it stands, and the id made for it."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from loa_server.domain.areas import Area, AreaKind, AreaTree
from loa_server.domain.problems import Problem
from loa_server.domain.text import one_line

MAX_CODE = 20
MAX_AREA_NAME = 200
MAX_ID = 40
CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*")
"""National codes are digits; those of agencies have letters and dots, hamlets often a dash."""
ID_LETTERS = {
    AreaKind.COUNTRY: "n",
    AreaKind.PROVINCE: "p",
    AreaKind.DISTRICT: "d",
    AreaKind.COMMUNE: "c",
    AreaKind.HAMLET: "h",
}


def plain_name(text: str) -> str:
    """A name on one line; raises Problem `bad_request`."""
    return one_line(text, "name", MAX_AREA_NAME)


def plain_code(text: str) -> str:
    """A code without spaces; raises Problem `bad_request`, `code_unfit`."""
    code = one_line(text, "code", MAX_CODE)
    if CODE.fullmatch(code) is None:
        raise Problem("code_unfit", {"field": "code", "code": code})
    return code


def usual_kind(parent: Area) -> AreaKind:
    """What usually stands under an area: since 1 July 2025 communes directly under provinces."""
    following = {AreaKind.COUNTRY: AreaKind.PROVINCE, AreaKind.PROVINCE: AreaKind.COMMUNE}
    following |= {AreaKind.DISTRICT: AreaKind.COMMUNE}
    return following.get(parent.called, AreaKind.HAMLET)


def require_kind_fits(parent: Area, kind: AreaKind, field: str = "kind") -> None:
    """Raise Problem `kind_does_not_fit` unless an area of `kind` may stand under `parent`."""
    if kind.rank <= parent.called.rank:
        facts = {"field": field, "kind": kind.value, "parent_kind": parent.called.value}
        raise Problem("kind_does_not_fit", facts)


def require_code_free(
    tree: AreaTree, area: Area, code: str, but: Iterable[str] = (), field: str = "code"
) -> None:
    """Raise Problem `duplicate_code` when another area in force has the code.

    Codes of hamlets are the commune's own affair; all others are the nation's.
    """
    others = set(but) | {area.id}
    local = area.called is AreaKind.HAMLET
    rivals = tree.children(area.parent or "") if local else tree.coded(code)
    for rival in rivals:
        same_space = local or rival.called is not AreaKind.HAMLET
        if rival.code == code and same_space and rival.id not in others:
            raise Problem("duplicate_code", {"field": field, "code": code})


def require_no_circle(tree: AreaTree, area: str, parent: str, field: str) -> None:
    """Raise Problem `area_circle` when `parent` is the area itself or lies under it."""
    if tree.covers(area, parent):
        raise Problem("area_circle", {"field": field, "area": parent})


def placed(area: Area, parent: Area) -> Area:
    """The area as it stands under `parent`; its kind stays what it is called now."""
    return replace(area, parent=parent.id, level=parent.level + 1, kind=area.called)


def relevelled(tree: AreaTree, area: Area) -> list[tuple[Area, Area]]:
    """What lies under an area, before and after the area came to stand on its new level."""
    changed: list[tuple[Area, Area]] = []
    to_visit: list[tuple[str, int]] = [(area.id, area.level)]
    while to_visit:
        upper, level = to_visit.pop()
        for each in tree.children(upper):
            after = replace(each, level=level + 1, kind=each.called)
            if after != each:
                changed.append((each, after))
            to_visit.append((each.id, level + 1))
    return changed


def common_parent(tree: AreaTree, areas: Sequence[str]) -> Area | None:
    """The lowest area above all of these; None when there is none."""
    paths = [tree.path(each)[1:] for each in areas]
    shared = set.intersection(*({each.id for each in path} for path in paths))
    return next((each for each in paths[0] if each.id in shared), None)


def area_id(
    kind: AreaKind, code: str, parent_code: str, taken: Callable[[str], bool]
) -> str | None:
    """An id made from the code, so that the same list gives the same ids on every server.

    `c-21853` is the commune with this code; a hamlet's id also names its commune (`h-21853-1`).
    What an earlier area with the code already took is counted on: `c-21853-2`. None when no such
    id can be made.
    """
    own, upper = _slug(code), _slug(parent_code)
    if kind is AreaKind.HAMLET and not own.startswith(f"{upper}-"):
        own = f"{upper}-{own}"
    stem = f"{ID_LETTERS[kind]}-{own}"
    candidates = (stem, *(f"{stem}-{number}" for number in range(2, 100)))
    return next((each for each in candidates if len(each) <= MAX_ID and not taken(each)), None)


def free_code(code: str, parent_code: str, taken: Callable[[str], bool]) -> str | None:
    """The code, or one that says where it came from; None when no such code is free."""
    stem = f"{parent_code}-{code}"
    candidates = (code, stem, *(f"{stem}-{number}" for number in range(2, 100)))
    return next((each for each in candidates if len(each) <= MAX_CODE and not taken(each)), None)


def _slug(code: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", code.lower()).strip("-") or "0"
