"""Buổi phát: what was ordered, as rows say it and as stations hear it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from loa_agent.protocol import documents as wire

from loa_server.domain.bulletins import Bulletin, BulletinStatus
from loa_server.domain.problems import Problem


class BroadcastStatus(StrEnum):
    """Where a broadcast stands as a whole."""

    SCHEDULED = "scheduled"
    ON_AIR = "on_air"
    FINISHED = "finished"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Broadcast:
    """Bulletins in order, to whom and when; it is over at `ends_at` or once `stopped_at`."""

    id: str
    title: str
    class_: wire.BroadcastClass
    bulletins: tuple[str, ...]
    audiences: tuple[str, ...]
    rule: wire.Rule
    area: str
    author: str
    created_at: datetime
    ends_at: datetime | None = None
    stopped_at: datetime | None = None


def item(bulletin: Bulletin) -> wire.Item:
    """What stations are told of a bulletin; raises Problem `bulletin_not_ready`."""
    if bulletin.status is not BulletinStatus.READY or bulletin.voice is None:
        raise Problem("bulletin_not_ready", {"bulletin": bulletin.id})
    voice = bulletin.voice
    return wire.Item(
        id=bulletin.id,
        title=bulletin.title,
        sha256=voice.sha256,
        bytes=voice.bytes,
        duration_ms=voice.duration_ms,
    )


def on_air(broadcast: Broadcast, bulletins: tuple[Bulletin, ...]) -> wire.Broadcast:
    """The broadcast as it travels; occurrences before it was ordered do not exist."""
    return wire.Broadcast(
        id=broadcast.id,
        title=broadcast.title,
        class_=broadcast.class_,
        items=tuple(item(bulletin) for bulletin in bulletins),
        rule=broadcast.rule,
        begins_at=broadcast.created_at,
        ends_at=broadcast.ends_at,
    )
