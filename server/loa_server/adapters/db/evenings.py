"""Who had their evening letter."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, select

from loa_server.adapters.db.mapping import inserting
from loa_server.adapters.db.tables import evening_mail


class EveningRows:
    """Implements the port `Evenings`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def done(self, days: Collection[str]) -> frozenset[tuple[str, str]]:
        """Accounts and days that were claimed."""
        query = select(evening_mail).where(evening_mail.c.day.in_(sorted(days)))
        return frozenset((row.account, row.day) for row in self._connection.execute(query))

    def claim(self, account: str, day: str, now: datetime) -> bool:
        """Before the letter leaves; False when somebody else was first."""
        made = inserting(self._connection, evening_mail).values(
            account=account, day=day, sent_at=now
        )
        kept = made.on_conflict_do_nothing().returning(evening_mail.c.account)
        return self._connection.execute(kept).first() is not None

    def give_back(self, account: str, day: str) -> None:
        """It did not leave: to be tried again."""
        mine = (evening_mail.c.account == account, evening_mail.c.day == day)
        self._connection.execute(delete(evening_mail).where(*mine))

    def forget_before(self, day: str) -> None:
        """Forget evenings before this day; days of this form sort as they follow."""
        self._connection.execute(delete(evening_mail).where(evening_mail.c.day < day))
