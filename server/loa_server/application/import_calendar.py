"""A calendar file becomes orders: first shown, then, if wanted, given."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from loa_server.application.calendar_files import Unreadable
from loa_server.application.create_broadcast import create_broadcast
from loa_server.application.draft_broadcast import Order
from loa_server.application.queries import Titled
from loa_server.application.services import Services
from loa_server.domain.calendar_entries import Entry, entry_to_wish
from loa_server.domain.holidays import Calendar
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.rights import Deed, require
from loa_server.domain.when import At, Repeating, timing

MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one event; `problem` says why it is not, or would not be, a broadcast."""

    summary: str
    wish: At | Repeating | None = None
    matched: Titled | None = None
    problem: Problem | None = None
    broadcast: str | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    zone: str
    calendar: Calendar


def import_calendar(
    services: Services,
    actor: Account,
    *,
    content: bytes,
    audiences: Sequence[str],
    apply: bool,
) -> list[Imported]:
    """Each event of the file in order; with `apply` what can be ordered is, one by one.

    An event names the programme or bulletin it plays by its title.

    Raises:
        Problem: `calendar_unreadable`, `too_many_events`, `too_large`, `no_audience`,
            `audience_unknown`, `forbidden` for the request as a whole.
    """
    if len(content) > MAX_BYTES:
        raise Problem("too_large", {"field": "file", "most": MAX_BYTES})
    place = _place(services, actor, audiences)
    read = services.calendar_format.read(content, place.zone)
    titles = {_title(each.summary) for each in read}
    matches = services.queries.titled(titles, actor.reach)
    judged = [_judge(services, each, place, matches) for each in read]
    if not apply:
        return judged
    return [_order(services, actor, each, audiences) for each in judged]


def _place(services: Services, actor: Account, audiences: Sequence[str]) -> _Place:
    """Zone and holidays of the first audience; all must be the actor's to order for."""
    if not audiences:
        raise Problem("no_audience", {"field": "audiences"})
    with services.store.read() as rows:
        tree = rows.places.tree()
        homes = {f"s-{station.id}": station.area for station in rows.places.stations()}
        homes |= {f"a-{area.id}": area.id for area in tree.all()}
        seen = tree.within(actor.reach) | tree.above(actor.reach)
        for audience in audiences:
            # What lies elsewhere is answered as if it did not exist.
            if homes.get(audience) not in seen:
                raise Problem("audience_unknown", {"audience": audience})
            require(actor.grants, tree, Deed.WRITE, homes[audience])
        first = homes[audiences[0]]
        return _Place(tree.zone(first, services.zone), rows.places.calendar(first))


def _title(summary: str) -> str:
    """As titles are kept: composed letters, single spaces, nothing around."""
    return " ".join(unicodedata.normalize("NFC", summary).split())


def _judge(
    services: Services, read: Entry | Unreadable, place: _Place, matches: Mapping[str, Titled]
) -> Imported:
    if isinstance(read, Unreadable):
        return Imported(_title(read.summary), problem=read.problem)
    title = _title(read.summary)
    found = Imported(title, matched=matches.get(title))
    try:
        found = replace(found, wish=entry_to_wish(read, place.zone))
        if found.wish is not None:
            timing(found.wish, place.zone, services.clock(), place.calendar)
    except Problem as problem:
        return replace(found, problem=problem)
    if found.matched is None:
        return replace(found, problem=Problem("title_unknown", {"field": "summary"}))
    return found


def _order(
    services: Services, actor: Account, judged: Imported, audiences: Sequence[str]
) -> Imported:
    """Each in a transaction of its own: one that is refused holds up no other."""
    if judged.problem is not None or judged.wish is None or judged.matched is None:
        return judged
    found = judged.matched
    programme = found.id if found.programme else None
    bulletins = () if found.programme else (found.id,)
    order = Order(bulletins, tuple(audiences), judged.wish, programme=programme)
    try:
        made = create_broadcast(services, actor, order)
    except Problem as problem:
        return replace(judged, problem=problem)
    return replace(judged, broadcast=made.id)
