"""Second factors, and who somebody is at a provider outside."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from loa_server.adapters.db.mapping import inserting, put
from loa_server.adapters.db.tables import outside_identity, second_factor
from loa_server.domain.problems import Problem
from loa_server.domain.second_factor import SecondFactor


class ProofRows:
    """Implements the port `Proofs`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def second_factor(self, account: str) -> SecondFactor | None:
        """What is kept of an account's second factor."""
        query = select(second_factor).where(second_factor.c.account == account)
        row = self._connection.execute(query).first()
        if row is None:
            return None
        return SecondFactor(
            account=row.account,
            sealed_secret=row.secret,
            confirmed_at=row.confirmed_at,
            last_step=row.last_step,
            recovery=tuple(row.recovery),
        )

    def with_second_factor(self) -> frozenset[str]:
        """Ids of all accounts that have one in force."""
        query = select(second_factor.c.account).where(second_factor.c.confirmed_at.is_not(None))
        return frozenset(self._connection.execute(query).scalars())

    def keep_second_factor(self, factor: SecondFactor) -> None:
        """Store it, new or changed."""
        values = {
            "secret": factor.sealed_secret,
            "confirmed_at": factor.confirmed_at,
            "last_step": factor.last_step,
            "recovery": list(factor.recovery),
        }
        put(self._connection, second_factor, {"account": factor.account}, values)

    def drop_second_factor(self, account: str) -> None:
        """Forget it."""
        theirs = second_factor.c.account == account
        self._connection.execute(delete(second_factor).where(theirs))

    def linked_account(self, issuer: str, subject: str) -> str | None:
        """Id of the account an identity outside belongs to."""
        query = select(outside_identity.c.account).where(
            outside_identity.c.issuer == issuer, outside_identity.c.subject == subject
        )
        return self._connection.execute(query).scalar_one_or_none()

    def is_linked(self, issuer: str, account: str) -> bool:
        """Whether some identity of this issuer belongs to the account."""
        query = select(outside_identity.c.subject).where(
            outside_identity.c.issuer == issuer, outside_identity.c.account == account
        )
        return self._connection.execute(query.limit(1)).first() is not None

    def link(self, issuer: str, subject: str, account: str, now: datetime) -> None:
        """Remember whose identity this is; raises Problem `id_taken` when it is another's."""
        key = {"issuer": issuer, "subject": subject}
        made = inserting(self._connection, outside_identity).values(
            **key, account=account, linked_at=now
        )
        self._connection.execute(made.on_conflict_do_nothing(index_elements=list(key)))
        if self.linked_account(issuer, subject) != account:
            raise Problem("id_taken", {"id": subject})
