"""Fills the ports that every process needs."""

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from typing import cast

from sqlalchemy import Engine

from loa_server.adapters.blobs_disk import DiskBlobs
from loa_server.adapters.broker_nats import BrokerAddress, NatsBroker
from loa_server.adapters.calendar_icalendar import IcalendarFormat
from loa_server.adapters.db.engine import make_engine
from loa_server.adapters.db.queries import DbQueries
from loa_server.adapters.db.store import DbStore
from loa_server.adapters.identifiers import RandomSecrets
from loa_server.adapters.passwords_argon2 import Argon2Passwords
from loa_server.adapters.sealer_fernet import FernetSealer
from loa_server.adapters.secrets_disk import authority_key, made_secret
from loa_server.adapters.strangers_memory import MemoryStrangers
from loa_server.adapters.totp_pyotp import TotpCodes
from loa_server.application.proofs import OutsideSignIn
from loa_server.application.services import Services
from loa_server.config import Settings, SettingsError


@dataclass(frozen=True, slots=True)
class Opened:
    """The ports, filled, and the engine behind some of them."""

    engine: Engine
    services: Services


def open_services(settings: Settings) -> Opened:
    """Fill the ports; connects to nothing yet."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = make_engine(settings.database)
    services = Services(
        store=DbStore(engine),
        queries=DbQueries(engine, settings.zone),
        blobs=DiskBlobs(settings.blobs),
        secrets=RandomSecrets(),
        passwords=Argon2Passwords(),
        calendar_format=IcalendarFormat(),
        codes=TotpCodes(made_secret(settings.keys, "second-factor")),
        sealer=FernetSealer(made_secret(settings.keys, "seal")),
        strangers=MemoryStrangers(),
        outside=outside(settings),
        authority=authority_key(settings.keys),
        clock=now,
        zone=settings.zone,
        max_upload_bytes=settings.max_upload_bytes,
        broker_host=settings.broker_public_host,
        broker_port=settings.broker_port,
        broker_tls=settings.broker_tls,
        mail_possible=settings.smtp_host is not None,
    )
    return Opened(engine, services)


def outside(settings: Settings) -> OutsideSignIn | None:
    """The provider that says who people are, if one is set; its library is loaded only then.

    Raises:
        SettingsError: the provider is named and what we are there is not.
    """
    if settings.oidc_issuer is None:
        return None
    if settings.oidc_client_id is None:
        raise SettingsError("LOA_OIDC_CLIENT_ID: needed with LOA_OIDC_ISSUER")
    oidc = import_module("loa_server.adapters.oidc_authlib")
    client = oidc.OidcClient(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret or "",
        name=settings.oidc_name,
    )
    return cast("OutsideSignIn", oidc.OidcSignIn(client))


def now() -> datetime:
    """The clock of every process."""
    return datetime.now(UTC)


def broker_password(settings: Settings) -> str:
    """The server's own password at the broker, given or made at the first start."""
    return settings.broker_password or made_secret(settings.keys, "broker-password")


def embedded_broker(settings: Settings) -> NatsBroker | None:
    """The broker this server runs itself, if it does."""
    if not settings.broker_embedded:
        return None
    address = BrokerAddress(
        settings.broker_listen, settings.broker_port, settings.broker_control_port
    )
    return NatsBroker(
        settings.broker_folder, address, settings.broker_user, broker_password(settings)
    )
