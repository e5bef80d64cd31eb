"""Bốn mắt: who may decide on a broadcast, and what may pass permitted hours and caps.

That a leader of the commune agrees to what its station says stands in the rules of provinces, such
as QĐ 29/2021 of Huế. No law names who may pass hours: the second person is ours, after sound at
03:15 in December 2025.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from loa_server.domain.areas import AreaTree
from loa_server.domain.broadcasts import Approval, ApprovalState, Broadcast, Override
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.rights import Deed, may, require

LEAST_REASON = 10
MOST_REASON = 500
MOST_NOTE = 500
LONGEST_OVERRIDE = timedelta(days=31)


class Needs(StrEnum):
    """What an order still needs before stations are told."""

    NOTHING = "nothing"
    APPROVAL = "approval"
    OVERRIDE = "override"


def areas_of(audiences: Iterable[str], homes: Mapping[str, str]) -> frozenset[str]:
    """The area of each audience; `homes` are the areas of stations by their ids.

    Raises:
        Problem: `audience_unknown`.
    """
    found = set()
    for audience in audiences:
        kind, _, name = audience.partition("-")
        if kind == "a":
            found.add(name)
        elif kind == "s" and name in homes:
            found.add(homes[name])
        else:
            raise Problem("audience_unknown", {"field": "audiences", "audience": audience})
    return frozenset(found)


def approves_alone(actor: Account, tree: AreaTree, areas: Iterable[str]) -> bool:
    """Whether every area lets authors approve their own work and this one may approve there."""
    return all(tree.has(each) and tree.self_approval(each) for each in areas) and may_decide(
        actor, tree, areas
    )


def may_decide(actor: Account, tree: AreaTree, areas: Iterable[str]) -> bool:
    """Whether an account may approve at every area meant."""
    return all(may(actor.grants, tree, Deed.APPROVE, each) for each in areas)


def may_approve(actor: Account, tree: AreaTree, broadcast: Broadcast, areas: Iterable[str]) -> bool:
    """Whether an approval by this account would be taken now, codes of second factors aside."""
    meant = tuple(areas)
    if broadcast.approval.state is not ApprovalState.WAITING or broadcast.stopped_at is not None:
        return False
    if actor.id == broadcast.author and (
        broadcast.override is not None or not approves_alone(actor, tree, meant)
    ):
        return False
    return may_decide(actor, tree, meant)


def commands(
    actor: Account, tree: AreaTree, broadcast: Broadcast, deed: Deed, areas: Iterable[str]
) -> bool:
    """Whether this account may do this to it: at the place that ordered it, and wherever it sounds.

    Its author may by the place alone, so that a station moved elsewhere leaves nobody helpless.
    """
    if not may(actor.grants, tree, deed, broadcast.area):
        return False
    if actor.id == broadcast.author:
        return True
    return all(may(actor.grants, tree, deed, each) for each in areas if tree.has(each))


def require_waiting(broadcast: Broadcast, name: str | None) -> None:
    """Raise Problem `already_decided` or `broadcast_over`; `name` is who decided."""
    approval = broadcast.approval
    if approval.state is not ApprovalState.WAITING:
        raise Problem(
            "already_decided",
            {
                "by": name or "",
                "state": approval.state.value,
                "at": None if approval.at is None else approval.at.isoformat(),
            },
        )
    if broadcast.stopped_at is not None:
        raise Problem("broadcast_over", {"broadcast": broadcast.id})


def require_decider(
    actor: Account, tree: AreaTree, broadcast: Broadcast, areas: Iterable[str]
) -> None:
    """Whether this account may be the one who decides.

    Raises:
        Problem: `forbidden`, `own_work`, `needs_second_person`.
    """
    meant = tuple(areas)
    for area in sorted(meant):
        require(actor.grants, tree, Deed.APPROVE, area)
    wish = broadcast.override
    if wish is not None and actor.id in {broadcast.author, wish.asked_by}:
        raise Problem("needs_second_person", {"broadcast": broadcast.id})
    if actor.id == broadcast.author and not approves_alone(actor, tree, meant):
        raise Problem("own_work", {"broadcast": broadcast.id})


def require_sound_override(reason: str, until: datetime, now: datetime) -> str:
    """The reason without blanks around it.

    Raises:
        Problem: `override_reason`, `override_until`.
    """
    text = reason.strip()
    if not LEAST_REASON <= len(text) <= MOST_REASON:
        facts = {"field": "override.reason", "least": LEAST_REASON, "most": MOST_REASON}
        raise Problem("override_reason", facts)
    # The last day itself may be used up, so a day more than the days promised.
    if not now < until <= now + LONGEST_OVERRIDE + timedelta(days=1):
        facts = {"field": "override.until", "most_days": LONGEST_OVERRIDE.days}
        raise Problem("override_until", facts)
    return text


def require_note(note: str | None, *, needed: bool) -> str | None:
    """What was said of a decision; raises Problem `note_needed`, `note_too_long`."""
    text = (note or "").strip()
    if needed and not text:
        raise Problem("note_needed", {"field": "note"})
    if len(text) > MOST_NOTE:
        raise Problem("note_too_long", {"field": "note", "most": MOST_NOTE})
    return text or None


def approved(
    broadcast: Broadcast, actor: Account, now: datetime, note: str | None = None
) -> Broadcast:
    """The broadcast as it is once `actor` has approved it."""
    wish = broadcast.override
    if wish is not None:
        wish = replace(wish, second_by=actor.id, agreed_at=now)
    approval = Approval(ApprovalState.APPROVED, actor.id, now, note)
    return replace(broadcast, approval=approval, override=wish)


def as_if_agreed(broadcast: Broadcast, now: datetime) -> Broadcast:
    """For judging only: how it would sound if a second person agreed now."""
    wish: Override | None = broadcast.override
    if wish is None or wish.second_by is not None:
        return broadcast
    return replace(broadcast, override=replace(wish, second_by="", agreed_at=now))
