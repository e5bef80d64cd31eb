"""Random timetables, and a slow model of what sounds that counts single minutes.

The model knows nothing of sweeps, blocks or bisection: minutes are taken one by one. Everything in
these timetables lasts whole minutes and lies within a few days.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import strategies as st
from loa_agent.protocol.documents import (
    PRECEDENCE,
    Broadcast,
    BroadcastClass,
    Caps,
    Config,
    Exemption,
    Late,
    LatePolicy,
    Manifest,
    Window,
)
from loa_agent.protocol.hours import permitted_spans
from loa_agent.protocol.occurrences import Occurrence, occurrences
from loa_agent.protocol.timeline import Outcome, Planned
from makers import ALL_DAY, NOON, ZONE, a_broadcast, a_config, a_manifest

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
FIRST, LAST = NOON - 3 * DAY, NOON + 6 * DAY
"""All that sounds lies between."""
AUDIENCES = ("a-tinh", "a-xa", "g-truong", "s-tram-1")

exemptions = st.lists(
    st.integers(-24, 48).map(
        lambda hour: Exemption(begin_at=NOON + hour * DAY / 24, end_at=NOON + (hour + 2) * DAY / 24)
    ),
    max_size=2,
).map(tuple)
broadcasts = st.builds(
    lambda number, minute, minutes, late, daily, fields: a_broadcast(
        f"b{number}",
        NOON + minute * MINUTE,
        duration_ms=minutes * 60_000,
        late=late,
        rrule="FREQ=DAILY;UNTIL=20261126T000000" if daily else None,
        **fields,
    ),
    st.integers(0, 12),
    st.sampled_from([0, 0, 60, -12 * 60, 11 * 60]).flatmap(
        lambda near: st.integers(near - 15, near + 15)
    )
    | st.integers(-2 * 24 * 60, 24 * 60).map(lambda minute: minute // 7 * 7),
    st.sampled_from([1, 3, 10, 30, 90, 24 * 60]),
    st.builds(
        lambda policy, minutes: Late(policy=policy, slip_ms=minutes * 60_000),
        st.sampled_from(LatePolicy),
        st.sampled_from([0, 5, 40, 24 * 60]),
    ),
    st.booleans(),
    st.fixed_dictionaries({"class": st.sampled_from(BroadcastClass), "exemptions": exemptions}),
)
manifests = st.lists(
    st.builds(
        lambda found, audience, level, order: a_manifest(
            *found, audience=audience, level=level, order=tuple(f"b{number}" for number in order)
        ),
        st.lists(broadcasts, max_size=6),
        st.sampled_from(AUDIENCES),
        st.integers(0, 5),
        st.lists(st.integers(0, 12), max_size=3),
    ),
    max_size=3,
    # A broadcast's id is its own.
    unique_by=(
        lambda manifest: manifest.audience,
        lambda manifest: tuple(each.id for each in manifest.broadcasts),
    ),
)
crowded = st.lists(
    st.builds(
        lambda minute, minutes, late, klass: (minute, minutes, late, klass),
        st.integers(0, 45),
        st.sampled_from([1, 3, 6, 10]),
        st.builds(Late, policy=st.sampled_from(LatePolicy), slip_ms=st.just(12 * 60_000)),
        st.sampled_from(BroadcastClass),
    ),
    min_size=2,
    max_size=7,
).map(
    lambda found: [
        a_manifest(
            *(
                a_broadcast(
                    f"b{number}",
                    NOON + minute * MINUTE,
                    duration_ms=minutes * 60_000,
                    late=late,
                    exemptions=(Exemption(begin_at=NOON, end_at=NOON + 6 * MINUTE),),
                    **{"class": klass},
                )
                for number, (minute, minutes, late, klass) in enumerate(found)
            )
        )
    ]
)
"""So many near one another that pauses and caps matter."""
hours = st.lists(
    st.sampled_from(
        [
            *ALL_DAY,
            *ALL_DAY,
            Window(start="05:00", end="08:30"),
            Window(start="11:00", end="13:00", weekdays=(1, 3, 5)),
            Window(start="13:00", end="14:00"),
            Window(start="16:30", end="24:00"),
        ]
    ),
    max_size=3,
)
caps = st.builds(
    Caps,
    sessions_per_day=st.none() | st.integers(1, 3),
    session_ms=st.none() | st.sampled_from([5, 40, 100]).map(lambda minutes: minutes * 60_000),
    day_ms=st.none() | st.sampled_from([15, 90, 240]).map(lambda minutes: minutes * 60_000),
)
configs = st.builds(
    lambda windows, limits: a_config(hours=tuple(windows), caps=limits),
    hours,
    st.just(Caps()) | caps,
)
tight = st.builds(
    lambda sessions, session, day: a_config(
        caps=Caps(
            sessions_per_day=sessions,
            session_ms=session and session * 60_000,
            day_ms=day and day * 60_000,
        )
    ),
    st.integers(1, 3),
    st.none() | st.integers(5, 20),
    st.none() | st.integers(10, 30),
)
uncapped = hours.map(lambda windows: a_config(hours=tuple(windows)))


def free(occurrence: Occurrence) -> bool:
    """Whether neither hours nor caps bind it."""
    emergency = occurrence.broadcast.class_ is BroadcastClass.EMERGENCY
    exempted = occurrence.broadcast.exemptions
    return emergency or any(e.begin_at <= occurrence.starts_at < e.end_at for e in exempted)


def row(planned: Planned) -> tuple[object, ...]:
    """What a plan says of one occurrence."""
    sounds = [((s.begin - NOON) / MINUTE, (s.end - NOON) / MINUTE) for s in planned.sounds]
    offsets = [s.offset_ms / 60_000 for s in planned.sounds]
    return planned.occurrence.id, sounds, offsets, planned.outcome, planned.reason, planned.winner


@dataclass
class SlowModel:
    """Who has which minute (counted from `NOON`), and which minutes count for caps."""

    config: Config
    open: set[int] = field(default_factory=set)
    taken: dict[int, str] = field(default_factory=dict)
    alarmed: set[int] = field(default_factory=set)
    counted: list[tuple[int, int]] = field(default_factory=list)

    def rows(self, manifests: list[Manifest]) -> list[tuple[object, ...]]:
        """The whole world, judged strongest first."""
        self.open = {
            minute
            for span in permitted_spans(self.config.hours, ZONE, FIRST, LAST + DAY)
            for minute in range((span.begin - NOON) // MINUTE, (span.end - NOON) // MINUTE)
        }
        found = [self._judge(each) for each in sorted(_due(manifests), key=ranked(manifests))]
        return [told for _, told in sorted(found, key=lambda each: each[0])]

    def _judge(self, each: Occurrence) -> tuple[tuple[datetime, str], tuple[object, ...]]:
        start = (each.starts_at - NOON) // MINUTE
        permitted = [m for m in _extent(each) if free(each) or m in self.open]
        alone = _place(each, start, permitted)
        placed = _place(each, start, [m for m in permitted if m not in self.taken])
        reason, winner = None, None
        if placed != alone:
            reason = "overlap"
            winner = next(n for n in dict.fromkeys(self.taken.values()) if self._met(n, alone))
        elif list(placed.items()) != [(start + k, k) for k in range(_length(each))]:
            reason = "outside_hours"
        broken = self._broken(_runs(placed), bound=not free(each), counts=not _alarm(each))
        if broken is not None:
            placed, reason, winner = {}, broken, None
        self.taken |= dict.fromkeys(placed, each.id)
        if _alarm(each):
            self.alarmed |= set(placed)
        told = _told(each, placed, reason, winner)
        return (each.starts_at, each.broadcast.id), told

    def _met(self, name: str, alone: Mapping[int, int]) -> bool:
        return any(self.taken.get(minute) == name for minute in alone)

    def _broken(self, runs: list[tuple[int, int]], *, bound: bool, counts: bool) -> str | None:
        if not counts:
            return None
        before, after = self._sessions(self.counted), self._sessions(self.counted + runs)
        days = {_day(begin) for begin, _ in runs}
        broken = [self._breaks(d, runs, before.get(d, []), after[d]) for d in days]
        for code in ("over_sessions", "over_session_length", "over_day_length"):
            if bound and code in broken:
                return code
        self.counted += runs
        return None

    def _breaks(
        self,
        day: int,
        runs: list[tuple[int, int]],
        before: list[list[tuple[int, int]]],
        after: list[list[tuple[int, int]]],
    ) -> str | None:
        limits = self.config.caps
        most = limits.sessions_per_day
        if most is not None and len(after) > most and len(after) > len(before):
            return "over_sessions"
        lengths = [
            sum(end - begin for begin, end in session)
            for session in after
            if any(sound in runs for sound in session)
        ]
        if limits.session_ms is not None and max(lengths) * 60_000 > limits.session_ms:
            return "over_session_length"
        total = sum(end - begin for session in after for begin, end in session)
        assert all(_day(sound[0]) == day for session in after for sound in session)
        if limits.day_ms is not None and total * 60_000 > limits.day_ms:
            return "over_day_length"
        return None

    def _sessions(self, sounds: list[tuple[int, int]]) -> dict[int, list[list[tuple[int, int]]]]:
        """Sounds by day, those with short pauses together."""
        found: dict[int, list[list[tuple[int, int]]]] = {}
        for begin, end in sorted(sounds):
            sessions = found.setdefault(_day(begin), [])
            pause = [
                minute
                for minute in range(sessions[-1][-1][1] if sessions else begin - 999, begin)
                if minute not in self.alarmed
            ]
            if sessions and len(pause) < 5:
                sessions[-1].append((begin, end))
            else:
                sessions.append([(begin, end)])
        return found


def _due(manifests: list[Manifest]) -> list[Occurrence]:
    found: dict[str, Occurrence] = {}
    for manifest in sorted(manifests, key=lambda each: (each.level, each.audience)):
        for broadcast in manifest.broadcasts:
            for each in occurrences(broadcast, FIRST, LAST):
                found.setdefault(each.id, each)
    return list(found.values())


def ranked(manifests: list[Manifest]) -> Callable[[Occurrence], tuple[object, ...]]:
    """Whose turn is when."""
    order = [
        name
        for each in sorted(manifests, key=lambda m: (-m.level, m.audience))
        for name in each.order
    ]
    brought: dict[str, int] = {}
    for manifest in sorted(manifests, key=lambda each: (each.level, each.audience)):
        for broadcast in manifest.broadcasts:
            for each in occurrences(broadcast, FIRST, LAST):
                brought.setdefault(each.id, manifest.level)

    def rank(each: Occurrence) -> tuple[object, ...]:
        decided = each.broadcast.class_ is BroadcastClass.PRIORITY and each.broadcast.id in order
        place = order.index(each.broadcast.id) if decided else 999
        klass = PRECEDENCE[each.broadcast.class_]
        return klass, place, brought[each.id], each.starts_at, each.broadcast.id

    return rank


def _alarm(each: Occurrence) -> bool:
    return each.broadcast.class_ is BroadcastClass.EMERGENCY


def _length(each: Occurrence) -> int:
    return each.broadcast.duration_ms // 60_000


def _slip(broadcast: Broadcast) -> int:
    slips = broadcast.late.policy in {LatePolicy.SLIP, LatePolicy.RESUME}
    return broadcast.late.slip_ms // 60_000 if slips else 0


def _extent(each: Occurrence) -> range:
    start = (each.starts_at - NOON) // MINUTE
    return range(start, start + _length(each) + _slip(each.broadcast))


def _place(each: Occurrence, start: int, minutes: list[int]) -> dict[int, int]:
    """Which minute sounds which minute of the programme."""
    length, at_hand = _length(each), set(minutes)
    match each.broadcast.late.policy:
        case LatePolicy.JOIN:
            return {minute: minute - start for minute in minutes}
        case LatePolicy.DROP:
            run = next(k for k in range(length + 1) if start + k not in at_hand)
            return {start + k: k for k in range(run)}
        case LatePolicy.RESUME:
            return {minute: k for k, minute in enumerate(minutes[:length])}
        case LatePolicy.SLIP:
            for begin in range(start, start + _slip(each.broadcast) + 1):
                if all(begin + k in at_hand for k in range(length)):
                    return {begin + k: k for k in range(length)}
            return {}


def _runs(placed: Mapping[int, int]) -> list[tuple[int, int]]:
    begins = [minute for minute in placed if minute - 1 not in placed]
    ends = [minute + 1 for minute in placed if minute + 1 not in placed]
    return list(zip(begins, ends, strict=True))


def _day(minute: int) -> int:
    """Local day, Monday being 0."""
    return (minute + 12 * 60) // (24 * 60)


def _told(
    each: Occurrence, placed: Mapping[int, int], reason: str | None, winner: str | None
) -> tuple[object, ...]:
    runs = _runs(placed)
    offsets = [placed[begin] for begin, _ in runs]
    whole = len(placed) == _length(each)
    if reason is None:
        outcome = Outcome.WHOLE
    elif whole:
        outcome = Outcome.LATER
    else:
        outcome = Outcome.CUT if placed else Outcome.SILENT
    assert all(placed[two] >= placed[one] for one, two in pairwise(placed))
    return each.id, runs, offsets, outcome, reason, winner
