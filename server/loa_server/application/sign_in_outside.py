"""A person comes in by a provider outside, who must already have an account here."""

from hmac import compare_digest

from loa_server.application.begin_sign_in import HalfOpen, go_on
from loa_server.application.open_session import Opened
from loa_server.application.ports import Transaction
from loa_server.application.proofs import Departure, Identity, OutsideSignIn
from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import Account, plain_email
from loa_server.domain.problems import Problem


def sign_in_outside(
    services: Services, departure: Departure, *, return_to: str, state: str, code: str
) -> Opened | HalfOpen:
    """Judge what the browser brought back; a local second factor is asked for all the same.

    Raises:
        Problem: `not_found` when there is no provider, `outside_refused`, `outside_unreachable`,
            `outside_unknown` when nobody here is meant, `account_disabled`.
    """
    outside = require_outside(services)
    # Without a code the person has said no over there.
    if not code or not compare_digest(state.encode(), departure.state.encode()):
        raise Problem("outside_refused")
    identity = outside.arrive(departure, return_to, code, services.clock())
    return go_on(services, _meant(services, identity), by="outside")


def require_outside(services: Services) -> OutsideSignIn:
    """The provider; raises Problem `not_found` when none is set."""
    if services.outside is None:
        raise Problem("not_found")
    return services.outside


def _meant(services: Services, identity: Identity) -> Account:
    """Whose identity this is: linked before, or now and once by the address on both sides."""
    with services.store.write() as rows:
        linked = rows.proofs.linked_account(identity.issuer, identity.subject)
        account = _by_address(rows, identity) if linked is None else rows.people.by_id(linked)
        if account is None:
            raise Problem("outside_unknown")
        if linked is None:
            now = services.clock()
            rows.proofs.link(identity.issuer, identity.subject, account.id, now)
            facts = {"issuer": identity.issuer, "subject": identity.subject}
            rows.audit(AuditRow(now, account.id, "outside_linked", account.username, facts))
    return account


def _by_address(rows: Transaction, identity: Identity) -> Account | None:
    try:
        email = plain_email(identity.email)
    except Problem:
        return None
    found = [] if email is None else rows.people.by_email(email)
    if len(found) != 1 or rows.proofs.is_linked(identity.issuer, found[0].id):
        # An address may be given to a successor: whoever has a link keeps it.
        return None
    return found[0]
