"""What is kept of a token or code that is itself unguessable."""

import hashlib


def digest(token: str) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()
