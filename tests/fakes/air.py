"""A broker in memory: retained messages, last wills, passwords; and it can lie, lose and fail."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from loa_agent.protocol import topics
from loa_server.application.messaging import BusError, StationAccess

Message = tuple[str, bytes]


class Listener(Protocol):
    """Who is connected."""

    def heard(self, topic: str, payload: bytes) -> None:
        """A message came; called in the middle of whatever goes on, so only keep it."""


@dataclass
class Client:
    """One connection; `will` goes out when it breaks."""

    listener: Listener
    will: Message
    topics: frozenset[str] = field(default_factory=frozenset)


class Air:
    """Implements `StationBus` and `BrokerAccess` towards the server."""

    def __init__(self) -> None:
        self.retained: dict[str, bytes] = {}
        self.clients: dict[str, Client] = {}
        self.passwords: dict[str, str] = {}
        self.wills_held_back: list[Message] | None = None
        self.fail_next: str | None = None
        self.published: list[Message] = []
        self.upward: list[Message] = []
        self.twice = False
        self.to_server: Callable[[str, bytes, bool], None] = lambda *_: None
        self.rewrite: Callable[[str, bytes], bytes | None] = lambda _topic, raw: raw
        """What an evil broker makes of a document on its way down; None withholds it."""

    # Towards the server

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        if self.fail_next is not None:
            reason, self.fail_next = self.fail_next, None
            raise BusError(reason)
        self.published.append((topic, payload))
        if retain:
            self.retained[topic] = payload
            if not payload:
                del self.retained[topic]
        for client in tuple(self.clients.values()):
            if topic in client.topics:
                self._down(client, topic, payload)

    def allow(self, stations: Sequence[StationAccess]) -> bool:
        """Whoever is no longer let in is cut off."""
        fresh = {each.station: each.password for each in stations}
        for name in [n for n, p in self.passwords.items() if fresh.get(n) != p]:
            self.cut(name)
        changed, self.passwords = fresh != self.passwords, fresh
        return changed

    # Towards stations

    def connect(self, name: str, password: str, listener: Listener, will: Message) -> bool:
        """False when the password is wrong. A second connection of a name ends the first."""
        if self.passwords.get(name) != password:
            return False
        self.cut(name)
        self.clients[name] = Client(listener, will)
        return True

    def cut(self, name: str) -> None:
        """The connection breaks: the broker speaks the will, at once or much later."""
        client = self.clients.pop(name, None)
        if client is None:
            return
        if self.wills_held_back is not None:
            self.wills_held_back.append(client.will)
        else:
            self.up(*client.will, retain=True)

    def subscribe(self, name: str, wanted: Sequence[str]) -> None:
        """Exactly these topics; what is retained on the new ones comes at once."""
        client = self.clients.get(name)
        if client is None:
            return
        fresh = frozenset(wanted) - client.topics
        client.topics = frozenset(wanted)
        for topic in sorted(fresh & self.retained.keys()):
            self._down(client, topic, self.retained[topic])

    def up(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """From a station to the server."""
        self.upward.append((topic, payload))
        if retain:
            self.retained[topic] = payload
        for _ in range(2 if self.twice else 1):
            self.to_server(topic, payload, False)  # noqa: FBT003 - the bus calls it so

    def speak_wills(self) -> None:
        """What was held back arrives."""
        wills, self.wills_held_back = self.wills_held_back or [], None
        for will in wills:
            self.up(*will, retain=True)

    def lose_everything(self) -> None:
        """The broker starts anew with an empty store; every connection breaks without a word."""
        self.retained = {}
        self.clients = {}

    def documents(self) -> dict[str, bytes]:
        """What is retained for stations."""
        up = topics.UP_FILTER.removesuffix("#")
        return {topic: raw for topic, raw in self.retained.items() if not topic.startswith(up)}

    def _down(self, client: Client, topic: str, payload: bytes) -> None:
        changed = self.rewrite(topic, payload)
        if changed is not None:
            client.listener.heard(topic, changed)
