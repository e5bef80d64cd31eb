"""A day an area keeps as a holiday of its own, such as a festival or a day of mourning."""

from datetime import date

from loa_server.application.find_area import find_area
from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.rights import Deed, require
from loa_server.domain.text import MAX_NAME, one_line

MAX_SPECIAL_DAYS = 400
"""Of one area; every broadcast that looks at holidays is judged by them."""


def set_special_day(
    services: Services, actor: Account, *, area: str, day: date, name: str | None
) -> None:
    """Declare a day, call it otherwise, or with None make it an ordinary one again.

    Raises:
        Problem: `bad_request`, `not_found`, `area_closed`, `forbidden`, `too_many`.
    """
    now = services.clock()
    called = None if name is None else one_line(name, "name", MAX_NAME)
    with services.store.write() as rows:
        rows.areas.hold()
        tree = rows.places.tree()
        find_area(tree, actor, area)
        require(actor.grants, tree, Deed.SET_HOURS, area)
        known = rows.areas.days(area)
        if known.get(day) == called:
            return
        if called is None:
            rows.areas.drop_day(area, day)
        else:
            if len(known) >= MAX_SPECIAL_DAYS and day not in known:
                raise Problem("too_many", {"field": "day", "most": MAX_SPECIAL_DAYS})
            rows.areas.set_day(area, day, called)
        heard_by = rows.areas.holiday_audiences(frozenset({area}), now)
        rows.documents_changed(*(f"manifest/{audience}" for audience in heard_by))
        facts = {"day": day.isoformat(), "before": known.get(day), "after": called}
        rows.audit(AuditRow(now, actor.id, "special_day_set", area, facts))
        rows.announce("areas", "broadcasts")
