"""An administrator changes somebody's name, address and roles, or sends them away."""

from dataclasses import dataclass, replace
from datetime import datetime

from loa_server.application.create_person import grants_as_facts, require_free_email
from loa_server.application.people_queries import PersonView, seen, view
from loa_server.application.ports import Transaction
from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.managing import Manager, home_of, manager, require_somebody_left
from loa_server.domain.people import Account, plain_email
from loa_server.domain.problems import Problem
from loa_server.domain.rights import Grant
from loa_server.domain.text import MAX_NAME, one_line


@dataclass(frozen=True, slots=True)
class ChangedPerson:
    """What a person shall be; `grants` are those within the administrator's places."""

    name: str
    email: str | None
    disabled: bool
    grants: tuple[Grant, ...]


def change_person(
    services: Services, actor: Account, *, person: str, wish: ChangedPerson
) -> PersonView:
    """Change them; who is disabled is out at once, whose roles changed obeys at once.

    Whom the actor no longer sees is told as they have become all the same.

    Raises:
        Problem: `forbidden`, `not_found`, `bad_request` naming the field, `email_taken`,
            `too_many_grants`, `last_manager`.
    """
    now = services.clock()
    with services.store.write() as rows:
        rows.areas.keep_still()
        tree = rows.places.tree()
        asked = manager(actor, tree)
        # All who may sign in are held, so that the last two cannot send each other away.
        others = [each for each in rows.people.may_sign_in() if each.id != person]
        found = seen(rows, asked, person)
        changed = _changed(asked, found, wish, now)
        require_free_email(rows, changed.email, found.id)
        left = [] if changed.disabled_at is not None else [changed]
        held = [grant for each in (*others, *left) for grant in each.grants]
        if found.disabled_at is None:
            require_somebody_left(found, held, tree)
        rows.people.keep(changed)
        _follow(rows, actor, found, changed, now)
        return view(asked, changed, rows.proofs.with_second_factor())


def _changed(asked: Manager, found: Account, wish: ChangedPerson, now: datetime) -> Account:
    grants = asked.given(found, wish.grants)
    disabled_at = (found.disabled_at or now) if wish.disabled else None
    told = replace(
        found,
        name=one_line(wish.name, "name", MAX_NAME),
        email=plain_email(wish.email),
        disabled_at=disabled_at,
    )
    if told != found and not asked.commands(found):
        raise Problem("forbidden", {"person": found.id})
    return replace(told, grants=grants, area=home_of(grants, asked.tree, found.area))


def _follow(
    rows: Transaction, actor: Account, found: Account, changed: Account, now: datetime
) -> None:
    if changed.disabled_at is not None:
        rows.people.close_sessions_of(changed.id)
    facts = {
        "name": changed.name,
        "email": changed.email,
        "disabled": changed.disabled_at is not None,
        "grants_before": grants_as_facts(found.grants),
        "grants": grants_as_facts(changed.grants),
    }
    rows.audit(AuditRow(now, actor.id, "account_changed", changed.username, facts))
    rows.announce("people")
