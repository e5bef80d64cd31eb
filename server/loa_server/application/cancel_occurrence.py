"""One occurrence does not sound; the series goes on. Needs nobody's approval."""

from dataclasses import replace
from datetime import datetime

from loa_server.application.change_broadcast import own
from loa_server.application.create_broadcast import manifests
from loa_server.application.judging import read_places
from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.changing import require_changeable, require_coming, without_occurrences
from loa_server.domain.people import Account
from loa_server.domain.rights import Deed
from loa_server.domain.schedule import local_text


def cancel_occurrence(
    services: Services, actor: Account, *, broadcast: str, occurrence: datetime
) -> None:
    """Leave out the occurrence of a local start.

    Raises:
        Problem: `not_found`, `forbidden`, `broadcast_over`, `not_approved`,
            `occurrence_unknown`, `occurrence_over`, `too_many_exceptions`.
    """
    now = services.clock()
    with services.store.write() as rows:
        rows.areas.keep_still()
        rows.broadcasts.hold(broadcast)
        places = read_places(rows, services.zone)
        found = own(rows, places, actor, broadcast, Deed.STOP)
        require_changeable(found)
        require_coming(found, places.calendars.of(found.area), occurrence, now)
        schedule = without_occurrences(found.schedule, [occurrence])
        rows.broadcasts.reschedule(replace(found, schedule=schedule))
        rows.documents_changed(*manifests(found))
        facts = {"title": found.title, "occurrence": local_text(occurrence)}
        rows.audit(AuditRow(now, actor.id, "occurrence_cancelled", broadcast, facts))
        rows.announce("broadcasts")
