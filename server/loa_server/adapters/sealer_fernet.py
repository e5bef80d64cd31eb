"""Seals short texts that travel through a browser and come back."""

import base64
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class FernetSealer:
    """Implements the port `Sealer`; `key` is the server's own secret."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def seal(self, purpose: str, text: str, now: datetime) -> str:
        """Neither readable nor changeable by who carries it."""
        return self._for(purpose).encrypt_at_time(text.encode(), int(now.timestamp())).decode()

    def opened(self, purpose: str, token: str, now: datetime, life: timedelta) -> str | None:
        """The text; None when it is older than `life`, for another purpose, or not ours."""
        seconds = int(life.total_seconds())
        try:
            raw = self._for(purpose).decrypt_at_time(
                token.encode(), ttl=seconds, current_time=int(now.timestamp())
            )
        except InvalidToken:
            return None
        return raw.decode()

    def _for(self, purpose: str) -> Fernet:
        info = f"loa seal {purpose}".encode()
        derived = HKDF(SHA256(), 32, salt=None, info=info).derive(self._key)
        return Fernet(base64.urlsafe_b64encode(derived))
