"""Ids, tokens and claim codes from the operating system's random source."""

import secrets

from loa_server.domain.stations import CLAIM_LENGTH, CLAIM_LETTERS

ID_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""Fit for topics and file names, and none is taken for another."""
ID_LENGTH = 12
"""59 bits: nobody guesses one, and none is ever made twice."""
TOKEN_BYTES = 32


class RandomSecrets:
    """Implements the port `Secrets`."""

    def identifier(self, prefix: str) -> str:
        """A short public id such as `bt-3fk29dkqw7tz`."""
        return f"{prefix}-{_letters(ID_LETTERS, ID_LENGTH)}"

    def token(self) -> str:
        """A session or CSRF token."""
        return secrets.token_urlsafe(TOKEN_BYTES)

    def claim_code(self) -> str:
        """Letters of a claim code, without dashes."""
        return _letters(CLAIM_LETTERS, CLAIM_LENGTH)


def _letters(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))
