"""The seal on every message: compact JWS (RFC 7515) with EdDSA over Ed25519 (RFC 8037)."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel

from loa_agent.protocol.errors import SealError

ALGORITHM = "EdDSA"
MAX_SEALED_BYTES = 900 * 1024
"""Below the broker's 1 MiB payload limit."""

_JWS = jwt.PyJWS(algorithms=[ALGORITHM])


def b64url(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_b64url(text: str) -> bytes:
    """Inverse of `b64url`; raises ValueError on anything else."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def key_id(public_raw: bytes) -> str:
    """First 16 hex digits of the SHA-256 of the raw public key."""
    return hashlib.sha256(public_raw).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private Ed25519 key; never printed, never sent."""

    private: Ed25519PrivateKey

    @classmethod
    def generate(cls) -> Self:
        """A new key from the operating system's random source (edges only)."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, pem: bytes) -> Self:
        """Read PKCS#8 PEM; raises ValueError when it is not an Ed25519 key."""
        try:
            key = serialization.load_pem_private_key(pem, password=None)
        except (TypeError, UnsupportedAlgorithm) as error:
            raise ValueError("key_unreadable") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("key_not_ed25519")  # noqa: TRY004 - the file is wrong, not the type
        return cls(key)

    def to_pem(self) -> bytes:
        """PKCS#8 PEM without password; the file's mode guards it."""
        return self.private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    @property
    def public_raw(self) -> bytes:
        """The 32 bytes of the public key."""
        return self.private.public_key().public_bytes_raw()

    @property
    def public_b64(self) -> str:
        """The public key as it travels."""
        return b64url(self.public_raw)

    @property
    def kid(self) -> str:
        """The key's id in message headers."""
        return key_id(self.public_raw)


@dataclass(frozen=True, slots=True)
class TrustedKeys:
    """Public keys whose word is obeyed, by key id."""

    by_kid: Mapping[str, Ed25519PublicKey]

    @classmethod
    def of(cls, keys: Mapping[str, str]) -> Self:
        """From `{kid: public key base64url}`; raises ValueError on a broken key."""
        return cls({k: Ed25519PublicKey.from_public_bytes(from_b64url(v)) for k, v in keys.items()})


def seal(message: BaseModel, key: SigningKey) -> bytes:
    """Sign a message; the result is what travels over MQTT."""
    payload = message.model_dump_json(by_alias=True, exclude_none=True).encode()
    return _JWS.encode(payload, key.private, ALGORITHM, headers={"kid": key.kid}).encode()


def unseal(raw: bytes, keys: TrustedKeys) -> bytes:
    """Payload of a sealed message whose signature holds.

    Raises:
        SealError: `unsigned`, `malformed`, `foreign_key` or `bad_signature`.
    """
    if len(raw) > MAX_SEALED_BYTES:
        raise SealError("malformed", {"bytes": len(raw)})
    if raw[:1] == b"{":
        raise SealError("unsigned")
    try:
        header = _JWS.get_unverified_header(raw)
    except jwt.PyJWTError as error:
        raise SealError("malformed") from error
    if header.get("alg") != ALGORITHM:
        raise SealError("unsigned", {"alg": str(header.get("alg"))})
    kid = str(header.get("kid"))
    public = keys.by_kid.get(kid)
    if public is None:
        raise SealError("foreign_key", {"kid": kid})
    try:
        payload: bytes = _JWS.decode(raw, public, algorithms=[ALGORITHM])
    except jwt.PyJWTError as error:
        raise SealError("bad_signature", {"kid": kid}) from error
    return payload
