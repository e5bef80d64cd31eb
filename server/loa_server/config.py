"""Settings of the server: one frozen object, read once from the environment.

Every field is an environment variable `LOA_<FIELD>`; secrets may also stand in a file named by
`LOA_<FIELD>_FILE`. A wrong value stops the program with one clear line. Secrets that are not
given are made at the first start and kept in the data folder, readable by the owner only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.headerregistry import Address
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")

MIN_SECRET_LENGTH = 16
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class SmtpTls(StrEnum):
    """How the connection to the mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class SettingsError(Exception):
    """A setting has a value we cannot use; the text names the variable."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings with their defaults: local and closed unless somebody opens them."""

    data: Path
    host: str = "127.0.0.1"
    port: int = 8080
    web_threads: int = 96
    """Half may hold open dashboards; threads are made as they are needed."""
    secure_cookies: bool = False
    max_upload_bytes: int = 300 * 1024 * 1024
    database_url: str = ""
    broker_embedded: bool = True
    trusted_proxies: int = 0
    """How many reverse proxies stand before us and may say who asks."""
    public_address: str | None = None
    """What stations and people are told to open; None means where the asker found us."""
    broker_host: str = "127.0.0.1"
    broker_listen: str = "127.0.0.1"
    """Where the embedded broker listens; 0.0.0.0 lets stations of the network in."""
    broker_port: int = 18830
    broker_control_port: int = 18831
    """Loopback only; the broker's own protocol, which nothing of ours speaks."""
    broker_tls: bool = False
    broker_public_host: str | None = None
    """What stations are told; None means the host they enrolled at."""
    broker_user: str = "loa-server"
    broker_password: str | None = None
    zone: str = "Asia/Ho_Chi_Minh"
    oidc_issuer: str | None = None
    """A provider that says who people are; None leaves passwords alone."""
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = None
    oidc_name: str = "OpenID"
    """What people call that provider."""
    smtp_host: str | None = None
    """The mail server; None means that no letters are sent."""
    smtp_port: int = 587
    smtp_username: str | None = None
    smtp_password: str | None = None
    smtp_from: str | None = None
    """The address letters come from; needed with a mail server."""
    smtp_tls: SmtpTls = SmtpTls.STARTTLS

    @property
    def database(self) -> str:
        """Address of the database; a file in the data folder unless one is named."""
        return self.database_url or f"sqlite:///{self.data / 'loa.db'}"

    @property
    def blobs(self) -> Path:
        """Where audio lies by its hash."""
        return self.data / "blobs"

    @property
    def uploads(self) -> Path:
        """Where uploads lie while they come in."""
        return self.data / "uploads"

    @property
    def keys(self) -> Path:
        """Where private keys and made secrets lie."""
        return self.data / "keys"

    @property
    def broker_folder(self) -> Path:
        """Configuration and retained messages of the embedded broker."""
        return self.data / "broker"


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from `LOA_*`; raises SettingsError on a value that does not parse."""
    env = _Environment(environ)
    plain = Settings(data=env.read("data", Path, Path("var")).absolute())
    settings = Settings(
        data=plain.data,
        host=env.read("host", str, plain.host),
        port=env.read("port", _port, plain.port),
        web_threads=env.read("web_threads", _positive, plain.web_threads),
        secure_cookies=env.read("secure_cookies", _flag, plain.secure_cookies),
        max_upload_bytes=env.read("max_upload_bytes", _positive, plain.max_upload_bytes),
        database_url=env.secret("database_url") or "",
        broker_embedded=env.read("broker_embedded", _flag, plain.broker_embedded),
        trusted_proxies=env.read("trusted_proxies", _count, plain.trusted_proxies),
        public_address=env.read("public_address", str, "").rstrip("/") or None,
        broker_host=env.read("broker_host", str, plain.broker_host),
        broker_listen=env.read("broker_listen", str, plain.broker_listen),
        broker_port=env.read("broker_port", _port, plain.broker_port),
        broker_control_port=env.read("broker_control_port", _port, plain.broker_control_port),
        broker_tls=env.read("broker_tls", _flag, plain.broker_tls),
        broker_public_host=env.read("broker_public_host", str, "") or None,
        broker_user=env.read("broker_user", str, plain.broker_user),
        broker_password=env.secret("broker_password", MIN_SECRET_LENGTH),
        zone=env.read("zone", str, plain.zone),
        oidc_issuer=env.read("oidc_issuer", _issuer, plain.oidc_issuer),
        oidc_client_id=env.read("oidc_client_id", str, "") or None,
        oidc_client_secret=env.secret("oidc_client_secret"),
        oidc_name=env.read("oidc_name", str, plain.oidc_name),
        smtp_host=env.read("smtp_host", str, "") or None,
        smtp_port=env.read("smtp_port", _port, plain.smtp_port),
        smtp_username=env.read("smtp_username", str, "") or None,
        smtp_password=env.secret("smtp_password"),
        smtp_from=env.read("smtp_from", _address, "") or None,
        smtp_tls=env.read("smtp_tls", SmtpTls, plain.smtp_tls),
    )
    _require_mail(settings)
    return settings


def _require_mail(settings: Settings) -> None:
    """A mail server needs a sender's address, and a password a protected way to it."""
    if settings.smtp_host is None:
        return
    if settings.smtp_from is None:
        raise SettingsError("LOA_SMTP_FROM: needed with LOA_SMTP_HOST")
    open_way = settings.smtp_tls is SmtpTls.NONE and settings.smtp_host not in LOOPBACK
    if open_way and settings.smtp_password is not None:
        raise SettingsError("LOA_SMTP_TLS: none would send LOA_SMTP_PASSWORD in the clear")


def to_environ(settings: Settings) -> dict[str, str]:
    """The variables that give a child process these settings; secrets travel by the data folder."""
    return {
        "LOA_DATA": str(settings.data),
        "LOA_HOST": settings.host,
        "LOA_PORT": str(settings.port),
        "LOA_BROKER_HOST": settings.broker_host,
        "LOA_BROKER_PORT": str(settings.broker_port),
        "LOA_BROKER_CONTROL_PORT": str(settings.broker_control_port),
    }


@dataclass(frozen=True, slots=True)
class _Environment:
    values: Mapping[str, str]

    def read(self, field: str, parse: Callable[[str], T], default: T) -> T:
        name = f"LOA_{field.upper()}"
        text = self.values.get(name)
        if text is None or text == "":
            return default
        try:
            return parse(text)
        except ValueError as error:
            raise SettingsError(f"{name}: {error}") from error

    def secret(self, field: str, min_length: int = 1) -> str | None:
        name = f"LOA_{field.upper()}"
        path = self.values.get(f"{name}_FILE")
        text = _secret_file(name, Path(path)) if path else self.values.get(name) or None
        if text is not None and len(text) < min_length:
            raise SettingsError(f"{name}: shorter than {min_length} characters")
        return text


def _secret_file(name: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{name}_FILE: {error}") from error


def _issuer(text: str) -> str | None:
    parts = urlsplit(text)
    here = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost"}
    if not parts.hostname or not (parts.scheme == "https" or here):
        raise ValueError("not an https address")
    return text


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port < 1 << 16:
        raise ValueError("not a port")
    return port


def _address(text: str) -> str:
    try:
        return Address(addr_spec=text).addr_spec
    except (ValueError, IndexError, HeaderParseError) as error:
        raise ValueError("not an e-mail address") from error


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError("below zero")
    return number


def _positive(text: str) -> int:
    number = int(text)
    if number <= 0:
        raise ValueError("not above zero")
    return number


def _flag(text: str) -> bool:
    flags = {"true": True, "false": False}
    if text not in flags:
        raise ValueError("neither true nor false")
    return flags[text]
