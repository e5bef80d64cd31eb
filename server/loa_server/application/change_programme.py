"""Change what a programme is called and made of; what was broadcast with it stays as it was."""

from collections.abc import Sequence
from dataclasses import replace

from loa_server.application.find_usable import find_programme, find_usable, require_own
from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.programmes import Programme, ProgrammeItem, require_well_made
from loa_server.domain.text import MAX_TITLE, one_line


def change_programme(
    services: Services,
    actor: Account,
    *,
    programme: str,
    title: str,
    items: Sequence[ProgrammeItem],
    version: int,
) -> Programme:
    """Store the change made on top of `version`.

    What the programme already holds may stay in it after its share was withdrawn.

    Raises:
        Problem: `not_found`, `forbidden`, `bad_request`, `changed_meanwhile` with the `version`
            that is kept, and what `require_well_made` raises.
    """
    now = services.clock()
    with services.store.write() as rows:
        tree = rows.places.tree()
        found = find_programme(rows, tree, actor, programme)
        require_own(tree, actor, found.area)
        changed = replace(
            found,
            title=one_line(title, "title", MAX_TITLE),
            items=tuple(items),
            changed_at=now,
            version=version + 1,
        )
        kept = {each: rows.bulletins.get(each) for each in found.bulletins}
        pieces = {key: each for key, each in kept.items() if each is not None}
        added = [each for each in changed.bulletins if each not in pieces]
        pieces |= find_usable(rows, tree, actor, added, field="items")
        require_well_made(changed.items, pieces)
        if found.version != version or not rows.programmes.keep(changed):
            facts = {"programme": programme, "version": found.version}
            raise Problem("changed_meanwhile", facts)
        facts = {"title": changed.title, "bulletins": list(changed.bulletins)}
        rows.audit(AuditRow(now, actor.id, "programme_changed", programme, facts))
        rows.announce("programmes")
    return changed
