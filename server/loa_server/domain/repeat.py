"""How a series comes back, as a form asks for it and as RFC 5545 writes it."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from loa_server.domain.problems import Problem

MAX_EVERY = 99
LAST = -1
"""The last day of a month, or the last such weekday of it."""
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ISO = {name: number for number, name in enumerate(_WEEKDAYS, 1)}
_NTH = re.compile(r"(-1|[1-5])(MO|TU|WE|TH|FR|SA|SU)")
_UNTIL = re.compile(r"(\d{4})(\d\d)(\d\d)(T\d{6})?")


class Unit(StrEnum):
    """What `every` counts."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Nth:
    """The first to fifth, or last (-1), ISO weekday of a month."""

    week: int
    weekday: int


@dataclass(frozen=True, slots=True)
class Repeat:
    """Every n days; every n weeks on weekdays; every n months on a day or on an nth weekday."""

    every: int = 1
    unit: Unit = Unit.DAY
    weekdays: tuple[int, ...] = ()
    month_day: int | None = None
    nth: Nth | None = None


EVERY_DAY = Repeat()


def require_sound(repeat: Repeat) -> None:
    """Refuse what no calendar has.

    Raises:
        Problem: `bad_rule`, `rule_never`, `day_unknown`, each with the `field`.
    """
    if not 1 <= repeat.every <= MAX_EVERY:
        raise Problem("bad_rule", {"field": "every", "most": MAX_EVERY})
    for field, belongs in (
        ("weekdays", Unit.WEEK),
        ("month_day", Unit.MONTH),
        ("nth", Unit.MONTH),
    ):
        if getattr(repeat, field) not in (None, ()) and repeat.unit is not belongs:
            raise Problem("bad_rule", {"field": field, "unit": repeat.unit.value})
    if repeat.unit is Unit.WEEK:
        _require_weekdays(repeat.weekdays)
    if repeat.unit is Unit.MONTH:
        _require_day_of_month(repeat)


def _require_weekdays(weekdays: tuple[int, ...]) -> None:
    if not weekdays:
        raise Problem("rule_never", {"field": "weekdays"})
    for weekday in weekdays:
        _require_weekday("weekdays", weekday)


def _require_weekday(field: str, weekday: int) -> None:
    if not 1 <= weekday <= len(_WEEKDAYS):
        raise Problem("day_unknown", {"field": field, "day": weekday})


def _require_day_of_month(repeat: Repeat) -> None:
    day, nth = repeat.month_day, repeat.nth
    if (day is None) == (nth is None):
        raise Problem("bad_rule", {"field": "month_day"})
    if day is not None and not (1 <= day <= 31 or day == LAST):  # noqa: PLR2004 - days of a month
        raise Problem("day_unknown", {"field": "month_day", "day": day})
    if nth is not None:
        if not (1 <= nth.week <= 5 or nth.week == LAST):  # noqa: PLR2004 - weeks a month touches
            raise Problem("day_unknown", {"field": "nth", "day": nth.week})
        _require_weekday("nth", nth.weekday)


def repeat_to_rrule(repeat: Repeat, until: date | None = None) -> str:
    """RFC 5545 text; `until` is a local day inclusive, written floating like the start."""
    if repeat.unit is Unit.DAY:
        parts = ["FREQ=DAILY"]
    elif repeat.unit is Unit.WEEK:
        days = ",".join(_WEEKDAYS[weekday - 1] for weekday in sorted(set(repeat.weekdays)))
        parts = ["FREQ=WEEKLY", f"BYDAY={days}"]
    elif repeat.nth is not None:
        parts = ["FREQ=MONTHLY", f"BYDAY={repeat.nth.week}{_WEEKDAYS[repeat.nth.weekday - 1]}"]
    else:
        parts = ["FREQ=MONTHLY", f"BYMONTHDAY={repeat.month_day}"]
    if repeat.every > 1:
        parts.insert(1, f"INTERVAL={repeat.every}")
    if until is not None:
        parts.append(f"UNTIL={until:%Y%m%d}T235959")
    return ";".join(parts)


def rrule_to_repeat(rrule: str, start: date) -> tuple[Repeat, date | None]:
    """What a form shows of a rule, and its last day; days RFC 5545 takes from `start` are spelt.

    Raises:
        Problem: `rule_part_not_supported` or `rule_frequency_not_supported` with the part no form
            of ours can say, `bad_rule` for what cannot be read.
    """
    parts = rrule_parts(rrule)
    unit = _unit(parts.pop("FREQ", ""))
    until = _until(parts.pop("UNTIL", None))
    if parts.pop("WKST", "MO") != "MO" and unit is Unit.WEEK and parts.get("INTERVAL", "1") != "1":
        # Only in every nth week does it matter where weeks begin.
        raise Problem("rule_part_not_supported", {"field": "repeat", "part": "WKST"})
    every = _number(parts.pop("INTERVAL", "1"), "INTERVAL")
    repeat = _repeat(unit, every, parts, start)
    if parts:
        raise Problem("rule_part_not_supported", {"field": "repeat", "part": min(parts)})
    require_sound(repeat)
    return repeat, until


def rrule_parts(rrule: str) -> dict[str, str]:
    """The parts of RFC 5545 text by name; raises Problem `bad_rule` for what is no such text."""
    parts: dict[str, str] = {}
    for part in rrule.upper().split(";"):
        name, equals, value = part.partition("=")
        if not equals or name in parts:
            raise Problem("bad_rule", {"field": "repeat"})
        parts[name] = value
    return parts


def _repeat(unit: Unit, every: int, parts: dict[str, str], start: date) -> Repeat:
    """Takes out of `parts` what it understands."""
    if unit is Unit.WEEK:
        named = parts.pop("BYDAY", _WEEKDAYS[start.isoweekday() - 1]).split(",")
        if not set(named) <= _ISO.keys():
            raise Problem("bad_rule", {"field": "weekdays"})
        return Repeat(every, unit, weekdays=tuple(sorted({_ISO[name] for name in named})))
    if unit is Unit.MONTH:
        if "BYDAY" in parts:
            nth = _NTH.fullmatch(parts["BYDAY"].replace("+", ""))
            if nth is None:
                raise Problem("rule_part_not_supported", {"field": "nth", "part": "BYDAY"})
            del parts["BYDAY"]
            return Repeat(every, unit, nth=Nth(int(nth[1]), _ISO[nth[2]]))
        day = _number(parts.pop("BYMONTHDAY", str(start.day)), "BYMONTHDAY")
        return Repeat(every, unit, month_day=day)
    if every == 1 and "BYDAY" in parts:
        # "Every day, but only on these weekdays" is how some calendars write a weekly rule.
        return _repeat(Unit.WEEK, every, parts, start)
    return Repeat(every, unit)


def _unit(frequency: str) -> Unit:
    units = {"DAILY": Unit.DAY, "WEEKLY": Unit.WEEK, "MONTHLY": Unit.MONTH}
    if frequency not in units:
        raise Problem("rule_frequency_not_supported", {"field": "repeat", "frequency": frequency})
    return units[frequency]


def _until(text: str | None) -> date | None:
    if text is None:
        return None
    found = _UNTIL.fullmatch(text)
    if found is None:
        raise Problem("bad_rule", {"field": "until"})
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError as error:
        raise Problem("day_unknown", {"field": "until", "day": text}) from error


def _number(text: str, part: str) -> int:
    if re.fullmatch(r"[+-]?\d{1,4}", text) is None:
        raise Problem("rule_part_not_supported", {"field": "repeat", "part": part})
    return int(text)
