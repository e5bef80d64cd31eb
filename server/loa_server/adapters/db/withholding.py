"""What is left out of an audience's manifest because it may sound nowhere there any more."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from loa_agent.protocol import documents as wire
from sqlalchemy import Connection, Engine, select

from loa_server.adapters.db.mapping import to_station
from loa_server.adapters.db.store import DbStore
from loa_server.adapters.db.tables import station as stations
from loa_server.domain.areas import AreaTree
from loa_server.domain.audit import AuditRow
from loa_server.domain.broadcasts import Broadcast
from loa_server.domain.listening import Listeners, different, listeners
from loa_server.domain.permission import spans_to_judge, wholly_silent

SYSTEM = "system"
_NOW_SOUNDING = timedelta(minutes=1)


def read_listeners(
    connection: Connection, tree: AreaTree, zone: str, audience: str
) -> list[Listeners]:
    """One kind of listener of an audience for every different set of limits."""
    kind, _, name = audience.partition("-")
    concerned = stations.c.id == name if kind == "s" else stations.c.area.in_(tree.under(name))
    rows = connection.execute(select(stations).where(concerned, stations.c.retired_at.is_(None)))
    found = listeners((to_station(row) for row in rows), tree, zone, {audience})
    return list(different(found))


def withheld_codes(
    travelling: Mapping[str, wire.Broadcast], found: Sequence[Listeners], now: datetime
) -> dict[str, str]:
    """Broadcasts of which nothing to come may sound at any listener, with the code why."""
    if not found:
        return {}
    codes = {}
    for name, broadcast in travelling.items():
        code = _silent_everywhere(broadcast, found, now)
        if code is not None:
            codes[name] = code
    return codes


def _silent_everywhere(
    broadcast: wire.Broadcast, found: Sequence[Listeners], now: datetime
) -> str | None:
    """The code at the first kind of listener, unless it may sound at some."""
    spans = [(now, now + _NOW_SOUNDING), *spans_to_judge(broadcast, now)]
    first = None
    for each in found:
        code = wholly_silent(broadcast, each.limits, spans, now)
        if code is None:
            return None
        first = first or code
    return first


def note_withheld(
    engine: Engine,
    audience: str,
    found: Sequence[Broadcast],
    codes: Mapping[str, str],
    now: datetime,
) -> None:
    """Keep for screens what is left out, or told of again, and since when; once each."""
    before = {each.id for each in found if any(w.audience == audience for w in each.withheld)}
    changed = [each for each in found if (each.id in codes) != (each.id in before)]
    if not changed:
        return
    with DbStore(engine).write() as rows:
        for each in changed:
            code = codes.get(each.id)
            if rows.broadcasts.withhold(each.id, audience, code, now):
                action = "broadcast_told_again" if code is None else "broadcast_withheld"
                facts = {"title": each.title, "audience": audience, "reason": code}
                rows.audit(AuditRow(now, SYSTEM, action, each.id, facts))
        rows.announce("broadcasts")
