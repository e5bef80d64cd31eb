"""A list of areas comes in from a file: tried out, then taken as a whole or not at all."""

from dataclasses import dataclass

from loa_server.application.ports import Transaction
from loa_server.application.services import Services
from loa_server.domain.area_import import Known, Plan, planned
from loa_server.domain.area_list import BadLine, read_list
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import Account
from loa_server.domain.rights import Deed, places_for


@dataclass(frozen=True, slots=True)
class Imported:
    """How many lines there were and what they change; with any bad one nothing is changed."""

    applied: bool
    rows: int
    added: int
    changed: int
    bad: tuple[BadLine, ...]


def import_areas(services: Services, actor: Account, *, content: bytes, apply: bool) -> Imported:
    """Judge every line of a CSV file, and with `apply` take them if all are good.

    Raises:
        Problem: `csv_unreadable`, `csv_heading`, `too_many`.
    """
    reading = read_list(content, services.zone)
    # Trying out reads only: nobody has to wait while twenty thousand lines are judged.
    with services.store.write() if apply else services.store.read() as rows:
        if apply:
            rows.areas.hold()
        plan = planned(_known(services, rows, actor), reading.lines, services.clock())
        bad = tuple(sorted((*reading.bad, *plan.bad), key=lambda each: (each.line, each.field)))
        applied = apply and not bad
        touched = {after.id for _, after in plan.changed} | plan.dates.keys()
        if applied and (plan.added or touched):
            _take(services, rows, actor, plan)
    return Imported(
        applied=applied,
        rows=len({*reading.lines, *(each.line for each in reading.bad)}),
        added=len(plan.added),
        changed=len(touched),
        bad=bad,
    )


def _known(services: Services, rows: Transaction, actor: Account) -> Known:
    tree = rows.places.tree()
    seen = tree.within(actor.reach) | tree.above(actor.reach)
    managed = tree.within(places_for(actor.grants, Deed.MANAGE_AREAS))
    return Known(
        tree=tree,
        dated={each.area.id: each for each in rows.areas.dated()},
        sees=seen.__contains__,
        manages=managed.__contains__,
        other_id=lambda: services.secrets.identifier("a"),
    )


def _take(services: Services, rows: Transaction, actor: Account, plan: Plan) -> None:
    now = services.clock()
    rows.areas.add(plan.added)
    rows.areas.keep(plan.changed, now)
    for area, valid_from in plan.dates.items():
        rows.areas.date_from(area, valid_from)
    moved = {after.id for before, after in plan.changed if before.parent != after.parent}
    levels = {after.id for before, after in plan.changed if before.level != after.level}
    stations = rows.areas.stations_under(frozenset(moved)) if moved else ()
    # New areas have no listeners yet: their manifests are made with the first broadcast.
    rows.documents_changed(
        *(f"config/{each.id}" for each in stations), *(f"manifest/a-{each}" for each in levels)
    )
    facts = {"added": len(plan.added), "changed": len(plan.changed)}
    rows.audit(AuditRow(now, actor.id, "areas_imported", actor.area, facts))
    rows.announce("areas", "stations", "broadcasts")
