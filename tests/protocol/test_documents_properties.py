"""Any document survives its journey, and acceptance never lets the past back in."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loa_agent.protocol import topics
from loa_agent.protocol.acceptance import judge, open_document
from loa_agent.protocol.documents import (
    Broadcast,
    BroadcastClass,
    Config,
    Document,
    Item,
    Late,
    LatePolicy,
    Manifest,
    Rule,
    Window,
)
from loa_agent.protocol.errors import ProtocolError
from loa_agent.protocol.ids import AUDIENCE_PATTERN, ID_PATTERN
from loa_agent.protocol.seal import TrustedKeys, seal
from makers import AUTHORITY, NOON

TRUSTED = TrustedKeys.of({AUTHORITY.kid: AUTHORITY.public_b64})
TEXT = "%Y-%m-%dT%H:%M:%S"

ids = st.from_regex(ID_PATTERN, fullmatch=True)
audiences = st.from_regex(AUDIENCE_PATTERN, fullmatch=True)
instants = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
local_starts = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)).map(
    lambda each: each.strftime(TEXT)
)
items = st.builds(
    Item,
    id=ids,
    title=st.text(max_size=20),
    sha256=st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    bytes=st.integers(1, 2**40),
    duration_ms=st.integers(1, 3_600_000),
)
rules = st.builds(
    Rule,
    start=local_starts,
    zone=st.sampled_from(["Asia/Ho_Chi_Minh", "UTC", "Europe/Berlin"]),
    rrule=st.sampled_from([None, "FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,FR"]),
    times=st.lists(st.sampled_from(["00:00", "05:30", "23:59"]), max_size=3).map(tuple),
    dates=st.lists(local_starts, max_size=2).map(tuple),
    except_dates=st.lists(local_starts, max_size=2).map(tuple),
)
broadcasts = st.builds(
    Broadcast,
    id=ids,
    title=st.text(max_size=20),
    class_=st.sampled_from(BroadcastClass),
    items=st.lists(items, min_size=1, max_size=3).map(tuple),
    rule=rules,
    late=st.builds(Late, policy=st.sampled_from(LatePolicy), slip_ms=st.integers(0, 86_400_000)),
    begins_at=st.none() | instants,
    ends_at=st.none() | instants,
)
common = {"version": st.integers(1, 2**40), "issued_at": instants, "not_after": instants}
manifests = st.builds(
    Manifest,
    audience=audiences,
    level=st.integers(0, 9),
    broadcasts=st.lists(broadcasts, max_size=4).map(tuple),
    **common,
)
configs = st.builds(
    Config,
    station=ids,
    name=st.text(max_size=20),
    audiences=st.lists(audiences, max_size=4).map(tuple),
    zone=st.just("Asia/Ho_Chi_Minh"),
    hours=st.lists(
        st.builds(
            Window,
            weekdays=st.lists(st.integers(1, 7), max_size=7).map(tuple),
            start=st.sampled_from(["00:00", "05:00"]),
            end=st.sampled_from(["21:00", "24:00"]),
        ),
        max_size=3,
    ).map(tuple),
    volume_percent=st.integers(0, 100),
    delay_ms=st.integers(0, 2000),
    keys=st.just({AUTHORITY.kid: AUTHORITY.public_b64}),
    **common,
)


def topic_of(document: Document) -> str:
    if isinstance(document, Manifest):
        return topics.manifest(document.audience)
    assert isinstance(document, Config)
    return topics.config(document.station)


@settings(max_examples=150, deadline=None)
@given(manifests | configs)
def test_a_document_arrives_as_it_was_sent(document: Document) -> None:
    raw = seal(document, AUTHORITY)

    assert open_document(topic_of(document), raw, TRUSTED) == document


@settings(max_examples=150, deadline=None)
@given(manifests | configs, audiences)
def test_a_document_is_refused_on_every_other_topic(document: Document, audience: str) -> None:
    for topic in {topics.manifest(audience), topics.alert(audience)} - {topic_of(document)}:
        with pytest.raises(ProtocolError) as caught:
            open_document(topic, seal(document, AUTHORITY), TRUSTED)

        assert caught.value.code in {"wrong_topic", "malformed_document"}


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(-3, 3)), max_size=30),
    st.lists(st.booleans(), min_size=30, max_size=30),
)
def test_a_station_never_holds_an_older_or_expired_version(
    arrivals: list[tuple[int, int]], trusted: list[bool]
) -> None:
    held: Manifest | None = None
    for (version, days), clock_is_trusted in zip(arrivals, trusted, strict=False):
        document = Manifest(
            version=version,
            issued_at=NOON,
            not_after=NOON + timedelta(days=days),
            audience="a-xa",
            level=2,
        )
        now = NOON if clock_is_trusted else None
        try:
            judge(document, None if held is None else held.version, now)
        except ProtocolError:
            continue
        assert held is None or document.version >= held.version
        assert not clock_is_trusted or document.not_after > NOON
        held = document


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_noise_never_does_worse_than_be_refused(noise: bytes) -> None:
    for raw in (noise, seal(Late(), AUTHORITY)[:40] + noise, noise + b"." + noise + b"." + noise):
        with pytest.raises(ProtocolError):
            open_document(topics.manifest("a-xa"), raw, TRUSTED)
