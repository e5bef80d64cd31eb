"""A new area under another."""

from loa_server.application.find_area import find_area
from loa_server.application.ports import Transaction
from loa_server.application.services import Services
from loa_server.domain.area_change import (
    area_id,
    plain_code,
    plain_name,
    require_code_free,
    require_kind_fits,
    usual_kind,
)
from loa_server.domain.areas import Area, AreaKind, DatedArea
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import Account
from loa_server.domain.rights import Deed, require


def create_area(
    services: Services,
    actor: Account,
    *,
    parent: str,
    name: str,
    code: str,
    kind: AreaKind | None = None,
) -> Area:
    """Add an area; it takes all settings from above until it has its own.

    Raises:
        Problem: `bad_request`, `code_unfit`, `not_found`, `area_closed`, `forbidden`,
            `kind_does_not_fit`, `duplicate_code`.
    """
    now = services.clock()
    name, code = plain_name(name), plain_code(code)
    with services.store.write() as rows:
        rows.areas.hold()
        tree = rows.places.tree()
        upper = find_area(tree, actor, parent, "parent")
        require(actor.grants, tree, Deed.MANAGE_AREAS, upper.id)
        made = new_area(services, rows, upper, name, code, kind or usual_kind(upper))
        require_code_free(tree, made, code)
        rows.areas.add([DatedArea(made, valid_from=now)])
        rows.documents_changed(f"manifest/a-{made.id}")
        facts = {"name": name, "code": code, "kind": made.called.value, "parent": upper.id}
        rows.audit(AuditRow(now, actor.id, "area_created", made.id, facts))
        rows.announce("areas")
    return made


def new_area(
    services: Services, rows: Transaction, upper: Area, name: str, code: str, kind: AreaKind
) -> Area:
    """An area that may stand under `upper`, with an id nobody has or had."""
    require_kind_fits(upper, kind)
    made = area_id(kind, code, upper.code, lambda name: rows.areas.one(name) is not None)
    return Area(
        id=made or services.secrets.identifier("a"),
        code=code,
        name=name,
        level=upper.level + 1,
        parent=upper.id,
        kind=kind,
    )
