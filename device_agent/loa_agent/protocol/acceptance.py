"""Whether a document may be obeyed: the rules every station applies before anything else looks."""

from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from loa_agent.protocol import topics
from loa_agent.protocol.documents import Alert, Config, Document, Manifest
from loa_agent.protocol.errors import DocumentError
from loa_agent.protocol.occurrences import rule_problem
from loa_agent.protocol.seal import TrustedKeys, unseal

T = TypeVar("T", bound=BaseModel)

_BY_KIND: dict[str, type[Document]] = {"manifest": Manifest, "alert": Alert, "config": Config}


def open_document(topic: str, raw: bytes, keys: TrustedKeys) -> Document:
    """Unseal and parse the document that came on `topic`.

    Raises:
        SealError: the signature does not hold.
        DocumentError: `malformed_document` or `wrong_topic` (a document replayed elsewhere).
    """
    kind, _, owner = topics.document_key(topic).partition("/")
    model = _BY_KIND.get(kind)
    if model is None:
        raise DocumentError("wrong_topic", {"topic": topic})
    document = parse(model, unseal(raw, keys))
    named = document.station if isinstance(document, Config) else getattr(document, "audience", "")
    if named != owner:
        raise DocumentError("wrong_topic", {"topic": topic, "named": named})
    _require_promised(document)
    return document


def _require_promised(document: Document) -> None:
    """Refuse whole what could not be obeyed later: a rule or a key that says nothing."""
    match document:
        case Config(keys=keys):
            try:
                TrustedKeys.of(keys)
            except ValueError as error:
                raise DocumentError("malformed_document", {"field": "keys"}) from error
        case Manifest(broadcasts=broadcasts) | Alert(alerts=broadcasts):
            for number, broadcast in enumerate(broadcasts):
                problem = rule_problem(broadcast.rule)
                if problem is not None:
                    facts = {"field": f"broadcasts.{number}.rule.rrule", "problem": problem}
                    raise DocumentError("malformed_document", facts)
        case _:
            pass


def parse(model: type[T], payload: bytes) -> T:
    """Validate a payload; raises DocumentError `malformed_document` naming the first bad field."""
    try:
        return model.model_validate_json(payload)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DocumentError("malformed_document", {"field": where}) from error


def judge(document: Document, held_version: int | None, now: datetime | None) -> None:
    """Refuse what is older than the version held or expired.

    `now` is None while the clock is not trusted: expiry then cannot be judged and waits.
    The same version again is accepted, since retained messages repeat at every connect.

    Raises:
        DocumentError: `older` or `expired`.
    """
    if held_version is not None and document.version < held_version:
        raise DocumentError("older", {"version": document.version, "held": held_version})
    if now is not None and document.not_after <= now:
        raise DocumentError("expired", {"not_after": document.not_after.isoformat()})
