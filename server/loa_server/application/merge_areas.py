"""Areas become one: hamlets, stations, people and plans go on under the one that takes their place.

Everything happens in one transaction, or is only tried out and taken back. Nobody hears anything
twice or misses anything: what was meant for a closed area is from then on meant for exactly the
hamlets and stations that heard it. Permitted hours, caps and volumes stay as they are everywhere:
where the new place would hand down others, the old ones become the hamlet's or station's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from loa_server.application.area_readdressing import keep_limits, readdress
from loa_server.application.create_area import new_area
from loa_server.application.find_area import find_area
from loa_server.application.ports import Transaction
from loa_server.application.services import Services
from loa_server.domain.area_change import (
    common_parent,
    free_code,
    placed,
    plain_code,
    plain_name,
    relevelled,
    require_code_free,
    require_no_circle,
)
from loa_server.domain.areas import Area, AreaKind, AreaTree, DatedArea
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.rights import Deed, require

MAX_MERGED = 50
LEAST_FOR_NEW = 2


@dataclass(frozen=True, slots=True)
class NewName:
    """The area that is made by the merge."""

    name: str
    code: str


@dataclass(frozen=True, slots=True)
class Merge:
    """What is merged, and how many of everything that touches.

    `broadcasts` are named to the same listeners otherwise; `heard_anew` are those of the receiving
    area that its new stations hear as well. `recoded` hamlets had a code that another one has.
    """

    area: str
    areas: int
    children: int
    stations: int
    people: int
    broadcasts: int
    heard_anew: int
    bulletins: int
    special_days: int
    recoded: int
    kept_settings: int


class _OnlyTriedError(Exception):
    """Takes the transaction back, and says what it would have done."""

    def __init__(self, merge: Merge) -> None:
        super().__init__(merge.area)
        self.merge = merge


def merge_areas(
    services: Services,
    actor: Account,
    *,
    areas: Sequence[str],
    into: str | NewName,
    apply: bool,
) -> Merge:
    """Merge areas of one kind into one of them there is, or into a new one.

    Who merges must manage areas at the place common to all of them.

    Raises:
        Problem: `bad_request`, `code_unfit`, `too_few`, `too_many`, `not_found`, `area_closed`,
            `area_circle`, `different_kinds`, `forbidden`, `duplicate_code`, `too_many_broadcasts`.
    """
    try:
        with services.store.write() as rows:
            rows.areas.hold()
            merge = _merge(services, rows, actor, list(dict.fromkeys(areas)), into)
            _take_back_unless(merge, apply=apply)
    except _OnlyTriedError as tried:
        return tried.merge
    return merge


def _take_back_unless(merge: Merge, *, apply: bool) -> None:
    if not apply:
        raise _OnlyTriedError(merge)


def _merge(
    services: Services, rows: Transaction, actor: Account, areas: list[str], into: str | NewName
) -> Merge:
    now = services.clock()
    tree = rows.places.tree()
    closed = _judged(tree, actor, areas, into)
    heir = _heir(services, rows, actor, tree, closed, into)
    stations = rows.areas.stations_under(frozenset(areas))
    direct = [each for each in stations if each.area in areas]
    children = [each for area in areas for each in tree.children(area)]
    anew = rows.areas.running_for([f"a-{heir.id}"], now)
    told = readdress(rows, tree, closed, direct, now)
    recoded = _move(services, rows, tree, children, heir)
    rows.areas.keep_stations([replace(each, area=heir.id) for each in direct])
    handed = rows.areas.hand_over(areas, heir.id, now)
    rows.areas.close(areas, heir.id, now)
    kept = keep_limits(services, rows, tree, children, direct)
    due = {f"manifest/a-{each}" for each in (heir.id, *areas)}
    due |= {f"manifest/a-{each.id}" for area in areas for each in _below(tree, area)}
    due |= {f"config/{each.id}" for each in stations}
    due |= {f"manifest/{each}" for each in told.audiences}
    due |= {f"manifest/{each}" for each in _looking_at_holidays(rows, heir, services)}
    rows.documents_changed(*due)
    merge = Merge(
        area=heir.id,
        areas=len(areas),
        children=len(children),
        stations=len(stations),
        people=handed.people,
        broadcasts=told.count,
        heard_anew=len(anew),
        bulletins=handed.bulletins,
        special_days=handed.special_days,
        recoded=recoded,
        kept_settings=kept,
    )
    facts = {"areas": areas, "names": [each.name for each in closed], "stations": len(stations)}
    rows.audit(AuditRow(now, actor.id, "areas_merged", heir.id, facts))
    rows.announce("areas", "stations", "broadcasts", "bulletins", "people", "programmes")
    return merge


def _judged(
    tree: AreaTree, actor: Account, areas: Sequence[str], into: str | NewName
) -> list[Area]:
    """The areas to close."""
    least = 1 if isinstance(into, str) else LEAST_FOR_NEW
    if len(areas) < least:
        raise Problem("too_few", {"field": "areas", "least": least})
    if len(areas) > MAX_MERGED:
        raise Problem("too_many", {"field": "areas", "most": MAX_MERGED})
    closed = [find_area(tree, actor, each, "areas") for each in areas]
    joined = list(closed)
    if isinstance(into, str):
        joined.append(find_area(tree, actor, into, "into"))
        for each in areas:
            require_no_circle(tree, each, into, "into")
    kinds = {each.called for each in joined}
    if len(kinds) > 1:
        found = sorted(kinds, key=lambda kind: kind.rank)
        raise Problem("different_kinds", {"field": "areas", "kinds": [k.value for k in found]})
    upper = common_parent(tree, [each.id for each in joined])
    if upper is None:
        raise Problem("forbidden", {"deed": Deed.MANAGE_AREAS.value, "area": areas[0]})
    require(actor.grants, tree, Deed.MANAGE_AREAS, upper.id)
    return closed


def _heir(
    services: Services,
    rows: Transaction,
    actor: Account,
    tree: AreaTree,
    closed: Sequence[Area],
    into: str | NewName,
) -> Area:
    if isinstance(into, str):
        return find_area(tree, actor, into, "into")
    names = [each.id for each in closed]
    upper = common_parent(tree, names)
    assert upper is not None  # noqa: S101 - judged before
    name, code = plain_name(into.name), plain_code(into.code)
    heir = new_area(services, rows, upper, name, code, closed[0].called)
    require_code_free(tree, heir, code, but=names)
    if tree.self_approval(upper.id) and not all(tree.self_approval(each) for each in names):
        # Where one of them asked for two pairs of eyes, so does what takes its place.
        heir = replace(heir, self_approval=False)
    rows.areas.add([DatedArea(heir, valid_from=services.clock())])
    return heir


def _move(
    services: Services, rows: Transaction, tree: AreaTree, children: Sequence[Area], heir: Area
) -> int:
    """Bring the children under the heir; how many needed another code to stand there."""
    now = services.clock()
    codes = {each.code for each in tree.children(heir.id)} if tree.has(heir.id) else set()
    changes: list[tuple[Area, Area]] = []
    recoded = 0
    for child in children:
        code = child.code
        if child.called is AreaKind.HAMLET:
            upper = tree.get(child.parent or "")
            code = free_code(child.code, upper.code, codes.__contains__) or child.id
            codes.add(code)
        recoded += code != child.code
        after = replace(placed(child, heir), code=code)
        changes += [(child, after), *relevelled(tree, after)]
    rows.areas.keep(changes, now)
    return recoded


def _below(tree: AreaTree, area: str) -> list[Area]:
    return [tree.get(each) for each in sorted(tree.under(area))]


def _looking_at_holidays(rows: Transaction, heir: Area, services: Services) -> Sequence[str]:
    return rows.areas.holiday_audiences(frozenset({heir.id}), services.clock())
