"""Close a session."""

from loa_server.application.digest import digest
from loa_server.application.services import Services


def sign_out(services: Services, token: str) -> None:
    """Close one session; an unknown token is no error."""
    with services.store.write() as rows:
        rows.people.close_session(digest(token))
