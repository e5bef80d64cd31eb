"""One occurrence cancelled or changed, a series ended or changed: what becomes of two schedules.

Whatever is changed, each occurrence to come belongs to the old broadcast or to the new one, never
to both or neither, and what was left out of the old one stays left out of the new one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from loa_agent.protocol.documents import Rule, local_start

from loa_server.domain.broadcasts import ApprovalState, Broadcast, ChangeScope, Replaces
from loa_server.domain.holidays import Calendar
from loa_server.domain.problems import Problem
from loa_server.domain.schedule import Schedule, local_text, starts

MOST_LEFT_OUT = 1000
"""Half of what a rule can carry: holidays need some, too."""
FAR = timedelta(days=366)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TakenOver:
    """The broadcast replaced and the one that replaces it, from one instant on."""

    old: Broadcast
    new: Broadcast


def require_changeable(broadcast: Broadcast) -> None:
    """Raise Problem `broadcast_over` when stopped, `not_approved` when not told to stations."""
    if broadcast.stopped_at is not None:
        raise Problem("broadcast_over", {"broadcast": broadcast.id})
    if broadcast.approval.state is not ApprovalState.APPROVED:
        raise Problem("not_approved", {"broadcast": broadcast.id})


def require_coming(
    broadcast: Broadcast, calendar: Calendar, occurrence: datetime, now: datetime
) -> None:
    """Whether a local start is one of the broadcast's and still to come.

    Raises:
        Problem: `occurrence_unknown`, `occurrence_over`.
    """
    facts = {"field": "occurrence", "occurrence": local_text(occurrence)}
    begin, end = occurrence, occurrence + timedelta(seconds=1)
    instant = instant_of(broadcast, occurrence)
    exists = next(starts(broadcast.schedule, calendar, begin, end), None) is not None
    over = broadcast.ends_at is not None and instant >= broadcast.ends_at
    if not exists or over:
        raise Problem("occurrence_unknown", facts)
    if instant <= now:
        raise Problem("occurrence_over", facts)


def instant_of(broadcast: Broadcast, local: datetime) -> datetime:
    """A local start in the broadcast's zone as an instant."""
    return local.replace(tzinfo=ZoneInfo(broadcast.rule.zone)).astimezone(UTC)


def without_occurrences(schedule: Schedule, left_out: Iterable[datetime]) -> Schedule:
    """The schedule without these local starts; raises Problem `too_many_exceptions`."""
    gone = {local_text(each) for each in left_out}
    rule = schedule.rule
    except_dates = tuple(sorted({*rule.except_dates, *gone}))
    if len(except_dates) > MOST_LEFT_OUT:
        raise Problem("too_many_exceptions", {"field": "left_out", "most": MOST_LEFT_OUT})
    dates = tuple(each for each in rule.dates if each not in gone)
    changed = rule.model_copy(update={"dates": dates, "except_dates": except_dates})
    return replace(schedule, rule=changed)


def changed_schedule(old: Broadcast, replaces: Replaces, start: datetime) -> Schedule:
    """When the new broadcast is due, exceptions moved along; `take_over` finds where it begins.

    Raises:
        Problem: `series_keeps_days`, `only_this_one`, `bad_rule`.
    """
    occurrence = local_start(replaces.occurrence or old.rule.start)
    start = start.replace(second=0, microsecond=0) if start != occurrence else start
    rule = old.rule
    if replaces.scope is ChangeScope.ONE or rule.rrule is None:
        return Schedule(Rule(start=local_text(start), zone=rule.zone))
    if start == occurrence:
        return old.schedule
    if start.date() != occurrence.date():
        raise Problem("series_keeps_days", {"field": "start", "start": local_text(start)})
    times = _times(rule)
    if occurrence.time() not in times:
        raise Problem("only_this_one", {"field": "scope", "occurrence": local_text(occurrence)})
    if start.time() in times:
        raise Problem("bad_rule", {"field": "start", "start": local_text(start)})
    moved = {occurrence.time(): start.time()}
    kept = sorted({moved.get(each, each) for each in times})
    left_out = {_moved(local_start(each), moved) for each in rule.except_dates}
    return replace(
        old.schedule,
        rule=rule.model_copy(
            update={
                "start": local_text(datetime.combine(local_start(rule.start), kept[0])),
                "times": tuple(each.strftime("%H:%M") for each in kept),
                "except_dates": tuple(sorted(map(local_text, left_out))),
            }
        ),
    )


def take_over(old: Broadcast, new: Broadcast, calendar: Calendar, now: datetime) -> TakenOver:
    """Both broadcasts as they are from `now` on, the new one in place of the old one.

    Raises:
        Problem: `broadcast_over`, `occurrence_unknown`, `occurrence_over`, `start_in_past`,
            `too_many_exceptions`.
    """
    require_changeable(old)
    replaces = new.replaces
    if replaces is None:
        raise ValueError("replaces_nothing", new.id)
    occurrence = local_start(replaces.occurrence or old.rule.start)
    if replaces.scope is ChangeScope.ONE or old.rule.rrule is None:
        require_coming(old, calendar, occurrence, now)
        if instant_of(new, local_start(new.rule.start)) <= now:
            raise Problem("start_in_past", {"field": "start", "start": new.rule.start})
        return TakenOver(
            replace(old, schedule=without_occurrences(old.schedule, [occurrence])), new
        )
    if replaces.scope is ChangeScope.ALL:
        occurrence = datetime.combine(local_start(old.rule.start), time())
    return _series(old, new, calendar, occurrence, now)


def _series(
    old: Broadcast, new: Broadcast, calendar: Calendar, since: datetime, now: datetime
) -> TakenOver:
    """Divided on the day of the first occurrence to come, occurrence by occurrence."""
    moved = _move(old.rule, new.rule)
    day = _first_day(old, calendar, since, now)
    after = day + _DAY
    fresh = _begun(old, new, moved, day)
    theirs = {each: _moved(each, moved) for each in starts(old.schedule, calendar, day, after)}
    taken = {
        each: instead
        for each, instead in theirs.items()
        if each >= since and min(instant_of(old, each), instant_of(old, instead)) > now
    }
    not_ours = set(starts(fresh, calendar, day, after)) - set(taken.values())
    midnight = instant_of(old, after)
    ends_at = midnight if old.ends_at is None else min(old.ends_at, midnight)
    return TakenOver(
        replace(old, schedule=without_occurrences(old.schedule, taken), ends_at=ends_at),
        replace(new, schedule=without_occurrences(fresh, not_ours), ends_at=old.ends_at),
    )


def _first_day(old: Broadcast, calendar: Calendar, since: datetime, now: datetime) -> datetime:
    """Local midnight of the day of the first occurrence from `since` on that is yet to come."""
    local_now = now.astimezone(ZoneInfo(old.rule.zone)).replace(tzinfo=None)
    begin = max(since, local_now + timedelta(seconds=1))
    first = next(starts(old.schedule, calendar, begin, begin + FAR), None)
    if first is None or (old.ends_at is not None and instant_of(old, first) >= old.ends_at):
        raise Problem("broadcast_over", {"broadcast": old.id})
    return datetime.combine(first, time())


def _begun(old: Broadcast, new: Broadcast, moved: dict[time, time], day: datetime) -> Schedule:
    """The new schedule from a day on, with all that has been left out or added meanwhile."""
    left_out = {_moved(local_start(each), moved) for each in old.rule.except_dates}
    rule = new.rule
    update = {
        "start": local_text(datetime.combine(day, _times(rule)[0])),
        "dates": tuple(each for each in old.rule.dates if local_start(each) >= day),
        "except_dates": tuple(sorted(local_text(each) for each in left_out if each >= day)),
    }
    return replace(new.schedule, rule=rule.model_copy(update=update))


def _times(rule: Rule) -> list[time]:
    return sorted(map(time.fromisoformat, rule.times)) or [local_start(rule.start).time()]


def _move(old: Rule, new: Rule) -> dict[time, time]:
    """The one time of day that differs, if any."""
    gone, fresh = set(_times(old)) - set(_times(new)), set(_times(new)) - set(_times(old))
    return dict(zip(sorted(gone), sorted(fresh), strict=False))


def _moved(each: datetime, moved: dict[time, time]) -> datetime:
    return datetime.combine(each, moved.get(each.time(), each.time()))
