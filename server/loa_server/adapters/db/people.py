"""Accounts and sessions."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, update

from loa_server.adapters.db.mapping import inserting, to_account
from loa_server.adapters.db.tables import account as accounts
from loa_server.adapters.db.tables import role_grant
from loa_server.adapters.db.tables import session as sessions
from loa_server.domain.people import Account, SignedIn
from loa_server.domain.problems import Problem
from loa_server.domain.rights import Grant, Role


class PeopleRows:
    """Implements the port `People`."""

    def __init__(self, connection: Connection, *, writes: bool) -> None:
        self._connection = connection
        self._writes = writes

    def add(self, account: Account) -> None:
        """A new account; raises Problem `id_taken` when the name is."""
        made = inserting(self._connection, accounts).values(**_values(account))
        kept = made.on_conflict_do_nothing().returning(accounts.c.id)
        if self._connection.execute(kept).first() is None:
            raise Problem("id_taken", {"id": account.username})
        _put_grants(self._connection, account)

    def by_username(self, username: str) -> Account | None:
        """The account with this name; a writer holds the row until the end."""
        return next(iter(self._held(accounts.c.username == username)), None)

    def by_id(self, account: str) -> Account | None:
        """The account with this id; a writer holds the row until the end."""
        return next(iter(self._held(accounts.c.id == account)), None)

    def by_email(self, email: str) -> list[Account]:
        """Those with this address who may sign in."""
        return self._found(accounts.c.email == email, accounts.c.disabled_at.is_(None))

    def everybody(self) -> list[Account]:
        """All accounts by name, disabled ones too."""
        return self._found()

    def may_sign_in(self) -> list[Account]:
        """All who may; a writer holds their rows until the end."""
        return self._held(accounts.c.disabled_at.is_(None))

    def keep(self, account: Account) -> None:
        """Store what changed, grants too."""
        where = accounts.c.id == account.id
        self._connection.execute(update(accounts).where(where).values(**_values(account)))
        _put_grants(self._connection, account)

    def count(self) -> int:
        """How many accounts there are."""
        return self._connection.execute(select(func.count()).select_from(accounts)).scalar_one()

    def open_session(
        self, token_sha256: str, account: str, csrf: str, now: datetime, expires_at: datetime
    ) -> None:
        """Remember a session."""
        self._connection.execute(
            insert(sessions).values(
                token_sha256=token_sha256,
                account=account,
                csrf=csrf,
                created_at=now,
                seen_at=now,
                expires_at=expires_at,
            )
        )

    def session(self, token_sha256: str, now: datetime, idle_since: datetime) -> SignedIn | None:
        """Who holds a session that neither expired nor slept too long."""
        query = (
            select(accounts, sessions.c.csrf, sessions.c.seen_at)
            .join(sessions, sessions.c.account == accounts.c.id)
            .where(
                sessions.c.token_sha256 == token_sha256,
                sessions.c.expires_at > now,
                sessions.c.seen_at > idle_since,
                accounts.c.disabled_at.is_(None),
            )
        )
        row = self._connection.execute(query).first()
        if row is None:
            return None
        account = to_account(row, read_grants(self._connection, row.id))
        return SignedIn(account, row.csrf, row.seen_at)

    def touch_session(self, token_sha256: str, now: datetime) -> None:
        """The session was used."""
        where = sessions.c.token_sha256 == token_sha256
        self._connection.execute(update(sessions).where(where).values(seen_at=now))

    def close_session(self, token_sha256: str) -> None:
        """Forget a session."""
        where = sessions.c.token_sha256 == token_sha256
        self._connection.execute(delete(sessions).where(where))

    def close_sessions_of(self, account: str, but: str | None = None) -> None:
        """Forget the sessions of an account, save the one whose token hash is `but`."""
        theirs = [sessions.c.account == account]
        if but is not None:
            theirs.append(sessions.c.token_sha256 != but)
        self._connection.execute(delete(sessions).where(*theirs))

    def close_sessions_before(self, now: datetime, idle_since: datetime) -> None:
        """Forget what expired or slept too long."""
        over = or_(sessions.c.expires_at <= now, sessions.c.seen_at <= idle_since)
        self._connection.execute(delete(sessions).where(over))

    def _held(self, *where: ColumnElement[bool]) -> list[Account]:
        if self._writes:
            # In a fixed order, and before the roles are read: two writers then take turns.
            rows = select(accounts.c.id).where(*where).order_by(accounts.c.id)
            self._connection.execute(rows.with_for_update(key_share=True))
        return self._found(*where)

    def _found(self, *where: ColumnElement[bool]) -> list[Account]:
        query = select(accounts).where(*where).order_by(accounts.c.name, accounts.c.id)
        found = self._connection.execute(query).all()
        roles = read_roles(self._connection, accounts.c.id.in_(select(accounts.c.id).where(*where)))
        return [to_account(row, roles.get(row.id, [])) for row in found]


def read_roles(connection: Connection, *where: ColumnElement[bool]) -> dict[str, list[Grant]]:
    """What each of these accounts may do where."""
    query = select(role_grant).join(accounts, accounts.c.id == role_grant.c.account).where(*where)
    roles: dict[str, list[Grant]] = {}
    for row in connection.execute(query.order_by(role_grant.c.area, role_grant.c.role)):
        roles.setdefault(row.account, []).append(Grant(Role(row.role), row.area))
    return roles


def _values(account: Account) -> dict[str, object]:
    return {
        "id": account.id,
        "username": account.username,
        "name": account.name,
        "area": account.area,
        "password_hash": account.password_hash,
        "locale": account.locale,
        "failed_attempts": account.failed_attempts,
        "locked_until": account.locked_until,
        "email": account.email,
        "mail_evening": account.mail_evening,
        "disabled_at": account.disabled_at,
    }


def read_grants(connection: Connection, account: str) -> list[Grant]:
    """What an account may do where, in a fixed order."""
    query = select(role_grant).where(role_grant.c.account == account)
    rows = connection.execute(query.order_by(role_grant.c.area, role_grant.c.role))
    return [Grant(Role(row.role), row.area) for row in rows]


def _put_grants(connection: Connection, account: Account) -> None:
    if set(read_grants(connection, account.id)) == set(account.grants):
        return
    connection.execute(delete(role_grant).where(role_grant.c.account == account.id))
    rows = [
        {"account": account.id, "area": each.area, "role": each.role.value}
        for each in dict.fromkeys(account.grants)
    ]
    if rows:
        connection.execute(insert(role_grant), rows)
