"""One thing that was tried, and how it went."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Fact = str | int | float


@dataclass(frozen=True, slots=True)
class Finding:
    """`about` is what was tried; `outcome` names a sentence in `words`, which `facts` fill."""

    about: str
    good: bool
    outcome: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
