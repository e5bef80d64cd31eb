"""Ports of the library: programmes, what upper levels share, and the evening letters."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from loa_server.domain.programmes import Programme
from loa_server.domain.rights import Reach
from loa_server.domain.shares import Share, ShareAnswer


class Programmes(Protocol):
    """Programmes with their items."""

    def add(self, programme: Programme) -> None:
        """A new programme."""

    def get(self, programme: str) -> Programme | None:
        """A programme that was not deleted."""

    def keep(self, programme: Programme) -> bool:
        """Store what changed, one version up; False when somebody else was faster."""

    def delete(self, programme: str, now: datetime) -> None:
        """Take it off the lists."""

    def holding(self, bulletin: str) -> Sequence[Programme]:
        """Programmes that name a bulletin and were not deleted, by title."""


class Shares(Protocol):
    """What was handed down, to whom, and what they answered."""

    def add(self, share: Share) -> None:
        """A new share."""

    def get(self, share: str) -> Share | None:
        """A share with its areas and answers, withdrawn ones too."""

    def withdraw(self, share: str, now: datetime) -> None:
        """Take it out of the libraries below."""

    def answer(self, share: str, answer: ShareAnswer) -> bool:
        """Keep an answer; False when somebody else of that area was first."""

    def open_of(self, *, bulletin: str | None = None, programme: str | None = None) -> int:
        """How many shares of it were not withdrawn."""

    def bulletins_for(self, bulletins: Sequence[str], reach: Reach) -> frozenset[str]:
        """Which of these are shared with the reach, by themselves or inside a programme."""

    def programmes_for(self, programmes: Sequence[str], reach: Reach) -> frozenset[str]:
        """Which of these are shared with the reach."""


class Evenings(Protocol):
    """Who had their letter on which evening, by the local day `2026-11-23`."""

    def done(self, days: Collection[str]) -> frozenset[tuple[str, str]]:
        """Accounts and days that were claimed."""

    def claim(self, account: str, day: str, now: datetime) -> bool:
        """Before the letter leaves; False when somebody else was first."""

    def give_back(self, account: str, day: str) -> None:
        """It did not leave: to be tried again."""

    def forget_before(self, day: str) -> None:
        """Forget evenings before this day."""
