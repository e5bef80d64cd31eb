"""A small province in a real database, with use-cases whose clock and passwords are fakes."""

import hashlib
import io
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from loa_agent.protocol.documents import Window
from loa_agent.protocol.reports import ClockTrust, Record, RecordKind, Report, State, StationStatus
from loa_agent.protocol.seal import SigningKey
from loa_server.adapters.blobs_disk import DiskBlobs
from loa_server.adapters.calendar_icalendar import IcalendarFormat
from loa_server.adapters.db.desk import DbDesk
from loa_server.adapters.db.ledger import open_ledger
from loa_server.adapters.db.queries import DbQueries
from loa_server.adapters.db.store import DbStore
from loa_server.adapters.identifiers import RandomSecrets
from loa_server.adapters.sealer_fernet import FernetSealer
from loa_server.adapters.strangers_memory import MemoryStrangers
from loa_server.adapters.totp_pyotp import TotpCodes
from loa_server.application.create_broadcast import create_broadcast
from loa_server.application.create_station import create_station
from loa_server.application.draft_broadcast import Order
from loa_server.application.ingest_report import Ingested, ingest_report
from loa_server.application.ingest_state import ingest_state
from loa_server.application.publish_documents import RENEW_AFTER, DueDocument
from loa_server.application.services import Services
from loa_server.application.upload_bulletin import upload_bulletin
from loa_server.domain.areas import Area
from loa_server.domain.broadcasts import Broadcast
from loa_server.domain.bulletins import CLAIM_FOR, Bulletin, Voice
from loa_server.domain.people import Account
from loa_server.domain.rights import everything
from loa_server.domain.when import At, When
from sqlalchemy import Engine

ZONE = "Asia/Ho_Chi_Minh"
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
"""10:00 on a Monday in Viet Nam."""
FIVE_PM = datetime(2026, 11, 23, 17, 0)
"""Local."""
AUTHORITY = SigningKey.generate()
HOURS = (Window(start="05:00", end="21:00"),)
AREAS = (
    Area("vn", "0", "Việt Nam", 0, None, ZONE, self_approval=True),
    Area("gia-lai", "52", "Gia Lai", 1, "vn", hours=HOURS),
    Area("phu-cat", "21853", "Phù Cát", 2, "gia-lai"),
    Area("tuy-phuoc", "21952", "Tuy Phước", 2, "gia-lai"),
    Area("an-hanh", "1", "An Hành", 3, "phu-cat"),
)
STATIONS = {"phu-cat-1": "phu-cat", "an-hanh-1": "an-hanh", "tuy-phuoc-1": "tuy-phuoc"}


class FakePasswords:
    """Hashes at once; `while_verifying` runs in the middle of the slow check."""

    def __init__(self) -> None:
        self.while_verifying: Callable[[], object] = lambda: None

    def hash(self, password: str) -> str:
        return hashlib.sha256(password.encode()).hexdigest()

    def verify(self, password_hash: str | None, password: str) -> bool:
        self.while_verifying()
        return password_hash == self.hash(password)


class World:
    """One database, one folder of blobs, a clock moved by hand."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.now = NOW
        self.store = DbStore(engine)
        self.queries = DbQueries(engine, ZONE)
        self.desk = DbDesk(engine, ZONE, lambda: self.now)
        self.passwords = FakePasswords()
        self.services = Services(
            store=self.store,
            queries=self.queries,
            blobs=DiskBlobs(folder / "blobs"),
            secrets=RandomSecrets(),
            passwords=self.passwords,
            calendar_format=IcalendarFormat(),
            codes=TotpCodes("a key for tests"),
            sealer=FernetSealer("a key for tests"),
            strangers=MemoryStrangers(),
            authority=AUTHORITY,
            clock=lambda: self.now,
            zone=ZONE,
            max_upload_bytes=1000,
            broker_host=None,
            broker_port=1883,
            broker_tls=False,
        )
        with self.store.write() as rows:
            for area in AREAS:
                rows.places.add_area(area)
        self.province = self._account("gia-lai")
        self.commune = self._account("phu-cat")
        self.neighbour = self._account("tuy-phuoc")
        for station, area in STATIONS.items():
            create_station(
                self.services, self.province, name=f"Loa {station}", area=area, station=station
            )

    def _account(self, area: str) -> Account:
        account = Account(
            f"u-{area}", area, f"Cán bộ {area}", area, everything(area), self.passwords.hash(area)
        )
        with self.store.write() as rows:
            rows.people.add(account)
        return account

    def upload(self, actor: Account | None = None, title: str = "Tiêm chủng") -> Bulletin:
        stream = io.BytesIO(title.encode())
        author = actor or self.commune
        return upload_bulletin(self.services, author, stream=stream, title=title, category="health")

    def ready(self, actor: Account | None = None, title: str = "Tiêm chủng") -> Bulletin:
        """An upload whose voice of one minute is named by the hash of its title."""
        bulletin = self.upload(actor, title)
        with self.store.write() as rows:
            job = rows.bulletins.claim_job(self.now, self.now + CLAIM_FOR)
            assert job is not None
            rows.bulletins.finish(job, Voice(sha(title), 1000, 60_000, -16.0))
        with self.store.read() as rows:
            found = rows.bulletins.get(bulletin.id)
        assert found is not None
        return found

    def broadcast(
        self,
        *audiences: str,
        when: When | None = None,
        actor: Account | None = None,
        bulletin: Bulletin | None = None,
    ) -> Broadcast:
        """At five in the afternoon unless told otherwise."""
        author = actor or self.commune
        piece = bulletin or self.ready(author)
        order = Order((piece.id,), audiences or ("a-phu-cat",), when or At(FIVE_PM))
        return create_broadcast(self.services, author, order)

    def take_due(self, limit: int = 1000) -> list[DueDocument]:
        return self.desk.take_due(self.now - RENEW_AFTER, limit)

    def publish(self, limit: int = 1000) -> dict[str, int]:
        """What the bridge does, without a broker: versions that are now out."""
        due = self.take_due(limit)
        for each in due:
            self.desk.note_published(each, self.now)
        return {each.key: each.version for each in due}

    def say(self, station: str, *, retained: bool = False, **facts: object) -> bool:
        """A state from a station, online unless told otherwise."""
        fields: dict[str, object] = {
            "station": station,
            "boot": 1,
            "connection": 1,
            "status": StationStatus.ONLINE,
            "sent_at": self.now,
            "clock": ClockTrust.SYNCHRONISED,
            "agent_version": "0.1.0",
            **facts,
        }
        with open_ledger(self.engine) as ledger:
            return ingest_state(
                state=State.model_validate(fields),
                retained=retained,
                presences=ledger.presences,
                now=self.now,
            )

    def report(self, station: str, *records: Record) -> Ingested:
        """A report from a station that holds everything from its first record on."""
        message = Report(station=station, boot=1, oldest=records[0].sequence, records=records)
        with open_ledger(self.engine) as ledger:
            return ingest_report(report=message, journals=ledger.journals, now=self.now)


def sha(title: str) -> str:
    return hashlib.sha256(title.encode()).hexdigest()


def a_record(sequence: int, kind: RecordKind, **facts: object) -> Record:
    fields: dict[str, object] = {"sequence": sequence, "boot": 1, "at": NOW, "kind": kind, **facts}
    return Record.model_validate(fields)


def a_play(
    first: int, broadcast: Broadcast, planned_at: datetime, late_ms: int = 12
) -> tuple[Record, Record]:
    """Started and ended records of a whole minute."""
    local = planned_at.astimezone(UTC).replace(tzinfo=None) + timedelta(hours=7)
    facts = {
        "occurrence": f"{broadcast.id}@{local.isoformat(timespec='seconds')}",
        "broadcast": broadcast.id,
        "item": sha(broadcast.title),
        "planned_at": planned_at,
        "offset_ms": 0,
    }
    actual_at = planned_at + timedelta(milliseconds=late_ms)
    started = a_record(first, RecordKind.STARTED, actual_at=actual_at, **facts)
    ended_at = actual_at + timedelta(minutes=1)
    ended = a_record(first + 1, RecordKind.ENDED, code="completed", played_ms=60_000, **facts)
    return started, ended.model_copy(update={"at": ended_at})


def together(*deeds: Callable[[], object]) -> None:
    """Run all at the same moment, each in a thread; the first failure is raised here."""
    barrier = threading.Barrier(len(deeds))
    failures: list[BaseException] = []

    def run(deed: Callable[[], object]) -> None:
        barrier.wait(30)
        try:
            deed()
        except BaseException as error:  # noqa: BLE001 - raised again below
            failures.append(error)

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if failures:
        raise failures[0]
