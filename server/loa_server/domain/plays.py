"""From journal records to the sum of a play, record by record in the order of their sequence."""

from dataclasses import replace

from loa_agent.protocol.reports import Record, RecordKind

from loa_server.domain.progress import WHOLE_WITHIN_MS, Play, PlayOutcome

COMPLETED = "completed"


def told(known: Play | None, station: str, record: Record, duration_ms: int | None) -> Play | None:
    """The play after one more record; the same value when the record does not speak of plays.

    `duration_ms` is the length of the whole broadcast where it is known: less is not whole.
    """
    if record.occurrence is None:
        return known
    match record.kind:
        case RecordKind.STARTED:
            return _started(known, station, record)
        case RecordKind.ENDED:
            return _ended(known or _blank(station, record, PlayOutcome.PARTLY), record, duration_ms)
        case RecordKind.MISSED if known is None or known.outcome is PlayOutcome.MISSED:
            return replace(_blank(station, record, PlayOutcome.MISSED), code=record.code)
        case _:
            return known


def _blank(station: str, record: Record, outcome: PlayOutcome) -> Play:
    return Play(
        station=station,
        occurrence=record.occurrence or "",
        broadcast=record.broadcast,
        outcome=outcome,
        sha256=record.item,
        planned_at=record.planned_at,
        offset_ms=record.offset_ms or 0,
    )


def _started(known: Play | None, station: str, record: Record) -> Play:
    """A second start of the same occurrence, after a stop or a reboot, keeps the first instant."""
    if known is None or known.actual_at is None:
        fresh = _blank(station, record, PlayOutcome.PLAYING)
        return replace(fresh, actual_at=record.actual_at)
    return replace(known, outcome=PlayOutcome.PLAYING, code=None)


def _ended(known: Play, record: Record, duration_ms: int | None) -> Play:
    """Whole only when all of it left the loudspeaker, however many starts that took."""
    played_ms = known.played_ms + (record.played_ms or 0)
    long_enough = (
        known.offset_ms == 0
        if duration_ms is None
        else (played_ms + WHOLE_WITHIN_MS >= duration_ms)
    )
    whole = record.code == COMPLETED and known.actual_at is not None and long_enough
    silent = played_ms == 0 and known.actual_at is None
    outcome = PlayOutcome.PLAYED if whole else PlayOutcome.PARTLY
    return replace(
        known,
        outcome=PlayOutcome.MISSED if silent else outcome,
        played_ms=played_ms,
        ended_at=record.at,
        code=None if record.code == COMPLETED else record.code,
    )
