"""Chương trình: bulletins in order between an opening jingle and a sign-off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from loa_agent.protocol.documents import DAY_MS, MAX_ITEMS

from loa_server.domain.bulletins import Bulletin, BulletinStatus
from loa_server.domain.problems import Problem


class Part(StrEnum):
    """What an item is inside its programme, in the order in which parts may stand."""

    JINGLE = "jingle"
    ITEM = "item"
    SIGN_OFF = "sign_off"


_ORDER = tuple(Part)


@dataclass(frozen=True, slots=True)
class ProgrammeItem:
    """One bulletin at its place."""

    bulletin: str
    part: Part


@dataclass(frozen=True, slots=True)
class Programme:
    """Bulletins in order; `version` grows with every change, so that nobody undoes another's."""

    id: str
    title: str
    area: str
    author: str
    created_at: datetime
    changed_at: datetime
    version: int
    items: tuple[ProgrammeItem, ...]

    @property
    def bulletins(self) -> tuple[str, ...]:
        """What is broadcast, in order."""
        return tuple(each.bulletin for each in self.items)


def require_well_made(items: Sequence[ProgrammeItem], bulletins: Mapping[str, Bulletin]) -> None:
    """Whether stations could play it once all voices are ready.

    Raises:
        Problem: `programme_empty`, `programme_too_many_items`, `programme_part_out_of_place` with
            the `position` (from 0) and the `part`, `programme_too_long`.
    """
    if not items:
        raise Problem("programme_empty", {"field": "items"})
    if len(items) > MAX_ITEMS:
        raise Problem("programme_too_many_items", {"field": "items", "most": MAX_ITEMS})
    latest = 0
    for position, each in enumerate(items):
        if _ORDER.index(each.part) < latest:
            facts = {"field": "items", "position": position, "part": each.part.value}
            raise Problem("programme_part_out_of_place", facts)
        latest = _ORDER.index(each.part)
    length_ms = duration_ms(items, bulletins)
    if length_ms > DAY_MS:
        facts = {"field": "items", "duration_ms": length_ms, "most_ms": DAY_MS}
        raise Problem("programme_too_long", facts)


def duration_ms(items: Sequence[ProgrammeItem], bulletins: Mapping[str, Bulletin]) -> int:
    """Length of the voices that are ready, one after another."""
    voices = [bulletins[each.bulletin].voice for each in items if each.bulletin in bulletins]
    return sum(voice.duration_ms for voice in voices if voice is not None)


def is_ready(items: Sequence[ProgrammeItem], bulletins: Mapping[str, Bulletin]) -> bool:
    """Whether every voice is there, so that it may be broadcast."""
    return bool(items) and all(
        each.bulletin in bulletins
        and bulletins[each.bulletin].status is BulletinStatus.READY
        and bulletins[each.bulletin].voice is not None
        for each in items
    )
