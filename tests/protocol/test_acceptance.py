import json
from datetime import timedelta

import pytest
from loa_agent.protocol import topics
from loa_agent.protocol.acceptance import judge, open_document, parse
from loa_agent.protocol.errors import DocumentError
from loa_agent.protocol.reports import State
from loa_agent.protocol.seal import TrustedKeys, seal
from makers import AUTHORITY, NOON, a_config, a_manifest

TRUSTED = TrustedKeys.of({AUTHORITY.kid: AUTHORITY.public_b64})


def test_a_document_replayed_on_another_topic_is_refused() -> None:
    raw = seal(a_manifest(audience="a-xa"), AUTHORITY)

    with pytest.raises(DocumentError) as caught:
        open_document(topics.manifest("a-khac"), raw, TRUSTED)

    assert caught.value.code == "wrong_topic"


def test_settings_sent_as_a_manifest_are_malformed() -> None:
    raw = seal(a_config(), AUTHORITY)

    with pytest.raises(DocumentError) as caught:
        open_document(topics.manifest("a-xa"), raw, TRUSTED)

    assert caught.value.code == "malformed_document"


def test_an_older_version_is_refused_and_the_same_one_is_not() -> None:
    judge(a_manifest(version=4), 4, NOON)

    with pytest.raises(DocumentError) as caught:
        judge(a_manifest(version=3), 4, NOON)

    assert caught.value.code == "older"


def test_an_expired_document_is_refused_by_a_trusted_clock_only() -> None:
    stale = a_manifest(not_after=NOON - timedelta(seconds=1))
    judge(stale, None, None)

    with pytest.raises(DocumentError) as caught:
        judge(stale, None, NOON)

    assert caught.value.code == "expired"


@pytest.mark.parametrize(
    "words",
    [
        {"agent_version": "0" * 100_000},
        {"playing": "b" * 100_000},
        {"conditions": ["c" * 100_000]},
        {"conditions": ["disk_full"] * 1000},
        {"versions": {f"manifest/a-{number}": 1 for number in range(1000)}},
    ],
)
def test_a_state_says_no_more_than_a_screen_can_show(words: dict[str, object]) -> None:
    said = {"type": "state", "station": "x", "boot": 1, "connection": 1, "status": "online"}
    told = json.dumps({**said, "sent_at": "2026-11-23T10:00:00Z", **words}).encode()

    with pytest.raises(DocumentError) as caught:
        parse(State, told)

    assert caught.value.code == "malformed_document"
