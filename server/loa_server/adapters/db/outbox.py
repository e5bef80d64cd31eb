"""Which documents are to be published, and what browsers are to read anew."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from loa_server.adapters.db.mapping import inserting
from loa_server.adapters.db.tables import change, document

_AT_ONCE = 1000
"""Rows in one statement; both databases bound the number of their parameters."""


def documents_changed(connection: Connection, keys: Iterable[str]) -> None:
    """Raise the mark of each document, or make its row; the rows are ours until the end.

    In one order everywhere, so that two writers on PostgreSQL never wait for each other.
    """
    fresh = {"version": 0, "mark": 1, "clean_mark": 0, "resend": False}
    rows = [{"key": key, **fresh} for key in sorted(set(keys))]
    for begin in range(0, len(rows), _AT_ONCE):
        insert = inserting(connection, document).values(rows[begin : begin + _AT_ONCE])
        raised = {"mark": document.c.mark + 1}
        connection.execute(insert.on_conflict_do_update(index_elements=["key"], set_=raised))


def next_versions(connection: Connection, keys: Iterable[str]) -> dict[str, int]:
    """The version in which a change made now is published first, by document.

    Marked before it is read: a publisher that is raising the version at this moment has either
    done so already or waits for us, and then publishes what we changed.
    """
    wanted = set(keys)
    documents_changed(connection, wanted)
    query = select(document.c.key, document.c.version).where(document.c.key.in_(wanted))
    return {row.key: row.version + 1 for row in connection.execute(query)}


def announce(connection: Connection, subjects: Iterable[str]) -> None:
    """Count a change of each subject."""
    rows = [{"subject": subject, "counter": 1} for subject in sorted(set(subjects))]
    if rows:
        insert = inserting(connection, change).values(rows)
        raised = {"counter": change.c.counter + 1}
        connection.execute(insert.on_conflict_do_update(index_elements=["subject"], set_=raised))
