"""Numbers the journal has promised never to use again, kept outside the journal's own file.

A journal that can no longer be read is replaced by a new one; its numbers must lie above all that
the old one may have given, or the server would take new records for repeated ones.
"""

import logging
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, ValidationError

from loa_agent.durable import write_durably
from loa_agent.protocol.documents import Wire

log = logging.getLogger(__name__)

RESERVED_AHEAD = 100
"""Sequences reserved at a time: the widest gap a lost journal leaves without need."""


class Mark(Wire):
    """Everything up to `boot` and `sequence` may have been used by `owner`."""

    owner: str
    boot: int = Field(ge=0)
    sequence: int = Field(ge=0)


@dataclass(frozen=True, slots=True)
class MarkFile:
    """The mark on disk."""

    path: Path

    def read(self, owner: str) -> Mark | None:
        """The mark of this owner; None when there is none or it cannot be read."""
        try:
            mark = Mark.model_validate_json(self.path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            log.warning("journal_mark_unreadable reason=%s", error)
            return None
        return mark if mark.owner == owner else None

    def write(self, mark: Mark) -> None:
        """Replace the mark; raises OSError."""
        write_durably(self.path, mark.model_dump_json().encode())
