"""What use-cases need of the world: rows in one transaction, blobs, randomness, passwords."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from loa_server.application.area_rows import AreaRows
from loa_server.application.library import Evenings, Programmes, Shares
from loa_server.application.proofs import Proofs
from loa_server.domain.areas import Area, AreaTree
from loa_server.domain.audit import AuditRow
from loa_server.domain.broadcasts import Broadcast
from loa_server.domain.bulletins import AudioJob, Bulletin, Voice
from loa_server.domain.holidays import Calendar
from loa_server.domain.people import Account, SignedIn
from loa_server.domain.prepared_audio import PreparedAudio
from loa_server.domain.rights import Reach
from loa_server.domain.stations import Claim, Station


class People(Protocol):
    """Accounts and their sessions."""

    def add(self, account: Account) -> None:
        """A new account; Problem `id_taken` when its name is in use."""

    def by_username(self, username: str) -> Account | None:
        """The account; inside `write` nobody else changes it until the end."""

    def by_id(self, account: str) -> Account | None:
        """As `by_username`, by id."""

    def by_email(self, email: str) -> Sequence[Account]:
        """Those with this address who may sign in."""

    def everybody(self) -> Sequence[Account]:
        """All accounts by name, disabled ones too."""

    def may_sign_in(self) -> Sequence[Account]:
        """All who may; inside `write` nobody else changes who they are until the end."""

    def keep(self, account: Account) -> None: ...
    def count(self) -> int: ...
    def open_session(
        self, token_sha256: str, account: str, csrf: str, now: datetime, expires_at: datetime
    ) -> None: ...
    def session(
        self, token_sha256: str, now: datetime, idle_since: datetime
    ) -> SignedIn | None: ...
    def touch_session(self, token_sha256: str, now: datetime) -> None: ...
    def close_session(self, token_sha256: str) -> None: ...
    def close_sessions_of(self, account: str, but: str | None = None) -> None:
        """End the account's sessions, save the one whose token hash is `but`."""

    def close_sessions_before(self, now: datetime, idle_since: datetime) -> None: ...


class Calendars(Protocol):
    """Holidays of all areas at one instant."""

    def of(self, area: str) -> Calendar: ...


class Places(Protocol):
    """Areas, stations and claims."""

    def add_area(self, area: Area) -> None: ...
    def tree(self) -> AreaTree: ...
    def calendar(self, area: str) -> Calendar:
        """Holidays as an area keeps them."""

    def calendars(self) -> Calendars:
        """The same for every area."""

    def add_station(self, station: Station) -> None: ...
    def station(self, station: str) -> Station | None: ...
    def stations(self) -> Sequence[Station]: ...
    def bind(self, station: Station, broker_password: str) -> None:
        """A device has become this station: keep its key and broker credentials."""

    def next_numbers(self, station: str) -> tuple[int, int]:
        """First boot and first journal sequence a new device may use without a clash."""

    def add_claim(self, claim: Claim) -> None: ...
    def claim(self, code_sha256: str) -> Claim | None: ...
    def use_claim(self, code_sha256: str, now: datetime) -> bool:
        """Mark used; False when somebody else was first."""

    def drop_claims(self, station: str) -> None:
        """Forget unused claims, so that the newest alone is valid."""

    def forget_claims_before(self, instant: datetime) -> None: ...


class Bulletins(Protocol):
    """Bulletins and the jobs that prepare them."""

    def add(self, bulletin: Bulletin, now: datetime) -> None:
        """The bulletin and its job, together."""

    def get(self, bulletin: str) -> Bulletin | None: ...
    def delete(self, bulletin: str, now: datetime) -> None: ...
    def claim_job(self, now: datetime, until: datetime) -> AudioJob | None: ...
    def finish(self, job: AudioJob, voice: Voice) -> None: ...
    def reject(self, job: AudioJob, code: str, facts: dict[str, Any]) -> None: ...
    def postpone(
        self, job: AudioJob, code: str, facts: dict[str, Any], until: datetime
    ) -> None: ...
    def on_air(self, bulletin: str, now: datetime) -> Sequence[str]:
        """Titles of the broadcasts that use it and are neither over nor refused."""

    def spent_sources(self, before: datetime) -> Sequence[str]:
        """Hashes of uploads older than `before` that nothing waits for and no voice bears."""


class Broadcasts(Protocol):
    """Broadcasts, and the manifests that become due by changing them."""

    def add(self, broadcast: Broadcast) -> None: ...
    def get(self, broadcast: str) -> Broadcast | None: ...
    def seen(self, broadcast: str, reach: Reach) -> Broadcast | None:
        """One that was ordered in reach or sounds there."""

    def hold(self, broadcast: str) -> None:
        """Nobody else changes it until the end of the transaction."""

    def decide(self, broadcast: Broadcast) -> bool:
        """Keep what was decided and when it is due; False when somebody else was first."""

    def reschedule(self, broadcast: Broadcast) -> None:
        """Keep when it is due and where it ends."""

    def successor(self, broadcast: str) -> str | None:
        """An approved broadcast, not stopped, that goes on in place of this one's series."""

    def in_force(self, audiences: Collection[str], now: datetime) -> Sequence[Broadcast]:
        """Approved broadcasts that are not over, meant for any of these audiences."""

    def pieces(self, bulletins: Collection[str]) -> Mapping[str, Bulletin]:
        """Bulletins by id, deleted ones too."""

    def sounding(self, bulletins: Collection[str], reach: Reach) -> frozenset[str]:
        """Those of the bulletins that are part of a broadcast heard or ordered in reach."""

    def most_in_force(self, audiences: Sequence[str], now: datetime) -> int:
        """How many broadcasts the fullest of these manifests holds."""

    def stop(self, broadcast: str, now: datetime) -> None: ...
    def withhold(self, broadcast: str, audience: str, code: str | None, now: datetime) -> bool:
        """Note why an audience is not told of it, or that it is again; False when known."""

    def order(self, area: str) -> tuple[str, ...]:
        """Priority broadcasts as an area decided, the one that goes first first."""

    def orders(self, areas: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """What these areas decided, by area."""

    def orders_naming(self, broadcast: str) -> Mapping[str, tuple[str, ...]]:
        """What areas decided that name a broadcast, by area."""

    def decide_order(self, area: str, named: Sequence[str]) -> None:
        """From now on an area's priority broadcasts go in this order."""


class Transaction(Protocol):
    """Rows that change together or not at all."""

    @property
    def people(self) -> People: ...
    @property
    def proofs(self) -> Proofs: ...
    @property
    def places(self) -> Places: ...
    @property
    def bulletins(self) -> Bulletins: ...
    @property
    def areas(self) -> AreaRows: ...
    @property
    def broadcasts(self) -> Broadcasts: ...
    @property
    def programmes(self) -> Programmes: ...
    @property
    def shares(self) -> Shares: ...
    @property
    def evenings(self) -> Evenings: ...
    def documents_changed(self, *keys: str) -> None:
        """The outbox: these documents are to be signed and published anew."""

    def audit(self, row: AuditRow) -> None: ...
    def announce(self, *subjects: str) -> None:
        """Tell the browsers what changed."""


class Store(Protocol):
    """Where rows live."""

    def read(self) -> AbstractContextManager[Transaction]:
        """A snapshot; whoever writes through it has made a mistake."""

    def write(self) -> AbstractContextManager[Transaction]:
        """Commits at the end, or rolls back when an exception passes."""


class Blobs(Protocol):
    """Files by the SHA-256 of their content."""

    def keep(self, stream: BinaryIO, max_bytes: int) -> str:
        """Store durably, return the hash; Problem `too_large`, `empty_file`, `disk_full`."""

    def path(self, sha256: str) -> Path | None:
        """Where it lies, or None."""

    def drop(self, sha256: str, before: datetime) -> bool:
        """Delete it unless it was stored since `before`; whether there was anything to delete."""


class AudioPreparer(Protocol):
    """Turns any upload into what stations play; raises AudioRejected."""

    def __call__(self, source: Path) -> PreparedAudio: ...


class Secrets(Protocol):
    """Unguessable values."""

    def identifier(self, prefix: str) -> str:
        """A short public id such as `bt-3fk29dkq`."""

    def token(self) -> str:
        """A session or CSRF token."""

    def claim_code(self) -> str:
        """Letters of a claim code, without dashes."""


class Passwords(Protocol):
    """Slow hashes of passwords."""

    def hash(self, password: str) -> str: ...
    def verify(self, password_hash: str | None, password: str) -> bool:
        """Takes the same time for an account that does not exist (`password_hash` None)."""
