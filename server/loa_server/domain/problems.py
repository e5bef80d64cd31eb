"""What a use-case refuses, as a stable code and facts; people's words live in the catalogues."""

from collections.abc import Mapping
from typing import Any


class Problem(Exception):  # noqa: N818 - it names what is wrong, not who raised it
    """A request cannot be done; `code` never changes its meaning, `facts` are JSON values."""

    def __init__(self, code: str, facts: Mapping[str, Any] | None = None) -> None:
        super().__init__(code, dict(facts or {}))
        self.code = code
        self.facts = dict(facts or {})
