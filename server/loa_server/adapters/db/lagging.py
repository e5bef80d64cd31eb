"""Documents that stations lack although they are there; in a fixed number of reads."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Engine, select, update

from loa_server.adapters.db.engine import reading, writing
from loa_server.adapters.db.places import read_tree
from loa_server.adapters.db.station_views import wanted_documents
from loa_server.adapters.db.tables import document, presence
from loa_server.adapters.db.tables import station as stations
from loa_server.application.heal_documents import is_missing


class DbLagging:
    """Implements `LaggingDocuments`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def lagging(self, grace: timedelta, limit: int) -> list[str]:
        """Keys of documents an online station lacked, `grace` after they were published."""
        clean = document.c.mark == document.c.clean_mark
        there = (
            select(stations.c.id, stations.c.area, presence.c.state, presence.c.seen_at)
            .join(presence, presence.c.station == stations.c.id)
            .where(presence.c.online, stations.c.retired_at.is_(None))
        )
        with reading(self._engine) as connection:
            tree = read_tree(connection)
            rows = connection.execute(there).all()
            published = {
                row.key: row for row in connection.execute(select(document).where(clean)).all()
            }
        missing = {
            key
            for row in rows
            for key in wanted_documents(tree, row.id, row.area)
            if key in published
            and is_missing(
                row.state.get("versions", {}).get(key, 0),
                published[key].version,
                published[key].issued_at,
                row.seen_at,
                grace,
            )
        }
        return sorted(missing)[:limit]

    def send_again(self, keys: Sequence[str]) -> None:
        """Publish them once more under the same version."""
        with writing(self._engine) as connection:
            connection.execute(update(document).where(document.c.key.in_(keys)).values(resend=True))
