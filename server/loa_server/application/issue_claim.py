"""A one-time code with which a device becomes a station."""

from dataclasses import dataclass
from datetime import datetime

from loa_server.application.digest import digest
from loa_server.application.find_area import find_station
from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import Account
from loa_server.domain.rights import Deed, require
from loa_server.domain.stations import CLAIM_LIFE, Claim, spoken


@dataclass(frozen=True, slots=True)
class IssuedClaim:
    """The code, shown once, as people read it."""

    code: str
    expires_at: datetime


def issue_claim(services: Services, actor: Account, *, station: str) -> IssuedClaim:
    """Make a code; an earlier unused one of the same station ends.

    Raises:
        Problem: `not_found`, also for a station outside the reach; `forbidden`.
    """
    now = services.clock()
    code = services.secrets.claim_code()
    claim = Claim(digest(code), station, now + CLAIM_LIFE)
    with services.store.write() as rows:
        rows.areas.keep_still()
        tree = rows.places.tree()
        found = find_station(rows, tree, actor, station)
        require(actor.grants, tree, Deed.OPERATE, found.area)
        rows.places.drop_claims(station)
        rows.places.add_claim(claim)
        rows.audit(AuditRow(now, actor.id, "claim_issued", station, {}))
    return IssuedClaim(spoken(code), claim.expires_at)
