"""The server's time is read off acknowledgements that answer us, and off nothing else."""

from datetime import datetime, timedelta

import pytest
from loa_agent.core.events import MessageArrived
from loa_agent.protocol import topics
from loa_agent.protocol.documents import Ack
from loa_agent.protocol.reports import ClockTrust
from loa_agent.protocol.seal import SigningKey, TrustedKeys, seal
from loa_agent.runtime.server_time import ServerTime
from makers import AUTHORITY, NOON, STATION

SECOND = timedelta(seconds=1)
KEYS = TrustedKeys.of({AUTHORITY.kid: AUTHORITY.public_b64})


class FakeClock:
    """Moved by hand; remembers what it was compared with."""

    def __init__(self) -> None:
        self.at = NOON
        self.steady = 0.0
        self.compared: list[tuple[datetime, datetime, datetime]] = []

    def now(self) -> datetime:
        return self.at

    def trust(self) -> ClockTrust:
        return ClockTrust.UNTRUSTED

    def compare(self, server_time: datetime, asked_at: datetime, answered_at: datetime) -> None:
        self.compared.append((server_time, asked_at, answered_at))

    def pass_s(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.steady += seconds


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def server_time(clock: FakeClock) -> ServerTime:
    return ServerTime(STATION, clock, lambda: clock.steady)


def an_ack(clock: FakeClock, sequence: int, key: SigningKey = AUTHORITY) -> MessageArrived:
    ack = Ack(station=STATION, sequence=sequence, issued_at=NOON + 100 * SECOND)
    return MessageArrived(clock.at, topics.ack(STATION), seal(ack, key))


def test_question_and_answer_bracket_the_time_the_server_wrote(
    server_time: ServerTime, clock: FakeClock
) -> None:
    server_time.asked(7)
    clock.pass_s(2)

    assert server_time.heard(an_ack(clock, 7), KEYS)

    assert clock.compared == [(NOON + 100 * SECOND, NOON, NOON + 2 * SECOND)]


def test_a_repeated_question_does_not_shorten_the_bracket(
    server_time: ServerTime, clock: FakeClock
) -> None:
    server_time.asked(7)
    clock.pass_s(5)
    server_time.asked(7)
    clock.pass_s(1)

    server_time.heard(an_ack(clock, 7), KEYS)

    assert clock.compared[0][1:] == (NOON, NOON + 6 * SECOND)


def test_an_acknowledgement_nobody_waits_for_teaches_nothing(
    server_time: ServerTime, clock: FakeClock
) -> None:
    assert not server_time.heard(an_ack(clock, 7), KEYS)

    server_time.asked(8)

    assert not server_time.heard(an_ack(clock, 7), KEYS)
    assert clock.compared == []


def test_the_same_acknowledgement_counts_once(server_time: ServerTime, clock: FakeClock) -> None:
    server_time.asked(7)
    ack = an_ack(clock, 7)
    server_time.heard(ack, KEYS)

    assert not server_time.heard(ack, KEYS)
    assert len(clock.compared) == 1


def test_a_strangers_acknowledgement_is_not_believed(
    server_time: ServerTime, clock: FakeClock
) -> None:
    server_time.asked(7)

    assert not server_time.heard(an_ack(clock, 7, SigningKey.generate()), KEYS)

    assert server_time.heard(an_ack(clock, 7), KEYS)


def test_a_clock_stepped_between_question_and_answer_is_not_compared(
    server_time: ServerTime, clock: FakeClock
) -> None:
    server_time.asked(7)
    clock.at += timedelta(hours=1)

    assert server_time.heard(an_ack(clock, 7), KEYS)

    assert clock.compared == []
