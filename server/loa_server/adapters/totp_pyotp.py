"""One-time codes by time with pyotp; secrets lie sealed: a stolen database opens nothing."""

import base64
import os
from collections.abc import Sequence
from datetime import datetime
from hmac import compare_digest

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ISSUER = "Loa"
STEP_S = 30
WINDOW = 1
"""Steps a telephone's clock may be off, either way."""
SECRET_LETTERS = 32
"""160 bits in base 32, as RFC 4226 recommends."""
NONCE_BYTES = 12
PURPOSE = b"loa second factor 1"


class TotpCodes:
    """Implements the port `OneTimeCodes`; `key` is the server's own secret."""

    def __init__(self, key: str) -> None:
        derived = HKDF(SHA256(), 32, salt=None, info=PURPOSE).derive(key.encode())
        self._seal = AESGCM(derived)

    def new_secret(self, account: str) -> str:
        """A new secret, sealed for one account: 64 letters."""
        raw = base64.b32decode(pyotp.random_base32(SECRET_LETTERS))
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self._seal.encrypt(nonce, raw, account.encode())
        return base64.urlsafe_b64encode(sealed).decode()

    def opened(self, account: str, sealed_secret: str) -> str:
        """The secret in base 32; raises ValueError when it was not sealed for this account."""
        sealed = base64.urlsafe_b64decode(sealed_secret)
        nonce, content = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            raw = self._seal.decrypt(nonce, content, account.encode())
        except InvalidTag as error:
            raise ValueError("second_factor_unreadable") from error
        return base64.b32encode(raw).decode()

    def uri(self, secret: str, username: str) -> str:
        """An `otpauth://` address."""
        return _totp(secret).provisioning_uri(name=username, issuer_name=ISSUER)

    def steps(self, secret: str, code: str, now: datetime) -> Sequence[int]:
        """Time steps around `now` at which this is the code, earliest first."""
        totp, current = _totp(secret), int(now.timestamp()) // STEP_S
        near = range(current - WINDOW, current + WINDOW + 1)
        # All are compared, whichever fits: the time taken tells nothing.
        fits = [compare_digest(totp.generate_otp(step).encode(), code.encode()) for step in near]
        return [step for step, fit in zip(near, fits, strict=True) if fit]


def _totp(secret: str) -> pyotp.TOTP:
    return pyotp.TOTP(secret, interval=STEP_S)
