"""What a rule's text says, and what of it we cannot promise."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache

from dateutil.rrule import rrulestr

from loa_agent.protocol.documents import Rule, local_start
from loa_agent.protocol.recurrence import LAST_DAY, Frequency, Recurrence, names_a_day

ALLOWED_PARTS = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYHOUR", "BYMINUTE", "WKST"}
)
COUNTED_PARTS = frozenset({"COUNT", "BYHOUR", "BYMINUTE"})
"""Left to the library: they need every start from the first, or times beside days."""
FREQUENCIES = frozenset(each.value for each in Frequency)
RULES_KEPT = 4096
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_RULE_LETTERS = re.compile(r"[A-Z0-9=;,+-]+")
_NUMBERS = {"INTERVAL": (1, 1000), "COUNT": (1, 100_000), "BYMONTHDAY": (-31, 31)}
"""A step of nothing or a 32nd day would make a library search for ever."""
_LISTS = frozenset({"BYMONTHDAY"})
_DAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
_UNTIL = re.compile(r"\d{8}(T\d{6})?")


def rule_problem(rule: Rule) -> str | None:
    """Code of what we cannot promise about a rule, or None.

    Only daily, weekly and monthly rules without BYWEEKNO, BYSETPOS and the like are promised,
    since libraries disagree on the rest. `rule_never` is a rule whose days do not exist, such as
    31 February; one whose days are over or left out has none of these problems.
    """
    if rule.rrule is None:
        return None
    problem = _problem(rule.rrule, rule.start, times=bool(rule.times))
    return None if problem == "rule_never" and rule.dates else problem


@lru_cache(maxsize=RULES_KEPT)
def _problem(text: str, start: str, *, times: bool) -> str | None:
    if _RULE_LETTERS.fullmatch(text) is None:
        return "rule_unreadable"
    pairs = [part.partition("=")[::2] for part in text.split(";")]
    parts = dict(pairs)
    allowed = ALLOWED_PARTS - {"BYHOUR", "BYMINUTE"} if times else ALLOWED_PARTS
    if not parts.keys() <= allowed or _days_disputed(parts):
        return "rule_part_not_supported"
    if parts.get("FREQ") not in FREQUENCIES:
        return "rule_frequency_not_supported"
    if len(pairs) != len(parts) or not _readable(text, parts, start):
        return "rule_unreadable"
    found = recurrence_of(text, start)
    return None if found is None or names_a_day(found) else "rule_never"


def _days_disputed(parts: Mapping[str, str]) -> bool:
    """A numbered weekday outside months, or beside plain ones: libraries disagree on both."""
    numbered = [each[:-2] != "" for each in parts.get("BYDAY", "").split(",")]
    monthly = parts.get("FREQ") == Frequency.MONTHLY
    return any(numbered) and not (monthly and all(numbered))


def _readable(text: str, parts: Mapping[str, str], start: str) -> bool:
    checks: dict[str, Callable[[str], object]] = {
        "BYDAY": lambda value: all(_DAY.fullmatch(each) for each in value.split(",")),
        "UNTIL": _UNTIL.fullmatch,
        "WKST": WEEKDAYS.__contains__,
    }
    if not all(check(parts[name]) for name, check in checks.items() if name in parts):
        return False
    try:
        for name, (least, most) in _NUMBERS.items():
            numbers = [int(part) for part in parts[name].split(",")] if name in parts else []
            if len(numbers) > 1 and name not in _LISTS:
                return False
            if not all(least <= number <= most and number for number in numbers):
                return False
        rrulestr(text, dtstart=local_start(start))
    except ValueError:
        return False
    return True


@lru_cache(maxsize=RULES_KEPT)
def recurrence_of(text: str, start: str) -> Recurrence | None:
    """The days of a promised rule, None where only counting from the first start finds them."""
    parts = dict(part.partition("=")[::2] for part in text.split(";"))
    if parts.keys() & COUNTED_PARTS:
        return None
    first = local_start(start)
    frequency = Frequency(parts["FREQ"])
    by_day = [each for each in parts.get("BYDAY", "").split(",") if each]
    month_days = tuple(int(each) for each in parts.get("BYMONTHDAY", "").split(",") if each)
    weekdays = tuple(sorted({WEEKDAYS.index(each) for each in by_day if each in WEEKDAYS}))
    if not by_day and not month_days:
        weekdays = (first.weekday(),) if frequency is Frequency.WEEKLY else ()
        month_days = (first.day,) if frequency is Frequency.MONTHLY else ()
    return Recurrence(
        frequency=frequency,
        first_day=first.toordinal(),
        interval=int(parts.get("INTERVAL", "1")),
        weekdays=weekdays,
        nths=tuple((int(e[:-2]), WEEKDAYS.index(e[-2:])) for e in by_day if e not in WEEKDAYS),
        month_days=month_days,
        week_start=WEEKDAYS.index(parts.get("WKST", "MO")),
        last_day=_last_day(parts.get("UNTIL"), first),
    )


def _last_day(until: str | None, first: datetime) -> int:
    """The last day that at the time of the first start is not after UNTIL."""
    if until is None:
        return LAST_DAY
    limit = datetime.fromisoformat(until)
    return limit.toordinal() - (first.time() > limit.time())
