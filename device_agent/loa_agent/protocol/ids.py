"""Names of areas, stations, audiences and occurrences as they travel."""

import re
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
