"""Stretches of whole days that can be judged alone, so that the window asked for does not matter.

What happens after a midnight depends on what happened before it only through occurrences whose
extent lies on both sides. A midnight that none crosses is clean.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import NamedTuple

from loa_agent.protocol.documents import LatePolicy
from loa_agent.protocol.instants import local_day, midnight_ms
from loa_agent.protocol.ranking import Candidate

MAX_REACH = timedelta(days=8)
"""How far a clean midnight is looked for on either side. Where each occurrence blocks the next for
longer than that, the days are judged from a midnight of a fixed raster of so many days."""


class Block(NamedTuple):
    """Candidates that decide among themselves, and the midnights from the first to the last."""

    candidates: list[Candidate]
    midnights: list[int]


class Question(NamedTuple):
    """The window asked for, in milliseconds, and what its days are."""

    begin: int
    end: int
    zone: str
    longest: int
    capped: bool

    def wants(self, each: Candidate) -> bool:
        """Whether something of it may touch the window."""
        return each.start < self.end and each.limit > self.begin

    def binds(self, each: Candidate) -> bool:
        """Whether what comes after it depends on what came before it.

        What may be joined just loses what others take; only caps judge it as a whole.
        """
        return self.capped or each.source.policy is not LatePolicy.JOIN


def block(question: Question, pool_of: Callable[[int, int], list[Candidate]]) -> Block:
    """The smallest block around the window; `pool_of` tells the candidates of a stretch."""
    zone, longest = question.zone, question.longest
    first = local_day(zone, question.begin - longest)
    last = local_day(zone, question.end + longest) + 1
    reach = 0
    while True:
        grown = range(_first_day(first, reach), _last_day(last, reach) + 1)
        midnights = [midnight_ms(zone, day) for day in grown]
        pool = pool_of(midnights[0] - longest, midnights[-1])
        clean = _clean(question, pool, midnights)
        wanted = [each for each in pool if question.wants(each)]
        since = bisect_right(clean, min([each.start for each in wanted], default=question.begin))
        until = bisect_left(clean, max([each.limit for each in wanted], default=question.end))
        if since and until < len(clean):
            return _cut(question, pool, midnights, clean[since - 1], clean[until])
        if reach >= MAX_REACH.days:
            begin = clean[since - 1] if since else midnights[0]
            end = clean[until] if until < len(clean) else midnights[-1]
            return _cut(question, pool, midnights, begin, end)
        reach = min(2 * reach + 1, MAX_REACH.days)


def _first_day(day: int, reach: int) -> int:
    day -= reach
    return day if reach < MAX_REACH.days else day - day % MAX_REACH.days


def _last_day(day: int, reach: int) -> int:
    day += reach
    return day if reach < MAX_REACH.days else day + -day % MAX_REACH.days


def _clean(question: Question, pool: Sequence[Candidate], midnights: list[int]) -> list[int]:
    dirty: set[int] = set()
    for each in pool:
        after = bisect_right(midnights, each.start)
        crossed = bisect_left(midnights, each.limit, after)
        if crossed > after and question.binds(each):
            dirty.update(midnights[after:crossed])
    return [midnight for midnight in midnights if midnight not in dirty]


def _cut(
    question: Question, pool: list[Candidate], midnights: list[int], since: int, until: int
) -> Block:
    """What starts inside, and what reaches in and may be joined."""
    inside = [
        each
        for each in pool
        if since <= each.start < until
        or (each.start < since < each.limit and not question.binds(each))
    ]
    return Block(inside, midnights)
