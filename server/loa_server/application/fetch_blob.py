"""A station asks for audio: who asks is proved by its key, what it may have by its documents."""

from datetime import datetime
from pathlib import Path

from loa_agent.protocol.documents import Wire
from loa_agent.protocol.errors import ProtocolError
from loa_agent.protocol.seal import TrustedKeys, unseal
from pydantic import AwareDatetime, ValidationError

from loa_server.application.services import Services
from loa_server.domain.problems import Problem
from loa_server.domain.stations import BLOB_REQUEST_LIFE


class BlobRequest(Wire):
    """What a station signs with every request."""

    station: str
    at: AwareDatetime


def fetch_blob(services: Services, *, claimed_station: str, token: bytes, sha256: str) -> Path:
    """Where the audio lies.

    Raises:
        Problem: `forbidden` when the signature, its age or the station's documents do not
            allow it; `not_found` when the audio is gone.
    """
    station = services.queries.station(claimed_station)
    if station is None or station.kid is None or station.public_key is None:
        raise Problem("forbidden")
    now = services.clock()
    _verify(token, station.id, {station.kid: station.public_key}, now)
    if not services.queries.may_fetch(station.id, sha256, now):
        raise Problem("forbidden")
    path = services.blobs.path(sha256)
    if path is None:
        raise Problem("not_found", {"sha256": sha256})
    return path


def _verify(token: bytes, station: str, keys: dict[str, str], now: datetime) -> None:
    try:
        request = BlobRequest.model_validate_json(unseal(token, TrustedKeys.of(keys)))
    except (ProtocolError, ValidationError) as error:
        raise Problem("forbidden") from error
    if request.station != station or abs(request.at - now) > BLOB_REQUEST_LIFE:
        raise Problem("forbidden", {"server_time": now.isoformat()})
