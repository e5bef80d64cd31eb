"""Hand a bulletin or a programme down to places below (TT 39, chapter III)."""

from dataclasses import dataclass

from loa_server.application.find_usable import find_programme, find_usable, require_own
from loa_server.application.ports import Transaction
from loa_server.application.services import Services
from loa_server.domain.areas import AreaTree
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.programmes import is_ready
from loa_server.domain.shares import Share, ShareClass, sharing_place
from loa_server.domain.text import one_line

MAX_AREAS = 500
MAX_NOTE = 500


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants to share: one of `bulletin` and `programme`, with whom, how urgently."""

    bulletin: str | None
    programme: str | None
    areas: tuple[str, ...]
    class_: ShareClass = ShareClass.ORDINARY
    note: str | None = None


def share_down(services: Services, actor: Account, wish: Wish) -> Share:
    """Put it into the libraries below; a priority share asks for a place besides.

    Raises:
        Problem: `bad_request`, `no_audience`, `audience_unknown`, `forbidden`, `not_found`,
            `bulletin_not_ready`.
    """
    now = services.clock()
    areas = tuple(dict.fromkeys(wish.areas))
    if not 0 < len(areas) <= MAX_AREAS:
        raise Problem("no_audience", {"field": "areas", "most": MAX_AREAS})
    with services.store.write() as rows:
        rows.areas.keep_still()
        tree = rows.places.tree()
        seen = tree.within(actor.reach)
        for area in areas:
            if area not in seen:
                raise Problem("audience_unknown", {"field": "areas", "area": area})
        title = _require_shareable(rows, tree, actor, wish)
        share = Share(
            id=services.secrets.identifier("cs"),
            bulletin=wish.bulletin,
            programme=wish.programme,
            from_area=sharing_place(actor.grants, tree, areas),
            areas=areas,
            class_=wish.class_,
            note=one_line(wish.note, "note", MAX_NOTE) if wish.note else None,
            by=actor.id,
            at=now,
        )
        rows.shares.add(share)
        facts = {"title": title, "areas": list(areas), "class": share.class_.value}
        rows.audit(AuditRow(now, actor.id, "shared", share.id, facts))
        rows.announce("bulletins" if wish.bulletin else "programmes", "requests")
    return share


def _require_shareable(rows: Transaction, tree: AreaTree, actor: Account, wish: Wish) -> str:
    """Title of what is shared: the actor's own, with all voices ready."""
    if (wish.bulletin is None) == (wish.programme is None):
        raise Problem("bad_request", {"field": "bulletin"})
    if wish.bulletin is not None:
        usable = find_usable(rows, tree, actor, [wish.bulletin], field="bulletin")
        bulletin = usable[wish.bulletin]
        require_own(tree, actor, bulletin.area)
        if bulletin.voice is None:
            raise Problem("bulletin_not_ready", {"bulletin": bulletin.id})
        return bulletin.title
    programme = find_programme(rows, tree, actor, wish.programme or "")
    require_own(tree, actor, programme.area)
    found = {each: rows.bulletins.get(each) for each in programme.bulletins}
    pieces = {key: each for key, each in found.items() if each is not None}
    if not is_ready(programme.items, pieces):
        raise Problem("bulletin_not_ready", {"programme": programme.id})
    return programme.title
