"""Make room: an upload is not needed once it was judged and its voice prepared."""

from datetime import timedelta

from loa_server.application.services import Services

KEPT_FOR = timedelta(days=7)
"""Long enough to hear what somebody complains about, and to prepare it anew after a repair."""


def drop_sources(services: Services) -> int:
    """Delete old uploads that no job waits for; voices stay as long as anything can name them.

    The file's own age counts as well: the same recording uploaded again is new.
    """
    before = services.clock() - KEPT_FOR
    with services.store.read() as rows:
        spent = rows.bulletins.spent_sources(before)
    return sum(services.blobs.drop(sha256, before) for sha256 in spent)
