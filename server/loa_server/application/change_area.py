"""An area gets another name, code or kind, or settings of its own."""

from dataclasses import replace
from datetime import datetime

from loa_server.application.find_area import find_area
from loa_server.application.judging import manifests_heard
from loa_server.application.ports import Transaction
from loa_server.application.services import Services
from loa_server.domain.area_change import (
    plain_code,
    plain_name,
    require_code_free,
    require_kind_fits,
)
from loa_server.domain.area_limits import LimitsWish, settings_facts
from loa_server.domain.areas import Area, AreaKind, AreaTree
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import Account
from loa_server.domain.rights import Deed, require

STRUCTURE = frozenset({"name", "code", "kind"})
SETTINGS = frozenset({"zone", "hours", "caps", "volumes"})
PERMISSION = frozenset({"zone", "hours", "caps"})
APPROVAL = frozenset({"self_approval"})


class AreaWish(LimitsWish, total=False):
    """What is to be different; a setting of None is taken from above."""

    name: str
    code: str
    kind: AreaKind
    zone: str | None
    self_approval: bool | None


def change_area(services: Services, actor: Account, *, area: str, wish: AreaWish) -> None:
    """Change what is named; the rest stays, and what it was called becomes its past.

    Structure, settings and whether people may approve their own work are rights of their own; only
    those of what really changes are asked for.

    Raises:
        Problem: `bad_request`, `code_unfit`, `not_found`, `area_closed`, `forbidden`,
            `kind_does_not_fit`, `duplicate_code`.
    """
    now = services.clock()
    with services.store.write() as rows:
        rows.areas.hold()
        tree = rows.places.tree()
        found = find_area(tree, actor, area)
        before = replace(found, kind=found.called)
        after = replace(before, **_plain(wish))
        changed = {name for name in wish if getattr(before, name) != getattr(after, name)}
        if not changed:
            return
        _require_rights(actor, tree, area, changed)
        _require_fits(tree, after, changed)
        rows.areas.keep([(before, after)], now)
        _make_due(rows, tree, area, changed, now)
        facts = {
            "before": settings_facts(before, changed),
            "after": settings_facts(after, changed),
        }
        rows.audit(AuditRow(now, actor.id, "area_changed", area, facts))
        rows.announce("areas", "stations", "broadcasts")


def _plain(wish: AreaWish) -> AreaWish:
    plain = AreaWish(**wish)
    if "name" in wish:
        plain["name"] = plain_name(wish["name"])
    if "code" in wish:
        plain["code"] = plain_code(wish["code"])
    return plain


def _require_rights(actor: Account, tree: AreaTree, area: str, changed: set[str]) -> None:
    if changed & STRUCTURE:
        require(actor.grants, tree, Deed.MANAGE_AREAS, area)
    if changed & (SETTINGS | APPROVAL):
        require(actor.grants, tree, Deed.SET_HOURS, area)
    if changed & APPROVAL:
        require(actor.grants, tree, Deed.MANAGE_PEOPLE, area)


def _require_fits(tree: AreaTree, after: Area, changed: set[str]) -> None:
    if "code" in changed or "kind" in changed:
        require_code_free(tree, after, after.code)
    if "kind" in changed:
        if after.parent is not None:
            require_kind_fits(tree.get(after.parent), after.called)
        for each in tree.children(after.id):
            require_kind_fits(after, each.called)


def _make_due(
    rows: Transaction, tree: AreaTree, area: str, changed: set[str], now: datetime
) -> None:
    """Stations hear of hours, zone and loudness, but not of what an area is called."""
    if changed & SETTINGS:
        stations = rows.areas.stations_under(frozenset({area}))
        rows.documents_changed(*(f"config/{each.id}" for each in stations))
        if changed & PERMISSION:
            rows.documents_changed(*manifests_heard(rows, tree, stations, now))
