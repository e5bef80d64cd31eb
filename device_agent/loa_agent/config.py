"""What a station was told at enrolment, and where in its data folder everything lies."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import AwareDatetime, Field, ValidationError

from loa_agent.durable import PRIVATE_FOLDER, write_durably
from loa_agent.protocol.documents import Id, Wire
from loa_agent.protocol.seal import SigningKey, TrustedKeys

SYSTEM_FOLDER = Path("/var/lib/loa-agent")
FOLDER_VARIABLE = "LOA_AGENT_DATA"
MAX_IDENTITY_BYTES = 64 * 1024


class IdentityError(Exception):
    """The station does not know who it is.

    `reason` is `not_enrolled`, `identity_unreadable`, `key_unreadable` or `key_foreign`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Broker(Wire):
    """Where the message broker is."""

    host: str = Field(min_length=1)
    port: int = Field(ge=1, le=65535)
    tls: bool


class Identity(Wire):
    """What the server answered at enrolment, and the broker password made here."""

    server: str
    station: Id
    name: str
    kid: str
    keys: dict[str, str] = Field(min_length=1)
    broker: Broker
    broker_password: str = Field(repr=False)
    first_boot: int = Field(ge=0)
    first_sequence: int = Field(ge=1)
    enrolled_at: AwareDatetime
    """By the server's clock."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Names inside a station's data folder."""

    root: Path

    @property
    def identity(self) -> Path:
        """Who this station is; written last at enrolment."""
        return self.root / "identity.json"

    @property
    def key(self) -> Path:
        """The station's private key."""
        return self.root / "station.pem"

    @property
    def pending(self) -> Path:
        """Key and password of an enrolment whose answer has not come yet."""
        return self.root / "enrolment.json"

    @property
    def journal(self) -> Path:
        """Nhật ký phát."""
        return self.root / "journal.db"

    @property
    def documents(self) -> Path:
        """Sealed documents as they came."""
        return self.root / "documents"

    @property
    def blobs(self) -> Path:
        """Audio by hash."""
        return self.root / "blobs"

    @property
    def sound(self) -> Path:
        """Where a virtual station writes what it plays."""
        return self.root / "sound"

    @property
    def clock(self) -> Path:
        """When the clock was last known to be right."""
        return self.root / "clock.json"

    @property
    def reserve(self) -> Path:
        """Room set aside for the journal."""
        return self.root / "reserve"

    @property
    def lock(self) -> Path:
        """Held by the running station."""
        return self.root / "run.lock"


def default_folder(environ: Mapping[str, str]) -> Path:
    """Where the data lies when the command line does not say."""
    named = environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named)
    if os.geteuid() == 0 or os.access(SYSTEM_FOLDER, os.W_OK):
        return SYSTEM_FOLDER
    return Path.home() / ".local" / "share" / "loa-agent"


def load_identity(folder: Folder) -> tuple[Identity, SigningKey]:
    """Who this station is and its private key; raises IdentityError."""
    try:
        raw = folder.identity.read_bytes()
    except FileNotFoundError as error:
        raise IdentityError("not_enrolled") from error
    except OSError as error:
        raise IdentityError("identity_unreadable") from error
    try:
        identity = Identity.model_validate_json(raw[:MAX_IDENTITY_BYTES])
        TrustedKeys.of(identity.keys)
    except (ValidationError, ValueError) as error:
        raise IdentityError("identity_unreadable") from error
    try:
        key = SigningKey.from_pem(folder.key.read_bytes())
    except (OSError, ValueError) as error:
        raise IdentityError("key_unreadable") from error
    if key.kid != identity.kid:
        raise IdentityError("key_foreign")
    return identity, key


def save_identity(folder: Folder, identity: Identity, key: SigningKey) -> None:
    """Store both; the identity last, since it says that the enrolment is complete."""
    folder.root.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    write_durably(folder.key, key.to_pem())
    write_durably(folder.identity, identity.model_dump_json(indent=1).encode())
