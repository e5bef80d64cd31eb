"""Make room: what was rejected or deleted; the original of a living bulletin stays."""

from datetime import timedelta

from loa_server.application.services import Services

KEPT_FOR = timedelta(days=7)
"""Long enough to hear what somebody complains about, and to undo a mistaken rejection."""


def drop_sources(services: Services) -> int:
    """Delete old uploads nobody can use any more; voices stay as long as anything can name them.

    The file's own age counts as well: the same recording uploaded again is new.
    """
    before = services.clock() - KEPT_FOR
    with services.store.read() as rows:
        spent = rows.bulletins.spent_sources(before)
    return sum(services.blobs.drop(sha256, before) for sha256 in spent)
