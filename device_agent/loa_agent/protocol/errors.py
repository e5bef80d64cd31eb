"""Why a message or document was not accepted.

ProtocolError
  SealError      unsigned, bad_signature, foreign_key, malformed
  DocumentError  older, expired, not_for_me, wrong_topic, malformed_document
"""

from collections.abc import Mapping


class ProtocolError(Exception):
    """The peer sent something we do not obey; `code` is stable, `facts` are for people."""

    def __init__(self, code: str, facts: Mapping[str, str | int] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.facts = dict(facts or {})


class SealError(ProtocolError):
    """The signature around a message does not hold."""


class DocumentError(ProtocolError):
    """The signature holds, but the content must not be obeyed."""
