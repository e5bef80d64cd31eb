"""The first account of a fresh server."""

from loa_server.application.services import Services
from loa_server.domain.audit import AuditRow
from loa_server.domain.people import Account, plain_username
from loa_server.domain.problems import Problem
from loa_server.domain.rights import everything
from loa_server.domain.text import MAX_NAME, one_line


def create_first_account(services: Services, *, username: str, name: str, area: str) -> str | None:
    """Make the first account; its password is returned this once, None when one exists."""
    with services.store.read() as rows:
        if rows.people.count() > 0:
            return None
    username = plain_username(username)
    password = services.secrets.claim_code()
    password_hash = services.passwords.hash(password)
    account = Account(
        id=services.secrets.identifier("u"),
        username=username,
        name=one_line(name, "name", MAX_NAME),
        area=area,
        grants=everything(area),
        password_hash=password_hash,
    )
    try:
        with services.store.write() as rows:
            if rows.people.count() > 0:
                return None
            rows.people.add(account)
            row = AuditRow(services.clock(), "system", "account_created", username, {"area": area})
            rows.audit(row)
    except Problem as problem:
        # Two processes start at once: PostgreSQL lets both look before either has written.
        if problem.code != "id_taken":
            raise
        return None
    return password
