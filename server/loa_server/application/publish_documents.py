"""River 4: sign and publish the retained documents that changed or grow old."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from loa_agent.protocol import topics
from loa_agent.protocol.documents import (
    Broadcast,
    Caps,
    Config,
    Document,
    Manifest,
    VolumeWindow,
    Window,
)
from loa_agent.protocol.seal import SigningKey, seal

from loa_server.application.messaging import StationBus

VALID_FOR = timedelta(days=30)
RENEW_AFTER = timedelta(days=7)
"""A station that hears us once in 23 days never holds an expired document."""
MAX_PER_ROUND = 200
NO_CAPS = Caps()


@dataclass(frozen=True, slots=True)
class DueDocument:
    """A document to publish under a version that is already durable.

    `key` is `manifest/<audience>` or `config/<station>`. `mark` tells whether the content
    changed once more while we were publishing.
    """

    key: str
    version: int
    mark: int


@dataclass(frozen=True, slots=True)
class ManifestContent:
    """What an audience plays; `level` is the depth of its area.

    `order` is what the area decided about priority broadcasts, the first goes first.
    """

    level: int
    broadcasts: tuple[Broadcast, ...] = ()
    order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StationSettings:
    """What one station must know of itself."""

    name: str
    audiences: tuple[str, ...]
    zone: str
    hours: tuple[Window, ...]
    volume_percent: int
    delay_ms: int
    caps: Caps = NO_CAPS
    volumes: tuple[VolumeWindow, ...] = ()


class DocumentDesk(Protocol):
    """The rows behind the documents. Every method is a transaction of its own."""

    def take_due(self, renew_before: datetime, limit: int) -> Sequence[DueDocument]:
        """Changed documents and those issued before `renew_before`, versions raised and stored."""

    def manifest(self, audience: str) -> ManifestContent | None:
        """Content for an audience; None when there is no such audience any more."""

    def settings(self, station: str) -> StationSettings | None:
        """Settings of a station; None when there is no such station any more."""

    def note_published(self, due: DueDocument, issued_at: datetime) -> None:
        """The document is out; it stays due if its mark moved meanwhile."""


def publish_documents(
    *, desk: DocumentDesk, bus: StationBus, authority: SigningKey, now: datetime
) -> list[str]:
    """Keys of the documents published in this round.

    The version is stored before the document leaves, so that a crash in between costs a version
    number and never gives two contents the same one.

    Raises:
        BusError: the broker is away; what was not published stays due.
    """
    published = []
    for due in desk.take_due(now - RENEW_AFTER, MAX_PER_ROUND):
        kind, _, owner = due.key.partition("/")
        if kind == "manifest":
            topic, document = topics.manifest(owner), _manifest(desk, owner, due.version, now)
        else:
            topic, document = (
                topics.config(owner),
                _config(desk, owner, due.version, authority, now),
            )
        payload = b"" if document is None else seal(document, authority)
        bus.publish(topic, payload, retain=True)
        desk.note_published(due, now)
        published.append(due.key)
    return published


def _manifest(desk: DocumentDesk, audience: str, version: int, now: datetime) -> Document | None:
    content = desk.manifest(audience)
    if content is None:
        return None
    return Manifest(
        audience=audience,
        version=version,
        issued_at=now,
        not_after=now + VALID_FOR,
        level=content.level,
        broadcasts=content.broadcasts,
        order=content.order,
    )


def _config(
    desk: DocumentDesk, station: str, version: int, authority: SigningKey, now: datetime
) -> Document | None:
    settings = desk.settings(station)
    if settings is None:
        return None
    return Config(
        station=station,
        version=version,
        issued_at=now,
        not_after=now + VALID_FOR,
        name=settings.name,
        audiences=settings.audiences,
        zone=settings.zone,
        hours=settings.hours,
        caps=settings.caps,
        volumes=settings.volumes,
        volume_percent=settings.volume_percent,
        delay_ms=settings.delay_ms,
        keys={authority.kid: authority.public_b64},
    )
