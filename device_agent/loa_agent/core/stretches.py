"""Which part of an occurrence can sound next: what the plan says, or what is left when late.

In fair weather a station sounds the stretches of the plan and nothing else. Once it is late itself
(audio, power, clock, card) or had to stop elsewhere than the plan says, the late policy decides:
`join` goes where the clock says, `slip` and `resume` look for room that nobody stronger has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from loa_agent.core.state import Brain
from loa_agent.protocol.documents import BroadcastClass, LatePolicy
from loa_agent.protocol.hours import Span, overlap, permitted_spans, without
from loa_agent.protocol.instants import MILLISECOND
from loa_agent.protocol.occurrences import Occurrence
from loa_agent.protocol.placing import MIN_PIECE_MS
from loa_agent.protocol.timeline import Planned

CUE_LEAD = timedelta(seconds=4)
"""How long before its instant a play is handed to the player, which opens the card meanwhile."""
JOIN_LEAD = timedelta(milliseconds=1500)
"""The least time the player needs to open the card and find its sample clock."""
SHORTEST = timedelta(milliseconds=500)
"""A remainder shorter than this is not begun."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Sound from `offset_ms` of the programme on; `late` when the plan does not have it so."""

    begin: datetime
    end: datetime
    offset_ms: int
    late: bool = False


def next_stretch(state: Brain, planned: Planned, now: datetime) -> Stretch | None:
    """The next part that is worth beginning; None when there is none by what is known now.

    What is in hand counts as heard, so that the stretch after it can be handed over in time.
    """
    if not planned.sounds:
        return None
    soonest = now + JOIN_LEAD
    match planned.occurrence.broadcast.late.policy:
        case LatePolicy.JOIN:
            return _joined(state, planned, soonest)
        case LatePolicy.DROP:
            return _on_time(planned, soonest) if _place(state, planned) is None else None
        case LatePolicy.SLIP:
            if _place(state, planned) is not None:
                return None
            return _on_time(planned, soonest) or _slipped(state, planned, soonest)
        case LatePolicy.RESUME:
            return _resumed(state, planned, soonest)


def over_at(planned: Planned) -> datetime:
    """From when on nothing of it can begin any more."""
    occurrence = planned.occurrence
    late = occurrence.broadcast.late
    latest = timedelta(milliseconds=late.slip_ms)
    match late.policy:
        case LatePolicy.JOIN:
            ends = [max(s.end - SHORTEST, s.begin + MILLISECOND) for s in planned.sounds]
            last = max(ends, default=occurrence.ends_at - SHORTEST)
        case LatePolicy.DROP:
            last = (occurrence.starts_at if planned.sounds else occurrence.ends_at) + MILLISECOND
        case LatePolicy.SLIP:
            last = occurrence.starts_at + latest + MILLISECOND
        case LatePolicy.RESUME:
            last = occurrence.ends_at + latest - SHORTEST
            # A planned last stretch counts however short it is.
            last = max([last, *(sound.begin + MILLISECOND for sound in planned.sounds)])
    return last - JOIN_LEAD


def is_complete(state: Brain, planned: Planned) -> bool:
    """All that the plan gives it was heard; by the plan or late, nothing is left to begin."""
    occurrence = planned.occurrence
    reached = state.reached.get(occurrence.id)
    match occurrence.broadcast.late.policy:
        case LatePolicy.JOIN:
            return reached is not None and _joined(state, planned, state.now) is None
        case LatePolicy.RESUME:
            return bool(planned.sounds) and state.heard.get(occurrence.id, 0) >= _last_place(
                planned
            )
        case _:
            return reached is not None


def permitted(state: Brain, occurrence: Occurrence, begin: datetime, end: datetime) -> list[Span]:
    """When this occurrence may sound in [begin, end) by the settings in force, plan or not."""
    if passes_hours(occurrence):
        return [Span(begin, end)]
    config = state.config
    return [] if config is None else permitted_spans(config.hours, config.zone, begin, end)


def passes_hours(occurrence: Occurrence) -> bool:
    """Emergencies, and what a second person has let pass."""
    broadcast = occurrence.broadcast
    return broadcast.class_ is BroadcastClass.EMERGENCY or any(
        each.begin_at <= occurrence.starts_at < each.end_at for each in broadcast.exemptions
    )


def room(state: Brain, planned: Planned, begin: datetime, end: datetime) -> list[Span]:
    """What of [begin, end) is permitted to it and planned for nobody stronger."""
    free: list[Span] = []
    stronger = _stronger(state, planned)
    for span in permitted(state, planned.occurrence, begin, end):
        free += without(span, overlap(span, stronger))
    return free


def _stronger(state: Brain, planned: Planned) -> Sequence[Span]:
    taken: list[Span] = []
    for each in () if state.plan is None else state.plan.planned:
        if each.occurrence.id == planned.occurrence.id:
            break
        taken += [Span(sound.begin, sound.end) for sound in each.sounds]
    return taken


def _place(state: Brain, planned: Planned) -> int | None:
    """Where the programme stands once all is over that is in hand; None when it never sounded."""
    name = planned.occurrence.id
    in_hand = [
        p.cue.offset_ms + p.cue.length_ms for p in state.plays.values() if p.occurrence == name
    ]
    if in_hand:
        return max(in_hand)
    if planned.occurrence.broadcast.late.policy is LatePolicy.RESUME:
        return state.heard.get(name)
    return state.reached.get(name)


def _last_place(planned: Planned) -> int:
    """How far the programme comes by the plan."""
    last = planned.sounds[-1]
    return last.offset_ms + (last.end - last.begin) // MILLISECOND


def _on_time(planned: Planned, soonest: datetime) -> Stretch | None:
    sound = planned.sounds[0]
    return Stretch(sound.begin, sound.end, sound.offset_ms) if sound.begin >= soonest else None


def _joined(state: Brain, planned: Planned, soonest: datetime) -> Stretch | None:
    heard = timedelta(milliseconds=_place(state, planned) or 0)
    soonest = max(soonest, planned.occurrence.starts_at + heard)
    for sound in planned.sounds:
        begin = max(sound.begin, soonest)
        if begin == sound.begin or begin < sound.end - SHORTEST:
            offset = sound.offset_ms + (begin - sound.begin) // MILLISECOND
            return Stretch(begin, sound.end, offset)
    return None


def _slipped(state: Brain, planned: Planned, soonest: datetime) -> Stretch | None:
    """All of it, at the earliest instant at which all of it has room."""
    occurrence = planned.occurrence
    length = occurrence.ends_at - occurrence.starts_at
    latest = occurrence.starts_at + timedelta(milliseconds=occurrence.broadcast.late.slip_ms)
    begin = max(soonest, occurrence.starts_at)
    spans = room(state, planned, begin, latest + length) if begin <= latest else []
    for span in spans:
        if span.begin <= latest and span.end - span.begin >= length:
            return Stretch(span.begin, span.begin + length, 0, late=True)
    return None


def _resumed(state: Brain, planned: Planned, soonest: datetime) -> Stretch | None:
    """From where it stopped; what the plan leaves out of it stays out."""
    occurrence = planned.occurrence
    place = _place(state, planned) or 0
    for sound in planned.sounds:
        if sound.offset_ms == place and sound.begin >= soonest:
            return Stretch(sound.begin, sound.end, place)
    left = (_last_place(planned) - place) * MILLISECOND
    if left <= timedelta(0):
        return None
    in_hand = [p.ends_at - p.delay for p in state.plays.values() if p.occurrence == occurrence.id]
    begin = max([soonest, occurrence.starts_at, *in_hand])
    latest = occurrence.ends_at + timedelta(milliseconds=occurrence.broadcast.late.slip_ms)
    for span in room(state, planned, begin, latest) if begin < latest else []:
        end = min(span.end, span.begin + left)
        if end - span.begin >= min(MIN_PIECE_MS * MILLISECOND, left):
            return Stretch(span.begin, end, place, late=True)
    return None
