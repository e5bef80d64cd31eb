"""Journal rows as the brain writes them; the journal itself gives the sequence number."""

from datetime import datetime

from loa_agent.core.state import Brain, Play
from loa_agent.protocol.reports import Record, RecordKind
from loa_agent.protocol.timeline import Planned


def blank(state: Brain, now: datetime, kind: RecordKind) -> Record:
    """A record that only says that something of this kind happened."""
    return Record(sequence=0, boot=state.boot, at=now, kind=kind)


def play_record(state: Brain, now: datetime, kind: RecordKind, play: Play) -> Record:
    """A record about a play."""
    return blank(state, now, kind).model_copy(
        update={
            "occurrence": play.occurrence,
            "broadcast": play.broadcast,
            "item": play.cue.blobs[0],
            "planned_at": play.planned_at,
            "offset_ms": play.cue.offset_ms,
            "volume_percent": play.cue.volume_percent,
        }
    )


def missed_record(state: Brain, now: datetime, planned: Planned, code: str) -> Record:
    """A record that an occurrence did not sound, and why."""
    return blank(state, now, RecordKind.MISSED).model_copy(
        update={
            "occurrence": planned.occurrence.id,
            "broadcast": planned.occurrence.broadcast.id,
            "item": planned.occurrence.broadcast.items[0].sha256,
            "planned_at": planned.occurrence.starts_at,
            "code": code,
        }
    )
