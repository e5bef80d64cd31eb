"""Sign-in at a provider outside: OpenID Connect code flow with PKCE, by Authlib."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests import RequestException

from loa_server.application.proofs import Departure, Identity
from loa_server.domain.problems import Problem

SCOPE = "openid email profile"
ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519")
"""Signatures with a key pair only: never none, never one made with a secret both sides know."""
TIMEOUT_S = 10.0
SKEW_S = 120
"""How far the provider's clock may be off."""
VERIFIER_LETTERS = 64
NONCE_LETTERS = 43
WELL_KNOWN = "/.well-known/openid-configuration"
MOST_ID = 200

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OidcClient:
    """What the provider knows us by; `name` is what people call the provider."""

    issuer: str
    client_id: str
    client_secret: str
    name: str


class OidcSignIn:
    """Implements the port `OutsideSignIn`."""

    def __init__(self, client: OidcClient) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._known: Mapping[str, Any] | None = None  # Any: the provider's own description

    @property
    def name(self) -> str:
        """What people call the provider."""
        return self._client.name

    def depart(self, return_to: str) -> Departure:
        """Where to send the browser; raises Problem `outside_unreachable`."""
        endpoint = self._endpoint("authorization_endpoint")
        verifier, nonce = generate_token(VERIFIER_LETTERS), generate_token(NONCE_LETTERS)
        with self._session(return_to) as session:
            url, state = session.create_authorization_url(
                endpoint, code_verifier=verifier, nonce=nonce, state=generate_token(NONCE_LETTERS)
            )
        return Departure(url, state, nonce, verifier)

    def arrive(self, departure: Departure, return_to: str, code: str, now: datetime) -> Identity:
        """Exchange the code and judge the answer.

        Raises:
            Problem: `outside_unreachable`, or `outside_refused` when the code or anything in the
                answer is not what it must be.
        """
        endpoint = self._endpoint("token_endpoint")
        with self._session(return_to) as session:
            answer = _reached(
                lambda: session.fetch_token(
                    endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=departure.verifier,
                )
            )
        claims = self._judged(answer, departure.nonce, now)
        subject = str(claims["sub"])
        if not 0 < len(subject) <= MOST_ID:
            raise Problem("outside_refused")
        email = claims.get("email") if claims.get("email_verified") is True else None
        return Identity(self._client.issuer, subject, None if email is None else str(email))

    def _judged(self, answer: Mapping[str, Any], nonce: str, now: datetime) -> Mapping[str, Any]:
        """Claims of the ID token, once signature, issuer, audience, times and nonce are right."""
        try:
            token = jwt.decode(str(answer["id_token"]), self._keys(), algorithms=ALGORITHMS)
            claims = CodeIDToken(
                token.claims,
                token.header,
                options={
                    "iss": {"essential": True, "value": self._client.issuer},
                    "aud": {"essential": True, "value": self._client.client_id},
                },
                params={
                    "nonce": nonce,
                    "client_id": self._client.client_id,
                    "access_token": answer.get("access_token"),
                },
            )
            claims.validate(now=int(now.timestamp()), leeway=SKEW_S)
        except (JoseError, KeyError, TypeError, ValueError) as error:
            raise Problem("outside_refused") from error
        return cast("Mapping[str, Any]", claims)

    def _keys(self) -> KeySet:
        """Read each time: providers change their keys, and people sign in seldom."""
        endpoint = self._endpoint("jwks_uri")
        with self._session("") as session:
            return KeySet.import_key_set(_reached(lambda: _json(session, endpoint)))

    def _endpoint(self, name: str) -> str:
        """An address from the provider's description, which is read once."""
        with self._lock:
            if self._known is None:
                self._known = self._described()
            known = self._known
        if not isinstance(known.get(name), str):
            raise Problem("outside_refused")
        return str(known[name])

    def _described(self) -> Mapping[str, Any]:
        address = self._client.issuer.rstrip("/") + WELL_KNOWN
        with self._session("") as session:
            found: Mapping[str, Any] = _reached(lambda: _json(session, address))
        # Who answers for another issuer would have us trust its keys for that issuer's people.
        if found.get("issuer") != self._client.issuer:
            raise Problem("outside_refused")
        return found

    def _session(self, return_to: str) -> Any:
        """Any: the library has no types."""
        return OAuth2Session(
            self._client.client_id,
            self._client.client_secret,
            scope=SCOPE,
            redirect_uri=return_to,
            code_challenge_method="S256",
            default_timeout=TIMEOUT_S,
        )


def _json(session: Any, address: str) -> Any:
    """Any: what another server sends."""
    answer = session.get(address, withhold_token=True)
    answer.raise_for_status()
    return answer.json()


def _reached(ask: Callable[[], T]) -> T:
    """What was asked for; raises Problem when the provider is away or says no."""
    try:
        return ask()
    except AuthlibBaseError as error:
        raise Problem("outside_refused") from error
    except (RequestException, ValueError) as error:
        raise Problem("outside_unreachable") from error
