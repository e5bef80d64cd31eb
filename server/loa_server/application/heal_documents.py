"""Send once more what a station that is there should hold and does not.

A broker may confirm a retained document and yet not hand it to who subscribes in that moment
(measured with the embedded broker: 1 of 300). The station would be behind until the next change.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

GRACE = timedelta(seconds=30)
"""How long after publishing a station's word must have come to prove that it missed something."""
MAX_PER_ROUND = 100
"""A station that cannot take a document makes it go out every round; the others do nothing."""


class LaggingDocuments(Protocol):
    """What stations say they hold against what was published."""

    def lagging(self, grace: timedelta, limit: int) -> Sequence[str]:
        """Keys of documents an online station lacked, `grace` after they were published."""

    def send_again(self, keys: Sequence[str]) -> None:
        """Publish them once more under the same version."""


def heal_documents(*, documents: LaggingDocuments) -> Sequence[str]:
    """Keys of the documents that will be sent again; a false alarm costs one message."""
    keys = documents.lagging(GRACE, MAX_PER_ROUND)
    if keys:
        documents.send_again(keys)
    return keys


def is_missing(
    held: int, published: int, issued_at: datetime | None, seen_at: datetime, grace: timedelta
) -> bool:
    """Whether a station that spoke at `seen_at` should have held the published version by then."""
    return held < published and issued_at is not None and seen_at >= issued_at + grace
