"""Who holds a session's token; asked with every request."""

from loa_server.application.digest import digest
from loa_server.application.services import Services
from loa_server.domain.people import SESSION_IDLE, SESSION_TOUCH, SignedIn


def look_up_session(services: Services, token: str) -> SignedIn | None:
    """Who holds this token, with the grants of this moment, or None."""
    now = services.clock()
    with services.store.read() as rows:
        found = rows.people.session(digest(token), now, now - SESSION_IDLE)
    if found is not None and found.seen_at < now - SESSION_TOUCH:
        with services.store.write() as rows:
            rows.people.touch_session(digest(token), now)
    return found
