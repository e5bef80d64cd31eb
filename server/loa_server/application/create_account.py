"""An account by order of who holds the machine, such as for a province's first administrator."""

from collections.abc import Sequence

from loa_server.application.create_person import grants_as_facts
from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import Account, new_username
from loa_server.domain.problems import Problem
from loa_server.domain.rights import Grant, Role
from loa_server.domain.text import MAX_NAME, one_line


def create_account(
    services: Services, *, username: str, name: str, area: str, roles: Sequence[str]
) -> str:
    """Make it, with these roles at one place; its password is returned this once.

    Raises:
        Problem: `bad_request` naming the field, `audience_unknown`, `no_grants`, `id_taken`.
    """
    if not set(roles) <= {role.value for role in Role}:
        raise Problem("bad_request", {"field": "role"})
    if not roles:
        raise Problem("no_grants", {"field": "role"})
    grants = tuple(Grant(Role(role), area) for role in dict.fromkeys(roles))
    password = services.secrets.claim_code()
    account = Account(
        id=services.secrets.identifier("u"),
        username=new_username(username),
        name=one_line(name, "name", MAX_NAME),
        area=area,
        grants=grants,
        password_hash=services.passwords.hash(password),
    )
    with services.store.write() as rows:
        rows.places.tree().get(area)
        rows.people.add(account)
        facts = {"name": account.name, "grants": grants_as_facts(grants)}
        row = AuditRow(services.clock(), "system", "account_created", account.username, facts)
        rows.audit(row)
        rows.announce("people")
    return password
