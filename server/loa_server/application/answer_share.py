"""A commune answers a priority share: it has its place, or it gets none (TT 39)."""

from dataclasses import dataclass

from loa_server.application.ports import Transaction
from loa_server.application.services import Services
from loa_server.application.share_down import MAX_NOTE
from loa_server.domain.areas import AreaTree
from loa_server.domain.audit import AuditRow
from loa_server.domain.broadcasts import ApprovalState
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.rights import Deed, may, require
from loa_server.domain.shares import Answer, Share, ShareAnswer, ShareClass, asked_places
from loa_server.domain.text import one_line


@dataclass(frozen=True, slots=True)
class Reply:
    """What one area says; `broadcast` names where it was placed, `note` why it was not."""

    area: str
    answer: Answer
    broadcast: str | None = None
    note: str | None = None


def answer_share(services: Services, actor: Account, *, share: str, reply: Reply) -> None:
    """Keep the first answer of an area; its sender sees it.

    Raises:
        Problem: `not_found`, `forbidden`, `bad_request` naming the `field`, `share_withdrawn`,
            `already_answered`, `broadcast_without_share`.
    """
    now = services.clock()
    with services.store.write() as rows:
        rows.areas.keep_still()
        tree = rows.places.tree()
        found = rows.shares.get(share)
        if found is None or reply.area not in _places(tree, actor, found):
            raise Problem("not_found", {"share": share})
        require(actor.grants, tree, Deed.WRITE, reply.area)
        if found.withdrawn_at is not None:
            raise Problem("share_withdrawn", {"share": share})
        _require_reply(rows, tree, actor, found, reply)
        answer = ShareAnswer(
            area=reply.area,
            answer=reply.answer,
            broadcast=reply.broadcast,
            note=one_line(reply.note, "note", MAX_NOTE) if reply.note else None,
            by=actor.id,
            at=now,
        )
        if not rows.shares.answer(share, answer):
            raise Problem("already_answered", {"share": share, "area": reply.area})
        facts = {"area": reply.area, "answer": reply.answer.value, "broadcast": reply.broadcast}
        rows.audit(AuditRow(now, actor.id, "share_answered", share, facts))
        rows.announce("requests")


def _places(tree: AreaTree, actor: Account, share: Share) -> frozenset[str]:
    """Places of the actor that this share asks."""
    if share.class_ is not ShareClass.PRIORITY:
        return frozenset()
    return asked_places(tree, share.areas) & tree.within(actor.reach)


def _require_reply(
    rows: Transaction, tree: AreaTree, actor: Account, share: Share, reply: Reply
) -> None:
    """Placed names a living broadcast of what was shared, heard there; declined names none."""
    if (reply.answer is Answer.PLACED) != (reply.broadcast is not None):
        raise Problem("bad_request", {"field": "broadcast"})
    if reply.broadcast is None:
        return
    found = rows.broadcasts.get(reply.broadcast)
    if found is None or not may(actor.grants, tree, Deed.SEE, found.area):
        raise Problem("not_found", {"broadcast": reply.broadcast})
    over = found.stopped_at is not None or found.approval.state is ApprovalState.REFUSED
    holds = share.bulletin in found.bulletins or (
        share.programme is not None and share.programme == found.programme
    )
    here = any(_heard_at(rows, tree, audience, reply.area) for audience in found.audiences)
    if over or not holds or not here:
        raise Problem("broadcast_without_share", {"broadcast": found.id, "share": share.id})


def _heard_at(rows: Transaction, tree: AreaTree, audience: str, area: str) -> bool:
    """Whether an audience lies above the area, in it, or is a station there."""
    kind, _, name = audience.partition("-")
    if kind == "s":
        station = rows.places.station(name)
        name = "" if station is None else station.area
    return tree.has(name) and (tree.covers(name, area) or tree.covers(area, name))
