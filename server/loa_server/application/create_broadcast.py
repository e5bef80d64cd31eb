"""River 3: a bulletin is ordered for an audience and a time, judged, and put in the outbox."""

from collections.abc import Sequence
from dataclasses import dataclass

from loa_agent.protocol.documents import BroadcastClass

from loa_server.application.ports import Transaction
from loa_server.application.services import Services
from loa_server.domain.areas import AreaTree, station_audiences
from loa_server.domain.audit import AuditRow
from loa_server.domain.broadcasts import Broadcast, on_air
from loa_server.domain.people import Account
from loa_server.domain.permission import require_permitted
from loa_server.domain.problems import Problem
from loa_server.domain.rights import Deed, require, workplace
from loa_server.domain.stations import Station
from loa_server.domain.when import When, timing

MAX_AUDIENCES = 500
MAX_IN_FORCE = 500
"""Broadcasts in one manifest: well below what a station reads and a broker carries."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asked for."""

    bulletin: str
    audiences: tuple[str, ...]
    when: When
    class_: BroadcastClass = BroadcastClass.ORDINARY


def create_broadcast(services: Services, actor: Account, order: Order) -> Broadcast:
    """Judge and keep the order; the bridge publishes it.

    Raises:
        Problem: `no_audience`, `audience_unknown`, `forbidden`, `not_found`,
            `bulletin_not_ready`, `too_many_broadcasts`, `outside_permitted_hours`, and what
            `timing` refuses.
    """
    now = services.clock()
    if order.class_ is BroadcastClass.EMERGENCY:
        # Emergencies need a second factor and travel as alerts; ordinary accounts cannot send one.
        raise Problem("forbidden", {"class": order.class_.value})
    with services.store.write() as rows:
        tree = rows.places.tree()
        reached = _reached(rows, tree, actor, order.audiences)
        bulletin = rows.bulletins.get(order.bulletin)
        if bulletin is None:
            raise Problem("not_found", {"bulletin": order.bulletin})
        require(actor.grants, tree, Deed.SEE, bulletin.area)
        if rows.broadcasts.most_in_force(order.audiences, now) >= MAX_IN_FORCE:
            raise Problem("too_many_broadcasts", {"most": MAX_IN_FORCE})
        home = workplace(actor.grants, tree, Deed.WRITE, actor.area)
        zone = tree.zone(reached[0].area, services.zone)
        chosen = timing(order.when, zone, now, rows.places.calendar(home))
        broadcast = Broadcast(
            id=services.secrets.identifier("bp"),
            title=bulletin.title,
            class_=order.class_,
            bulletins=(bulletin.id,),
            audiences=tuple(dict.fromkeys(order.audiences)),
            schedule=chosen.schedule,
            area=home,
            author=actor.id,
            created_at=now,
            ends_at=chosen.ends_at,
        )
        require_permitted(
            on_air(broadcast, (bulletin,), rows.places.calendar(home), now),
            reached,
            tree,
            now,
            services.zone,
        )
        _keep(rows, broadcast, actor)
    return broadcast


def _keep(rows: Transaction, broadcast: Broadcast, actor: Account) -> None:
    rows.broadcasts.add(broadcast)
    rows.documents_changed(*(f"manifest/{audience}" for audience in broadcast.audiences))
    facts = {
        "title": broadcast.title,
        "audiences": list(broadcast.audiences),
        "rule": broadcast.rule.model_dump(mode="json"),
        "class": broadcast.class_.value,
    }
    rows.audit(AuditRow(broadcast.created_at, actor.id, "broadcast_created", broadcast.id, facts))
    rows.announce("broadcasts")


def _reached(
    rows: Transaction, tree: AreaTree, actor: Account, audiences: Sequence[str]
) -> list[Station]:
    """Stations that will hear it; every audience must exist and lie within the actor's reach."""
    if not audiences or len(audiences) > MAX_AUDIENCES:
        raise Problem("no_audience", {"most": MAX_AUDIENCES})
    stations = [each for each in rows.places.stations() if each.retired_at is None]
    homes = {each.id: each.area for each in stations}
    for audience in audiences:
        require(actor.grants, tree, Deed.WRITE, _area_of(audience, homes))
    wanted = set(audiences)
    heard = [s for s in stations if wanted & set(station_audiences(tree, s.id, s.area))]
    if not heard:
        raise Problem("no_audience", {"audiences": sorted(wanted)})
    return heard


def _area_of(audience: str, homes: dict[str, str]) -> str:
    kind, _, name = audience.partition("-")
    if kind == "a":
        return name
    if kind == "s" and name in homes:
        return homes[name]
    raise Problem("audience_unknown", {"audience": audience})
