"""River 5: messages that arrive, verified before anything else looks at them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from loa_agent.core.commands import (
    Command,
    Journal,
    MarkAcked,
    PlayTestTone,
    Restart,
    SendReport,
    StoreDocument,
)
from loa_agent.core.events import MessageArrived
from loa_agent.core.records import blank
from loa_agent.core.state import Brain
from loa_agent.protocol import documents as wire
from loa_agent.protocol import topics
from loa_agent.protocol.acceptance import judge, open_document, parse
from loa_agent.protocol.errors import DocumentError, ProtocolError
from loa_agent.protocol.reports import MAX_DOCUMENT, ClockTrust, RecordKind
from loa_agent.protocol.seal import TrustedKeys, unseal

MAX_REFUSALS_KEPT = 200
MAX_COMMANDS_KEPT = 100
TRUST = "trust/"
"""Under `trust/<version>` lie the settings that brought other keys, to prove them after a start."""


def restore_documents(state: Brain, stored: Mapping[str, bytes]) -> Brain:
    """What the disk held; a document that no longer verifies is left out and will come again.

    Expiry is not judged here: without network an old timetable beats silence until `not_after`
    is seen by a trusted clock (see `planner`).
    """
    known = _known_keys(state, stored)
    found = {}
    for topic, raw in stored.items():
        try:
            found[topics.document_key(topic)] = open_document(topic, raw, known)
        except ProtocolError:
            continue
    return _with_keys(replace(state, keys=known, documents=found))


def _known_keys(state: Brain, stored: Mapping[str, bytes]) -> TrustedKeys:
    """Enrolment's keys and every successor: each change of keys is proved by the key before it.

    What lies on our disk was verified when it came, so old keys count here, unlike on the wire.
    """
    known = state.keys
    links = {topics.document_key(topic): raw for topic, raw in stored.items()}
    for key in sorted((k for k in links if k.startswith(TRUST)), key=_link_number):
        try:
            link = open_document(topics.config(state.station), links[key], known)
        except ProtocolError:
            continue
        if isinstance(link, wire.Config):
            known = TrustedKeys({**known.by_kid, **TrustedKeys.of(link.keys).by_kid})
    return known


def _link_number(key: str) -> int:
    number = key.removeprefix(TRUST)
    return int(number) if number.isdecimal() else 0


def message_arrived(state: Brain, event: MessageArrived) -> tuple[Brain, list[Command]]:
    """Obey a message or refuse it with a record.

    Nothing at all is what a broker sends when a document was taken off it; since nobody signed
    that, it changes nothing.
    """
    if not event.raw:
        return state, []
    key = topics.document_key(event.topic)
    try:
        if key == f"ack/{state.station}":
            return _ack(state, event)
        if key.startswith("command/"):
            return _command(state, event)
        return _document(state, event, key)
    except ProtocolError as error:
        return _refuse(state, event, key, error)


def _document(state: Brain, event: MessageArrived, key: str) -> tuple[Brain, list[Command]]:
    document = open_document(event.topic, event.raw, state.keys)
    _require_mine(state, key)
    held = state.documents.get(key)
    judge(document, None if held is None else held.version, _trusted_now(state, event.now))
    if held is not None and document.version == held.version:
        return state, []
    state = replace(state, documents={**state.documents, key: document}, plan=None)
    facts = {"document": key, "version": document.version}
    record = blank(state, event.now, RecordKind.RECEIVED).model_copy(update=facts)
    commands: list[Command] = [StoreDocument(key, event.raw), Journal(record)]
    trusting = _with_keys(state)
    if trusting.keys.by_kid.keys() != state.keys.by_kid.keys():
        commands.insert(0, StoreDocument(f"{TRUST}{document.version}", event.raw))
    return trusting, commands


def _require_mine(state: Brain, key: str) -> None:
    """Refuse what is meant for others, though its seal holds."""
    kind, _, owner = key.partition("/")
    audiences = () if state.config is None else state.config.audiences
    if owner != state.station if kind == "config" else owner not in audiences:
        raise DocumentError("not_for_me", {"document": key})


def _with_keys(state: Brain) -> Brain:
    """Settings, themselves signed by a trusted key, say which keys are trusted from now on."""
    config = state.config
    if config is None or not config.keys:
        return state
    return replace(state, keys=TrustedKeys.of(config.keys))


def _trusted_now(state: Brain, now: datetime) -> datetime | None:
    return None if state.clock is ClockTrust.UNTRUSTED else now


def _ack(state: Brain, event: MessageArrived) -> tuple[Brain, list[Command]]:
    ack = parse(wire.Ack, unseal(event.raw, state.keys))
    if ack.station != state.station:
        raise DocumentError("wrong_topic", {"named": ack.station})
    sequence = min(ack.sequence, state.last_sequence)
    if sequence <= state.acked_sequence:
        return state, []
    return replace(state, acked_sequence=sequence), [MarkAcked(sequence)]


def _command(state: Brain, event: MessageArrived) -> tuple[Brain, list[Command]]:
    command = parse(wire.Command, unseal(event.raw, state.keys))
    if event.topic != topics.command(command.audience):
        raise DocumentError("wrong_topic", {"named": command.audience})
    _require_mine(state, topics.document_key(event.topic))
    if command.id in state.commands_seen:
        return state, []
    now = _trusted_now(state, event.now)
    if now is None or command.expires_at <= now:
        raise DocumentError("expired", {"id": command.id})
    seen = (*state.commands_seen, command.id)[-MAX_COMMANDS_KEPT:]
    state = replace(state, commands_seen=seen)
    match command.action:
        case wire.CommandAction.TEST_TONE:
            return state, [PlayTestTone()]
        case wire.CommandAction.RESTART:
            return state, [Restart()]
        case wire.CommandAction.SEND_LOG:
            return state, [SendReport(state.acked_sequence)]


def _refuse(
    state: Brain, event: MessageArrived, key: str, error: ProtocolError
) -> tuple[Brain, list[Command]]:
    """Written down once a boot for each document and reason: a flood cannot fill the disk."""
    mark = f"{key} {error.code} {error.facts.get('version', '')}"
    if mark in state.refused or len(state.refused) >= MAX_REFUSALS_KEPT:
        return state, []
    facts = {
        "document": key[:MAX_DOCUMENT],
        "code": error.code,
        "version": error.facts.get("version"),
    }
    record = blank(state, event.now, RecordKind.REFUSED).model_copy(update=facts)
    return replace(state, refused=state.refused | {mark}), [Journal(record)]
