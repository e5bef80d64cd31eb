"""A programme: a jingle, bulletins and a sign-off, put together to be broadcast as one."""

from collections.abc import Sequence

from loa_server.application.find_usable import find_usable
from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import Account
from loa_server.domain.programmes import Programme, ProgrammeItem, require_well_made
from loa_server.domain.rights import Deed, workplace
from loa_server.domain.text import MAX_TITLE, one_line


def create_programme(
    services: Services, actor: Account, *, title: str, items: Sequence[ProgrammeItem]
) -> Programme:
    """Keep a new programme at the actor's place; voices may still be in preparation.

    Raises:
        Problem: `forbidden`, `bad_request`, `not_found` and what `require_well_made` raises.
    """
    now = services.clock()
    with services.store.write() as rows:
        rows.areas.keep_still()
        tree = rows.places.tree()
        programme = Programme(
            id=services.secrets.identifier("ct"),
            title=one_line(title, "title", MAX_TITLE),
            area=workplace(actor.grants, tree, Deed.WRITE, actor.area),
            author=actor.id,
            created_at=now,
            changed_at=now,
            version=1,
            items=tuple(items),
        )
        pieces = find_usable(rows, tree, actor, programme.bulletins, field="items")
        require_well_made(programme.items, pieces)
        rows.programmes.add(programme)
        facts = {"title": programme.title, "bulletins": list(programme.bulletins)}
        rows.audit(AuditRow(now, actor.id, "programme_created", programme.id, facts))
        rows.announce("programmes")
    return programme
