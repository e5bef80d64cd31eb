"""What leads out of the board: server, broker, clock, sound."""

import ssl
import threading
from datetime import datetime

from loa_agent.adapters.bus_paho_link import BusAddress, Ears, PahoLink
from loa_agent.adapters.clock_system import SystemClock
from loa_agent.adapters.desk_urllib3 import HttpDesk
from loa_agent.adapters.player_deck import OpenSink
from loa_agent.check.finding import Fact, Finding
from loa_agent.config import Folder, Identity
from loa_agent.enrol import EnrolError
from loa_agent.ports import SinkError
from loa_agent.protocol.reports import ClockTrust

DIFFERS_S = 4.0
"""Three seconds of people's patience and one that the server's answer leaves out."""
SILENCE = bytes(48_000 // 10 * 2)
"""A tenth of a second of samples."""


def check_server(identity: Identity, desk: HttpDesk) -> tuple[Finding, datetime | None]:
    """Whether the server answers, and its time."""
    try:
        health = desk.health(identity.server)
    except EnrolError as error:
        facts = {"address": identity.server, **error.facts}
        return Finding("server", good=False, outcome=error.reason, facts=facts), None
    facts = {"address": identity.server}
    return Finding("server", good=True, outcome="server_fine", facts=facts), health.server_time


def check_broker(identity: Identity) -> Finding:
    """Whether the broker lets us in; under another client id, so that a running station stays."""
    broker = identity.broker
    facts: dict[str, Fact] = {"host": broker.host, "port": broker.port}
    welcome = threading.Event()
    address = BusAddress(
        broker.host,
        broker.port,
        identity.station,
        identity.broker_password,
        ssl.create_default_context() if broker.tls else None,
        f"{identity.station}-check",
    )

    def welcomed() -> None:
        welcome.set()
        link.end("checked")

    link = PahoLink(address, Ears(welcomed, lambda _topic, _payload: None), None)
    try:
        link.open()
    except (OSError, ValueError) as error:
        told = {**facts, "detail": str(error)}
        return Finding("broker", good=False, outcome="broker_unreachable", facts=told)
    link.wait()
    link.close()
    if welcome.is_set():
        return Finding("broker", good=True, outcome="broker_fine", facts=facts)
    told = {**facts, "detail": link.reason}
    return Finding("broker", good=False, outcome="broker_refused", facts=told)


def check_clock(folder: Folder, server_time: datetime | None) -> Finding:
    """Whether the station may play by its clock, and how far it is from the server's."""
    clock = SystemClock(folder.clock, looks=True)
    clock.open()
    trust = clock.trust()
    facts: dict[str, Fact] = {"now": clock.now().strftime("%Y-%m-%d %H:%M:%S UTC")}
    if server_time is not None:
        facts["seconds"] = round((clock.now() - server_time).total_seconds(), 1)
        if abs(float(facts["seconds"])) > DIFFERS_S:
            return Finding("clock", good=False, outcome="clock_differs", facts=facts)
    if trust is ClockTrust.SYNCHRONISED:
        return Finding("clock", good=True, outcome="clock_synchronised", facts=facts)
    if trust is ClockTrust.HELD_OVER:
        return Finding("clock", good=True, outcome="clock_held_over", facts=facts)
    if server_time is not None:
        return Finding("clock", good=True, outcome="clock_agrees_with_server", facts=facts)
    return Finding("clock", good=False, outcome="clock_untrusted", facts=facts)


def check_sound(open_sink: OpenSink, device: str | None, *, running: bool) -> Finding:
    """Whether sound can leave; the running station may hold the card."""
    facts = {"device": device or "-"}
    try:
        sink = open_sink()
        try:
            if device is not None:
                sink.write(SILENCE)
        finally:
            sink.close()
    except SinkError as error:
        if running:
            return Finding("sound", good=True, outcome="sound_in_use", facts=facts)
        return Finding("sound", good=False, outcome=error.code, facts=facts)
    outcome = "sound_to_files" if device is None else "sound_fine"
    return Finding("sound", good=True, outcome=outcome, facts=facts)
