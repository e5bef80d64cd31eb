"""The library as screens show it, in a fixed number of reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, func, or_, select

from loa_server.adapters.db.broadcasts import read_bulletins
from loa_server.adapters.db.mapping import AnyRow
from loa_server.adapters.db.places import read_tree
from loa_server.adapters.db.programmes import read_items, to_programme
from loa_server.adapters.db.reach import touching, within
from loa_server.adapters.db.shares import open_to, read_shares
from loa_server.adapters.db.tables import account as accounts
from loa_server.adapters.db.tables import area as areas
from loa_server.adapters.db.tables import bulletin as bulletins
from loa_server.adapters.db.tables import programme as programmes
from loa_server.adapters.db.tables import programme_item, share_area
from loa_server.adapters.db.tables import share as shares
from loa_server.application.programme_queries import (
    AnswerView,
    ItemView,
    ProgrammeView,
    RequestView,
    ShareView,
)
from loa_server.domain.areas import AreaTree
from loa_server.domain.bulletins import Bulletin
from loa_server.domain.programmes import Programme, duration_ms, is_ready
from loa_server.domain.rights import Reach
from loa_server.domain.shares import Share, ShareClass, asked_places


def read_programmes(
    connection: Connection, reach: Reach, *where: ColumnElement[bool], limit: int
) -> list[ProgrammeView]:
    """Programmes of the reach and those shared with it, newest change first."""
    own = within(programmes.c.area, reach)
    shared = programmes.c.id.in_(open_to(reach, shares.c.programme))
    query = (
        select(
            programmes,
            accounts.c.name.label("author_name"),
            areas.c.name.label("area_name"),
            own.label("own"),
            touching(programmes.c.area, reach).label("seen"),
        )
        .join(accounts, accounts.c.id == programmes.c.author)
        .join(areas, areas.c.id == programmes.c.area)
        .where(programmes.c.deleted_at.is_(None), or_(own, shared), *where)
        .order_by(programmes.c.changed_at.desc(), programmes.c.id)
        .limit(limit)
    )
    rows = connection.execute(query).all()
    items = read_items(connection, [row.id for row in rows])
    named = {each.bulletin for one in items.values() for each in one}
    pieces = read_bulletins(connection, sorted(named))
    origins = read_origins(connection, reach, shares.c.programme, rows)
    return [
        _programme_view(row, to_programme(row, items[row.id]), pieces, origins.get(row.id))
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Origin:
    """The area something was handed down from."""

    area: str
    name: str


def read_origins(
    connection: Connection, reach: Reach, what: ColumnElement[Any], rows: Sequence[AnyRow]
) -> dict[str, Origin]:
    """Who handed down the rows that are not the reach's own, by the row's id."""
    foreign = [row.id for row in rows if not row.own]
    query = (
        select(what.label("what"), areas.c.id, areas.c.name)
        .join(areas, areas.c.id == shares.c.from_area)
        .where(
            what.in_(foreign),
            shares.c.withdrawn_at.is_(None),
            shares.c.id.in_(select(share_area.c.share).where(touching(share_area.c.area, reach))),
        )
        .order_by(shares.c.at)
    )
    return {row.what: Origin(row.id, row.name) for row in connection.execute(query)}


def read_share_views(
    connection: Connection, reach: Reach, *where: ColumnElement[bool], limit: int
) -> list[ShareView]:
    """What was handed down from within the reach, newest first, withdrawn ones too."""
    sent = select(shares).where(within(shares.c.from_area, reach), *where)
    found = read_shares(connection, _newest(sent, limit))
    tree = read_tree(connection)
    words = _Words(connection, found)
    return [
        ShareView(
            share=each,
            title=words.title(each),
            from_area_name=words.area(each.from_area),
            by_name=words.person(each.by),
            area_names=tuple(words.area(area) for area in each.areas),
            asked=_asked(tree, each),
            answers=tuple(
                AnswerView(
                    area=one.area,
                    area_name=words.area(one.area),
                    answer=one.answer,
                    broadcast=one.broadcast,
                    note=one.note,
                    by_name=words.person(one.by),
                    at=one.at,
                )
                for one in each.answers
            ),
        )
        for each in found
    ]


def read_requests(connection: Connection, reach: Reach, limit: int) -> list[RequestView]:
    """Priority shares from outside the reach that wait for an answer of places in it."""
    waiting = open_to(reach, *shares.c).where(
        shares.c.class_ == ShareClass.PRIORITY.value, ~within(shares.c.from_area, reach)
    )
    found = read_shares(connection, _newest(waiting, limit))
    tree = read_tree(connection)
    under = tree.within(reach)
    words = _Words(connection, found)
    return [
        RequestView(
            share=each.id,
            area=area,
            area_name=tree.name(area),
            bulletin=each.bulletin,
            programme=each.programme,
            title=words.title(each),
            duration_ms=words.duration_ms(each),
            from_area_name=words.area(each.from_area),
            by_name=words.person(each.by),
            at=each.at,
            note=each.note,
        )
        for each in found
        for area in sorted(asked_places(tree, each.areas) & under)
        if area not in {one.area for one in each.answers}
    ]


class _Words:
    """Names of people, areas and contents that shares speak of; four reads."""

    def __init__(self, connection: Connection, found: Iterable[Share]) -> None:
        people, places = set[str](), set[str]()
        contents, compounds = set[str](), set[str]()
        for each in found:
            people |= {each.by} | {one.by for one in each.answers}
            places |= {each.from_area, *each.areas} | {one.area for one in each.answers}
            contents |= {each.bulletin} if each.bulletin else set()
            compounds |= {each.programme} if each.programme else set()
        self._people = _names(connection, accounts, people)
        self._areas = _names(connection, areas, places)
        said = select(bulletins.c.id, bulletins.c.title, bulletins.c.duration_ms)
        length = func.coalesce(func.sum(bulletins.c.duration_ms), 0).label("duration_ms")
        joined = (
            select(programmes.c.id, programmes.c.title, length)
            .join(programme_item, programme_item.c.programme == programmes.c.id)
            .join(bulletins, bulletins.c.id == programme_item.c.bulletin)
            .where(programmes.c.id.in_(compounds))
            .group_by(programmes.c.id, programmes.c.title)
        )
        self._contents: dict[str, AnyRow] = {}
        for query in (said.where(bulletins.c.id.in_(contents)), joined):
            self._contents |= {row.id: row for row in connection.execute(query)}

    def person(self, account: str) -> str:
        return self._people.get(account, "")

    def area(self, area: str) -> str:
        return self._areas.get(area, area)

    def title(self, share: Share) -> str:
        row = self._contents.get(share.bulletin or share.programme or "")
        return "" if row is None else str(row.title)

    def duration_ms(self, share: Share) -> int:
        row = self._contents.get(share.bulletin or share.programme or "")
        return 0 if row is None else int(row.duration_ms or 0)


def _names(connection: Connection, table: Table, ids: Iterable[str]) -> dict[str, str]:
    query = select(table.c.id, table.c.name).where(table.c.id.in_(ids))
    return {row.id: row.name for row in connection.execute(query)}


def _newest(query: Select[Any], limit: int) -> Select[Any]:
    return query.order_by(shares.c.at.desc(), shares.c.id).limit(limit)


def _asked(tree: AreaTree, share: Share) -> int:
    if share.class_ is not ShareClass.PRIORITY:
        return 0
    return len(asked_places(tree, share.areas) | {one.area for one in share.answers})


def _programme_view(
    row: AnyRow, programme: Programme, pieces: dict[str, Bulletin], origin: Origin | None
) -> ProgrammeView:
    """Of what lies neither under the reach nor above it, the place and the author stay unsaid."""
    known = origin or Origin("", "")
    items = []
    for each in programme.items:
        piece = pieces[each.bulletin]
        length_ms = None if piece.voice is None else piece.voice.duration_ms
        items.append(ItemView(piece.id, piece.title, each.part, length_ms, piece.status))
    return ProgrammeView(
        programme=programme if row.seen else replace(programme, area=known.area, author=""),
        area_name=row.area_name if row.seen else known.name,
        author_name=row.author_name if row.seen else "",
        items=tuple(items),
        duration_ms=duration_ms(programme.items, pieces),
        ready=is_ready(programme.items, pieces),
        shared_from=None if row.own else known.name,
    )
