"""What an event makes true; no decision is taken here."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from loa_agent.core import events as e
from loa_agent.core.commands import Command, Journal
from loa_agent.core.documents import message_arrived, restore_documents
from loa_agent.core.records import blank, play_record
from loa_agent.core.state import Brain, Failure
from loa_agent.protocol.reports import ClockTrust, Record, RecordKind
from loa_agent.protocol.seal import TrustedKeys

RETRY_FIRST_S = 2
RETRY_CAP_S = 300
DEVICE_RETRY_S = 5
DEVICE_RETRY_CAP_S = 60
STEP = timedelta(seconds=1)
"""A clock that moved by more was set; less is a daemon's touch or two threads at odds."""
STORAGE_STALLED = "storage_stalled"
DEVICE_CODES = frozenset({"no_sound_card", "sink_failed", "sink_stalled", "decode_failed"})


def boot(event: e.Booted) -> tuple[Brain, list[Command]]:
    """The state after a start: documents verified again, plays cut by the stop written down."""
    state = Brain(
        station=event.station,
        boot=event.boot,
        booted_at=event.now,
        since=event.since,
        now=event.now,
        keys=TrustedKeys.of(event.keys),
        agent_version=event.agent_version,
        blobs=event.blobs,
        last_sequence=event.last_sequence,
        acked_sequence=event.acked_sequence,
    )
    state = restore_documents(state, event.documents)
    commands: list[Command] = [Journal(blank(state, event.now, RecordKind.BOOTED))]
    state = replace(
        state,
        tried=_named(r for r in event.history if r.kind is RecordKind.ARMED),
        settled=_named(r for r in event.history if _settles(r)),
        reached=_places(r for r in event.history if r.code == "completed"),
        heard=_places(event.history),
    )
    for record in _open_plays(event.history):
        closing = record.model_copy(
            update={
                "sequence": 0,
                "boot": event.boot,
                "at": event.now,
                "kind": RecordKind.ENDED,
                "played_ms": None,
                "code": "interrupted",
            }
        )
        commands.append(Journal(closing))
    return state, commands


def _named(records: Iterable[Record]) -> frozenset[str]:
    return frozenset(record.occurrence for record in records if record.occurrence)


def _settles(record: Record) -> bool:
    withdrawn = record.kind is RecordKind.ENDED and record.code == "withdrawn"
    return withdrawn or record.kind is RecordKind.MISSED


def _places(history: Iterable[Record]) -> dict[str, int]:
    """How far the last stretches that sounded went, in ms of the programme.

    How far one came that a power cut ended nobody knows: it counts as not heard.
    """
    return {
        record.occurrence: (record.offset_ms or 0) + record.played_ms
        for record in history
        if record.kind is RecordKind.ENDED and record.occurrence is not None and record.played_ms
    }


def _open_plays(history: tuple[Record, ...]) -> list[Record]:
    """The last armed or started record of each occurrence that no ended record follows."""
    last: dict[str, Record] = {}
    for record in history:
        if record.occurrence is None:
            continue
        if record.kind in {RecordKind.ARMED, RecordKind.STARTED}:
            last[record.occurrence] = record
        elif record.kind is RecordKind.ENDED:
            last.pop(record.occurrence, None)
    return list(last.values())


def absorb(state: Brain, event: e.Event) -> tuple[Brain, list[Command]]:  # noqa: C901, PLR0911, PLR0912 - one case per event
    """The state after an event, and what must be written down because of it."""
    state = _time_passed(state, event.now)
    match event:
        case e.MessageArrived():
            return message_arrived(state, event)
        case e.ClockJudged():
            return _clock_judged(state, event), []
        case e.Connected(connection=connection):
            fresh = replace(state, connected=True, connection=connection, subscribed=())
            return replace(fresh, state_sent=None, report_after=None), []
        case e.Disconnected():
            return replace(state, connected=False), []
        case e.FetchDone():
            return _fetch_done(state, event)
        case e.FetchFailed():
            return _fetch_failed(state, event)
        case e.PlayStarted():
            return _play_started(state, event)
        case e.PlayEnded():
            return _play_ended(state, event)
        case e.Journaled(sequence=sequence):
            conditions = state.conditions - {STORAGE_STALLED}
            last = max(state.last_sequence, sequence)
            return replace(state, last_sequence=last, conditions=conditions), []
        case e.StorageStalled():
            return replace(state, conditions=state.conditions | {STORAGE_STALLED}), []
        case e.BlobLost(sha256=sha256):
            return replace(state, blobs=state.blobs - {sha256}), []
        case e.DiskMeasured(free_bytes=free_bytes):
            return replace(state, free_bytes=free_bytes), []
        case _:
            return state, []


def _time_passed(state: Brain, now: datetime) -> Brain:
    """Time that runs backwards was set; nothing may wait for an instant that moved away."""
    if now == state.now:
        return state
    went_back = now < state.now - STEP
    state = replace(state, now=now)
    return _restarted(state) if went_back else state


def _restarted(state: Brain) -> Brain:
    """After a step: plan anew, try and tell again whatever waits."""
    now = state.now
    return replace(
        state,
        stepped=True,
        plan=None,
        failures={key: Failure(each.count, now) for key, each in state.failures.items()},
        setbacks={key: Failure(each.count, now) for key, each in state.setbacks.items()},
        plays={
            name: play if play.stopped_at is None else replace(play, stopped_at=now)
            for name, play in state.plays.items()
        },
        state_sent=None,
        report_sent_at=None,
    )


def _clock_judged(state: Brain, event: e.ClockJudged) -> Brain:
    """A change of trust or a step re-plans, since hours and occurrences are judged by the clock."""
    was_trusted = state.clock is not ClockTrust.UNTRUSTED
    is_trusted = event.trust is not ClockTrust.UNTRUSTED
    since = (state.trusted_since if was_trusted else event.now) if is_trusted else None
    plan = state.plan if was_trusted and is_trusted else None
    state = replace(state, clock=event.trust, trusted_since=since, plan=plan)
    moved = abs(timedelta(milliseconds=event.step_ms)) > STEP
    return _restarted(state) if moved else state


def _fetch_done(state: Brain, event: e.FetchDone) -> tuple[Brain, list[Command]]:
    record = blank(state, event.now, RecordKind.FETCHED).model_copy(update={"item": event.sha256})
    state = replace(
        state,
        blobs=state.blobs | {event.sha256},
        fetching=None,
        failures={k: v for k, v in state.failures.items() if k != event.sha256},
        conditions=state.conditions - {"disk_full"},
    )
    return state, [Journal(record)]


def _fetch_failed(state: Brain, event: e.FetchFailed) -> tuple[Brain, list[Command]]:
    """Written down at the first failure only; the tries after it are the same news."""
    before = state.failures.get(event.sha256)
    count = 1 if before is None else before.count + 1
    wait = timedelta(seconds=min(RETRY_CAP_S, RETRY_FIRST_S ** min(count, 10)))
    failures = {**state.failures, event.sha256: Failure(count, event.now + wait)}
    conditions = state.conditions | ({"disk_full"} if event.code == "disk_full" else set())
    state = replace(state, fetching=None, failures=failures, conditions=conditions)
    if count > 1:
        return state, []
    facts = {"item": event.sha256, "code": event.code}
    record = blank(state, event.now, RecordKind.FETCH_FAILED).model_copy(update=facts)
    return state, [Journal(record)]


def _play_started(state: Brain, event: e.PlayStarted) -> tuple[Brain, list[Command]]:
    play = state.plays.get(event.play)
    if play is None:
        return state, []
    record = play_record(state, event.now, RecordKind.STARTED, play)
    facts = {"actual_at": event.actual_at}
    state = replace(state, conditions=state.conditions - DEVICE_CODES)
    return state, [Journal(record.model_copy(update=facts))]


def _play_ended(state: Brain, event: e.PlayEnded) -> tuple[Brain, list[Command]]:
    play = state.plays.get(event.play)
    if play is None:
        return state, []
    code = play.stop_code if event.code == "stopped" and play.stop_code else event.code
    return close_play(state, event.play, code, event.played_ms)


def close_play(
    state: Brain, name: str, code: str, played_ms: int | None
) -> tuple[Brain, list[Command]]:
    """A play is over, on the player's word or because the player does not answer any more."""
    play = state.plays[name]
    state = replace(state, plays={k: v for k, v in state.plays.items() if k != name})
    if code in DEVICE_CODES:
        state = _set_back(state, play.occurrence, code)
    place = play.cue.offset_ms + (played_ms or 0)
    if code == "completed":
        place = play.cue.offset_ms + play.cue.length_ms
        state = replace(state, reached={**state.reached, play.occurrence: place})
    if code == "withdrawn":
        state = replace(state, settled=state.settled | {play.occurrence})
    if played_ms:
        state = replace(state, heard={**state.heard, play.occurrence: place})
    record = play_record(state, state.now, RecordKind.ENDED, play)
    facts = {"code": code, "played_ms": played_ms}
    return state, [Journal(record.model_copy(update=facts))]


def _set_back(state: Brain, occurrence: str, code: str) -> Brain:
    """Each occurrence waits for itself: one broken file must not delay what comes next."""
    before = state.setbacks.get(occurrence)
    count = 1 if before is None else before.count + 1
    wait = timedelta(seconds=min(DEVICE_RETRY_CAP_S, DEVICE_RETRY_S * 2 ** min(count - 1, 8)))
    setbacks = {**state.setbacks, occurrence: Failure(count, state.now + wait)}
    return replace(state, conditions=state.conditions | {code}, setbacks=setbacks)
