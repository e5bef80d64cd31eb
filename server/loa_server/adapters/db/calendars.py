"""Holidays as each area keeps them: the days it and the areas above declared."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection, select

from loa_server.adapters.db.tables import special_day
from loa_server.domain.areas import AreaTree
from loa_server.domain.holidays import Calendar


class Calendars:
    """Calendars of all areas, read at one instant."""

    def __init__(self, tree: AreaTree, days: Mapping[str, Mapping[date, str]]) -> None:
        self._tree = tree
        self._days = days

    def of(self, area: str) -> Calendar:
        """The calendar of an area: its own days over those of the areas above it."""
        own: dict[date, str] = {}
        if self._days and self._tree.has(area):
            for each in reversed(self._tree.path(area)):
                own |= self._days.get(each.id, {})
        return Calendar(own)


def read_calendars(connection: Connection, tree: AreaTree) -> Calendars:
    """All declared days; one read."""
    days: dict[str, dict[date, str]] = defaultdict(dict)
    for row in connection.execute(select(special_day)):
        days[row.area][date.fromisoformat(row.day)] = row.name
    return Calendars(tree, days)
