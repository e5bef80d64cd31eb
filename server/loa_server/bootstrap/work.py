"""The worker process: bridge to the stations, preparation of audio, regular duties."""

import logging
import shutil
import signal
import threading
import time
from datetime import timedelta
from functools import partial
from pathlib import Path

from loa_server.adapters.audio_ffmpeg import prepare
from loa_server.adapters.bus_paho import BusAddress, PahoBus
from loa_server.adapters.db.desk import DbDesk
from loa_server.adapters.db.lagging import DbLagging
from loa_server.adapters.db.ledger import DbSilent, open_ledger
from loa_server.adapters.mailer_smtplib import SmtpAddress, SmtpMailer
from loa_server.application.drop_sources import drop_sources
from loa_server.application.heal_documents import heal_documents
from loa_server.application.prepare_bulletin import prepare_next
from loa_server.application.services import Services
from loa_server.application.sweep_presence import sweep_presence
from loa_server.bootstrap.services import (
    Opened,
    broker_password,
    embedded_broker,
    now,
    open_services,
)
from loa_server.config import Settings
from loa_server.domain.people import SESSION_IDLE
from loa_server.domain.prepared_audio import AudioLimits
from loa_server.workers.audio import work_on_audio
from loa_server.workers.bridge import Bridge
from loa_server.workers.evening import EveningLetters
from loa_server.workers.periodic import Duty
from loa_server.workers.together import Loop, run_together

logger = logging.getLogger(__name__)

SWEEP_EVERY_S = 5
HEAL_EVERY_S = 60
CLEAN_EVERY_S = 3600
CLAIMS_KEPT = timedelta(days=30)
EVENINGS_KEPT = timedelta(days=30)
RUBBISH = (".incoming-*", ".preparing-*")
RUBBISH_AFTER_S = 24 * 3600.0


def run_work(settings: Settings) -> bool:
    """Work until SIGTERM or SIGINT; False when something ended by itself."""
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    opened = open_services(settings)
    bus = PahoBus(
        BusAddress(
            settings.broker_host,
            settings.broker_port,
            settings.broker_user,
            broker_password(settings),
            settings.broker_tls,
        )
    )
    bridge = make_bridge(settings, opened, bus)
    bus.start(bridge.receive, bridge.connected)
    limits = AudioLimits(upload_bytes=settings.max_upload_bytes)
    preparer = partial(prepare, target_dir=settings.blobs, limits=limits)
    loops: dict[str, Loop] = {
        "bridge": bridge.run,
        "audio": partial(work_on_audio, partial(prepare_next, opened.services, preparer)),
    }
    mailer = make_mailer(settings)
    if mailer is not None:
        loops["letters"] = EveningLetters(opened.services, mailer).run
    try:
        return run_together(loops, duties(settings, opened, bridge), stop)
    finally:
        bus.stop()


def make_bridge(settings: Settings, opened: Opened, bus: PahoBus) -> Bridge:
    """The bridge over the real rows and the real broker."""
    return Bridge(
        bus=bus,
        broker=embedded_broker(settings),
        directory=DbDesk(opened.engine, settings.zone, now),
        ledger=partial(open_ledger, opened.engine),
        authority=opened.services.authority,
        clock=now,
    )


def duties(settings: Settings, opened: Opened, bridge: Bridge) -> list[Duty]:
    """What is done again and again."""
    silent = DbSilent(opened.engine)

    def sweep() -> None:
        lost = sweep_presence(stations=silent, listening_since=bridge.listening_since, now=now())
        for station in lost:
            logger.warning("station_lost station=%s", station)

    def heal() -> None:
        for key in heal_documents(documents=DbLagging(opened.engine)):
            logger.warning("document_sent_again key=%s", key)

    return [
        Duty("sweep_presence", SWEEP_EVERY_S, sweep),
        Duty("heal_documents", HEAL_EVERY_S, heal),
        Duty("forget", CLEAN_EVERY_S, partial(forget, opened.services)),
        Duty("clear", CLEAN_EVERY_S, partial(clear, settings.blobs)),
        Duty("drop_sources", CLEAN_EVERY_S, partial(drop_sources, opened.services)),
    ]


def make_mailer(settings: Settings) -> SmtpMailer | None:
    """What hands letters over, if there is a mail server."""
    if settings.smtp_host is None or settings.smtp_from is None:
        return None
    address = SmtpAddress(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.smtp_from,
        username=settings.smtp_username,
        password=settings.smtp_password,
        tls=settings.smtp_tls,
    )
    return SmtpMailer(address)


def forget(services: Services) -> None:
    """Sessions that are over, claims nobody will use, and who had which letter long ago."""
    instant = services.clock()
    with services.store.write() as rows:
        rows.people.close_sessions_before(instant, instant - SESSION_IDLE)
        rows.places.forget_claims_before(instant - CLAIMS_KEPT)
        rows.evenings.forget_before((instant - EVENINGS_KEPT).date().isoformat())


def clear(blobs: Path) -> None:
    """Unfinished files that a crash has left behind."""
    before = time.time() - RUBBISH_AFTER_S
    for pattern in RUBBISH:
        for folder in blobs.glob(pattern):
            if folder.stat().st_mtime < before:
                shutil.rmtree(folder, ignore_errors=True)
