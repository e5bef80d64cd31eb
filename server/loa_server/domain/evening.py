"""Hours that wake people, and the list of the next day that is sent each evening."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EARLY_BEFORE = time(6)
LATE_FROM = time(21)
"""Night in the sense of the noise rules (QCVN 26: 21-6 h, with stricter limits); the complaints of
December 2025 were about sound at 03:15 and 05:00. What starts then stands out in every list."""
MAIL_AT = time(19)
"""Local; early enough to stop what should not sound at night."""
MAIL_REACH = timedelta(hours=24)


def wakes_people(instant: datetime, zone: str) -> bool:
    """Whether what begins then is to stand out."""
    clock = instant.astimezone(ZoneInfo(zone)).time()
    return clock < EARLY_BEFORE or clock >= LATE_FROM


def mail_day(now: datetime, zone: str) -> date | None:
    """The local day whose list is due now: from `MAIL_AT` until midnight, else None."""
    local = now.astimezone(ZoneInfo(zone))
    return local.date() if local.time() >= MAIL_AT else None
