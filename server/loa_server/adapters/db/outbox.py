"""Which documents are to be published, and what browsers are to read anew."""

from collections.abc import Iterable

from sqlalchemy import Connection, insert, select, update

from loa_server.adapters.db.tables import change, document


def documents_changed(connection: Connection, keys: Iterable[str]) -> None:
    """Raise the mark of each document, or make its row.

    In one order everywhere, so that two writers on PostgreSQL never wait for each other.
    """
    for key in sorted(set(keys)):
        raised = update(document).where(document.c.key == key).values(mark=document.c.mark + 1)
        if connection.execute(raised).rowcount == 0:
            connection.execute(
                insert(document).values(key=key, version=0, mark=1, clean_mark=0, resend=False)
            )


def next_version(connection: Connection, key: str) -> int:
    """The version under which a change made now will be published, or a later one."""
    query = select(document.c.version).where(document.c.key == key)
    return (connection.execute(query).scalar_one_or_none() or 0) + 1


def announce(connection: Connection, subjects: Iterable[str]) -> None:
    """Count a change of each subject."""
    for subject in sorted(set(subjects)):
        raised = (
            update(change).where(change.c.subject == subject).values(counter=change.c.counter + 1)
        )
        if connection.execute(raised).rowcount == 0:
            connection.execute(insert(change).values(subject=subject, counter=1))
