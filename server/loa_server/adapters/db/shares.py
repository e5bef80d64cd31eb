"""What upper levels hand down, and the answers of the places."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, insert, select, update

from loa_server.adapters.db.mapping import inserting
from loa_server.adapters.db.reach import touching
from loa_server.adapters.db.tables import programme_item, share_answer, share_area
from loa_server.adapters.db.tables import share as shares
from loa_server.domain.rights import Reach
from loa_server.domain.shares import Answer, Share, ShareAnswer, ShareClass


class ShareRows:
    """Implements the port `Shares`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, share: Share) -> None:
        """A new share."""
        self._connection.execute(
            insert(shares).values(
                id=share.id,
                bulletin=share.bulletin,
                programme=share.programme,
                from_area=share.from_area,
                class_=share.class_.value,
                note=share.note,
                by=share.by,
                at=share.at,
            )
        )
        meant = [{"share": share.id, "area": area} for area in share.areas]
        self._connection.execute(insert(share_area), meant)

    def get(self, share: str) -> Share | None:
        """A share with its areas and answers, withdrawn ones too."""
        found = read_shares(self._connection, select(shares).where(shares.c.id == share))
        return found[0] if found else None

    def withdraw(self, share: str, now: datetime) -> None:
        """Take it out of the libraries below."""
        where = shares.c.id == share
        self._connection.execute(update(shares).where(where).values(withdrawn_at=now))

    def answer(self, share: str, answer: ShareAnswer) -> bool:
        """Keep an answer; False when somebody else of that area was first."""
        made = inserting(self._connection, share_answer).values(
            share=share,
            area=answer.area,
            answer=answer.answer.value,
            broadcast=answer.broadcast,
            note=answer.note,
            by=answer.by,
            at=answer.at,
        )
        kept = made.on_conflict_do_nothing().returning(share_answer.c.share)
        return self._connection.execute(kept).first() is not None

    def open_of(self, *, bulletin: str | None = None, programme: str | None = None) -> int:
        """How many shares of it were not withdrawn."""
        what = shares.c.bulletin == bulletin if bulletin else shares.c.programme == programme
        query = select(func.count()).select_from(shares)
        query = query.where(what, shares.c.withdrawn_at.is_(None))
        return self._connection.execute(query).scalar_one()

    def bulletins_for(self, bulletins: Sequence[str], reach: Reach) -> frozenset[str]:
        """Which of these are shared with the reach, by themselves or inside a programme."""
        own = open_to(reach, shares.c.bulletin).where(shares.c.bulletin.in_(bulletins))
        inside = inside_open_to(reach).where(programme_item.c.bulletin.in_(bulletins))
        rows = [*self._connection.execute(own), *self._connection.execute(inside)]
        return frozenset(row[0] for row in rows)

    def programmes_for(self, programmes: Sequence[str], reach: Reach) -> frozenset[str]:
        """Which of these are shared with the reach."""
        query = open_to(reach, shares.c.programme).where(shares.c.programme.in_(programmes))
        return frozenset(row[0] for row in self._connection.execute(query))


def open_to(reach: Reach, *columns: ColumnElement[Any]) -> Select[Any]:
    """Columns of the shares that were not withdrawn and are meant for somebody in reach."""
    meant = select(share_area.c.share).where(touching(share_area.c.area, reach))
    return select(*columns).where(shares.c.withdrawn_at.is_(None), shares.c.id.in_(meant))


def inside_open_to(reach: Reach) -> Select[Any]:
    """Bulletins of the programmes shared with the reach."""
    shared = open_to(reach, shares.c.programme).where(shares.c.programme.is_not(None))
    return select(programme_item.c.bulletin).where(programme_item.c.programme.in_(shared))


def read_shares(connection: Connection, query: Select[Any]) -> list[Share]:
    """The shares of a query over `share` with areas and answers, in three reads."""
    rows = connection.execute(query).all()
    ids = [row.id for row in rows]
    areas: dict[str, list[str]] = defaultdict(list)
    meant = select(share_area).where(share_area.c.share.in_(ids)).order_by(share_area.c.area)
    for row in connection.execute(meant):
        areas[row.share].append(row.area)
    answers: dict[str, list[ShareAnswer]] = defaultdict(list)
    said = select(share_answer).where(share_answer.c.share.in_(ids))
    for row in connection.execute(said.order_by(share_answer.c.at, share_answer.c.area)):
        answer = ShareAnswer(row.area, Answer(row.answer), row.broadcast, row.note, row.by, row.at)
        answers[row.share].append(answer)
    return [
        Share(
            id=row.id,
            bulletin=row.bulletin,
            programme=row.programme,
            from_area=row.from_area,
            areas=tuple(areas[row.id]),
            class_=ShareClass(row.class_),
            note=row.note,
            by=row.by,
            at=row.at,
            withdrawn_at=row.withdrawn_at,
            answers=tuple(answers[row.id]),
        )
        for row in rows
    ]
