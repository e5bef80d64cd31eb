"""Names of areas, stations, audiences and occurrences as they travel."""

import re
from datetime import datetime
from typing import NewType

Audience = NewType("Audience", str)
OccurrenceId = NewType("OccurrenceId", str)

ID_PATTERN = r"[a-z0-9][a-z0-9-]{0,39}"
AUDIENCE_PATTERN = rf"[ags]-{ID_PATTERN}"
SHA256_PATTERN = r"[0-9a-f]{64}"


def is_id(text: str) -> bool:
    """Whether `text` may stand in a topic: no dot, space, slash or wildcard."""
    return re.fullmatch(ID_PATTERN, text) is not None


def area_audience(area: str) -> Audience:
    """All stations inside an area."""
    return Audience(f"a-{area}")


def station_audience(station: str) -> Audience:
    """One station alone."""
    return Audience(f"s-{station}")


def occurrence_id(broadcast: str, local_start: datetime) -> OccurrenceId:
    """Broadcast id and local wall-clock start: the same on server and station."""
    return OccurrenceId(f"{broadcast}@{local_start.isoformat(timespec='seconds')}")
