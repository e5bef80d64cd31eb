"""Messages of protocol 1 as bytes: what was once published is read the same way for ever."""

import hashlib
import json

import pytest
from golden_messages import (
    AUTHORITY,
    EVIL,
    FOLDER,
    GOOD,
    NOW,
    OVERSIZE,
    STATION,
    payload_of,
)
from loa_agent.core import commands as c
from loa_agent.core import events as e
from loa_agent.core.machine import step
from loa_agent.core.state import Brain
from loa_agent.protocol import topics
from loa_agent.protocol.reports import ClockTrust, Record, RecordKind
from loa_agent.protocol.seal import SigningKey, TrustedKeys, seal, unseal

EVIL_NAMES = sorted(path.name.removesuffix(".jws") for path in EVIL.glob("*.jws"))


@pytest.mark.parametrize("name", GOOD)
def test_a_golden_message_is_read_as_meant_and_written_again_identically(name: str) -> None:
    expected, _, key = GOOD[name]
    payload = (FOLDER / f"{name}.json").read_bytes()

    read = type(expected).model_validate_json(payload)

    assert read == expected
    assert payload_of(read) == payload
    assert seal(read, key) == (FOLDER / f"{name}.jws").read_bytes()


@pytest.mark.parametrize("name", GOOD)
def test_a_golden_seal_opens_with_the_test_key(name: str) -> None:
    _, _, key = GOOD[name]
    sealed = (FOLDER / f"{name}.jws").read_bytes()

    payload = unseal(sealed, TrustedKeys.of({key.kid: key.public_b64}))

    assert payload == (FOLDER / f"{name}.json").read_bytes()


@pytest.mark.parametrize("name", GOOD)
def test_fields_of_a_later_server_are_ignored_at_every_depth(name: str) -> None:
    expected, _, _ = GOOD[name]
    fields = json.loads((FOLDER / f"{name}.json").read_bytes())

    read = type(expected).model_validate_json(json.dumps(_with_news(fields)))

    assert read == expected


MAPS = frozenset({"keys", "versions"})
"""Objects whose keys are data, not fields."""


def _with_news(value: object) -> object:
    if isinstance(value, list):
        return [_with_news(each) for each in value]
    if isinstance(value, dict):
        known = {k: v if k in MAPS else _with_news(v) for k, v in value.items()}
        return {"added_later": {"x": [1]}} | known
    return value


def test_no_golden_file_was_edited_added_unrecorded_or_taken_away() -> None:
    lines = (FOLDER.parent / "HASHES").read_text(encoding="ascii").splitlines()
    recorded = {name: digest for digest, name in (line.split("  ") for line in lines)}

    found = {
        path.relative_to(FOLDER.parent).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in FOLDER.rglob("*")
        if path.is_file()
    }

    assert len(recorded) == len(lines)
    assert found == recorded


@pytest.fixture
def brain() -> Brain:
    """A station with the golden settings and timetable and a trusted clock."""
    booted = e.Booted(
        now=NOW,
        station=STATION,
        boot=12,
        since=NOW,
        keys={AUTHORITY.kid: AUTHORITY.public_b64},
        documents={
            topic: (FOLDER / f"{name}.jws").read_bytes()
            for name, (_, topic, _) in GOOD.items()
            if name in {"config", "manifest"}
        },
        blobs=frozenset(),
        history=(),
        last_sequence=0,
        acked_sequence=0,
    )
    state, _ = step(None, booted)
    state, _ = step(state, e.ClockJudged(NOW, ClockTrust.SYNCHRONISED))
    return state


@pytest.mark.parametrize("name", EVIL_NAMES)
def test_an_evil_message_is_refused_with_its_code_and_changes_nothing(
    name: str, brain: Brain
) -> None:
    expected = json.loads((EVIL / f"{name}.expected.json").read_bytes())
    raw = (EVIL / f"{name}.jws").read_bytes()

    after, commands = step(brain, e.MessageArrived(NOW, expected["topic"], raw))

    (record,) = _journaled(commands)
    assert (record.kind, record.code) == (RecordKind.REFUSED, expected["code"])
    assert after.documents == brain.documents
    assert not any(isinstance(each, c.StoreDocument | c.PlayTestTone) for each in commands)


def test_what_is_larger_than_any_message_may_be_is_refused(brain: Brain) -> None:
    message = e.MessageArrived(NOW, topics.manifest("a-phu-cat"), OVERSIZE)

    _, commands = step(brain, message)

    assert [record.code for record in _journaled(commands)] == ["malformed"]


def test_an_empty_payload_is_nothing_and_changes_nothing(brain: Brain) -> None:
    after, commands = step(brain, e.MessageArrived(NOW, topics.manifest("a-phu-cat"), b""))

    assert after.documents == brain.documents
    assert _journaled(commands) == []


def test_the_test_keys_are_recognisably_no_secrets() -> None:
    assert AUTHORITY.private.private_bytes_raw() == b"\x01" * 32
    assert SigningKey.from_pem(AUTHORITY.to_pem()).kid == AUTHORITY.kid


def _journaled(commands: list[c.Command]) -> list[Record]:
    return [each.record for each in commands if isinstance(each, c.Journal)]
