"""Bulletins and the jobs that prepare them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, insert, or_, select, update

from loa_server.adapters.db.mapping import to_bulletin
from loa_server.adapters.db.tables import audio_job, broadcast, broadcast_bulletin
from loa_server.adapters.db.tables import bulletin as bulletins
from loa_server.domain.broadcasts import ApprovalState
from loa_server.domain.bulletins import AudioJob, Bulletin, BulletinStatus, Voice


class BulletinRows:
    """Implements the port `Bulletins`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, bulletin: Bulletin, now: datetime) -> None:
        """The bulletin and its job, together."""
        self._connection.execute(
            insert(bulletins).values(
                id=bulletin.id,
                title=bulletin.title,
                category=bulletin.category,
                author=bulletin.author,
                area=bulletin.area,
                created_at=bulletin.created_at,
                source_sha256=bulletin.source_sha256,
                status=bulletin.status.value,
                facts=dict(bulletin.facts),
            )
        )
        job = insert(audio_job).values(bulletin=bulletin.id, due_at=now, attempts=0)
        self._connection.execute(job)

    def get(self, bulletin: str) -> Bulletin | None:
        """A bulletin that was not deleted."""
        query = select(bulletins).where(
            bulletins.c.id == bulletin, bulletins.c.deleted_at.is_(None)
        )
        row = self._connection.execute(query).first()
        return None if row is None else to_bulletin(row)

    def delete(self, bulletin: str, now: datetime) -> None:
        """Take it off the lists."""
        self._change(bulletin, deleted_at=now)

    def claim_job(self, now: datetime, until: datetime) -> AudioJob | None:
        """The job that waited longest, ours until `until`; a conditional UPDATE decides races."""
        free = or_(audio_job.c.claimed_until.is_(None), audio_job.c.claimed_until <= now)
        query = (
            select(audio_job, bulletins.c.source_sha256)
            .join(bulletins, bulletins.c.id == audio_job.c.bulletin)
            .where(
                audio_job.c.due_at <= now,
                free,
                bulletins.c.status == BulletinStatus.PREPARING.value,
                bulletins.c.deleted_at.is_(None),
            )
            .order_by(audio_job.c.due_at, audio_job.c.id)
            .limit(1)
        )
        row = self._connection.execute(query).first()
        if row is None:
            return None
        claim = (
            update(audio_job)
            .where(audio_job.c.id == row.id, free)
            .values(claimed_until=until, attempts=audio_job.c.attempts + 1)
        )
        if self._connection.execute(claim).rowcount == 0:
            return None
        return AudioJob(row.id, row.bulletin, row.source_sha256, until, row.attempts + 1)

    def finish(self, job: AudioJob, voice: Voice) -> None:
        """The bulletin may sound."""
        if self._give_back(job, None):
            self._change(
                job.bulletin,
                status=BulletinStatus.READY.value,
                sha256=voice.sha256,
                bytes=voice.bytes,
                duration_ms=voice.duration_ms,
                loudness_lufs=voice.loudness_lufs,
                code=None,
            )

    def reject(self, job: AudioJob, code: str, facts: dict[str, Any]) -> None:
        """The upload cannot be used."""
        if self._give_back(job, None):
            self._change(job.bulletin, status=BulletinStatus.REJECTED.value, code=code, facts=facts)

    def postpone(self, job: AudioJob, code: str, facts: dict[str, Any], until: datetime) -> None:
        """Not its fault: try again later, and say meanwhile why it waits."""
        if self._give_back(job, until):
            self._change(job.bulletin, code=code, facts=facts)

    def on_air(self, bulletin: str, now: datetime) -> Sequence[str]:
        """Titles of the broadcasts that use it and are neither over nor refused."""
        query = (
            select(broadcast.c.id, broadcast.c.title)
            .join(broadcast_bulletin, broadcast_bulletin.c.broadcast == broadcast.c.id)
            .where(
                broadcast_bulletin.c.bulletin == bulletin,
                broadcast.c.stopped_at.is_(None),
                broadcast.c.approval != ApprovalState.REFUSED.value,
                or_(broadcast.c.last_end.is_(None), broadcast.c.last_end > now),
            )
            .distinct()
            .order_by(broadcast.c.title, broadcast.c.id)
        )
        return [row.title for row in self._connection.execute(query)]

    def spent_sources(self, before: datetime) -> Sequence[str]:
        """Hashes of uploads from before `before` that were rejected or deleted, and no voice."""
        alive = and_(
            bulletins.c.status != BulletinStatus.REJECTED.value, bulletins.c.deleted_at.is_(None)
        )
        needed = select(bulletins.c.source_sha256).where(
            or_(alive, bulletins.c.created_at >= before)
        )
        voices = select(bulletins.c.sha256).where(bulletins.c.sha256.is_not(None))
        query = (
            select(bulletins.c.source_sha256)
            .distinct()
            .where(
                bulletins.c.source_sha256.not_in(needed), bulletins.c.source_sha256.not_in(voices)
            )
        )
        return self._connection.execute(query).scalars().all()

    def _give_back(self, job: AudioJob, due_at: datetime | None) -> bool:
        """End our claim; False when it had expired and somebody else took over."""
        values: dict[str, Any] = {"claimed_until": None, "attempts": 0}
        if due_at is not None:
            values["due_at"] = due_at
        ours = and_(audio_job.c.id == job.id, audio_job.c.claimed_until == job.claimed_until)
        return self._connection.execute(update(audio_job).where(ours).values(**values)).rowcount > 0

    def _change(self, bulletin: str, **values: Any) -> None:
        where = bulletins.c.id == bulletin
        self._connection.execute(update(bulletins).where(where).values(**values))
