"""The server over HTTP as a technician meets it: enrolment, and whether it answers at all."""

import json
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import urllib3
from typing_extensions import override
from urllib3.exceptions import HTTPError, NameResolutionError, SSLError

from loa_agent.enrol import Desk, EnrolError

TIMEOUT_S = 15.0
MAX_ANSWER_BYTES = 256 * 1024
KNOWN_CODES = frozenset({"claim_unknown", "claim_used", "claim_expired", "too_many_attempts"})


@dataclass(frozen=True, slots=True)
class Health:
    """The server answered; `server_time` when it said it, to a second."""

    server_time: datetime | None


class HttpDesk(Desk):
    """One connection per question."""

    def __init__(self) -> None:
        self._pool = urllib3.PoolManager(
            num_pools=1, retries=False, timeout=urllib3.Timeout(connect=TIMEOUT_S, read=TIMEOUT_S)
        )

    @override
    def enrol(self, server: str, body: dict[str, str]) -> bytes:
        status, raw, _ = self._ask("POST", server, "/api/v1/enrol", json.dumps(body).encode())
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return raw
        code = _code(raw)
        if code in KNOWN_CODES:
            raise EnrolError(code)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise EnrolError("server_failed", status=str(status))
        if code is not None:
            raise EnrolError("server_refused", code=code)
        raise EnrolError("wrong_server", address=server)

    def health(self, server: str) -> Health:
        """Ask whether the server is there; raises EnrolError."""
        status, _, date = self._ask("GET", server, "/healthz", None)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise EnrolError("server_failed", status=str(status))
        if status != HTTPStatus.OK:
            raise EnrolError("wrong_server", address=server)
        try:
            return Health(parsedate_to_datetime(date).astimezone(UTC))
        except (TypeError, ValueError):
            return Health(None)

    def _ask(
        self, method: str, server: str, path: str, body: bytes | None
    ) -> tuple[int, bytes, str]:
        headers = {"Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            answer = self._pool.request(
                method,
                server + path,
                body=body,
                headers=headers,
                redirect=False,
                preload_content=False,
            )
            try:
                raw = answer.read(MAX_ANSWER_BYTES)
            finally:
                answer.close()
        except (SSLError, ssl.SSLError) as error:
            raise EnrolError("tls_failed", detail=str(error)) from error
        except NameResolutionError as error:
            raise EnrolError("name_unknown", host=server) from error
        except (HTTPError, OSError) as error:
            raise EnrolError("server_unreachable", address=server, detail=str(error)) from error
        return answer.status, raw, answer.headers.get("Date", "")


def _code(raw: bytes) -> str | None:
    try:
        found = json.loads(raw)
    except ValueError:
        return None
    code = found.get("code") if isinstance(found, dict) else None
    return code if isinstance(code, str) else None
