"""Stations on screen, their claims, and what a device may ask for."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from loa_agent.protocol.seal import SigningKey, seal
from loa_server.api.app import LoaApp
from loa_server.application.fetch_blob import BlobRequest
from loa_server.domain.stations import CLAIM_LIFE
from visitors import Visitor, make_app, refusal
from werkzeug.test import TestResponse
from world import AUTHORITY, World, sha

KEY = SigningKey.generate()
TITLE = "Tiêm chủng"


def device(code: str, **changes: Any) -> dict[str, Any]:
    return {
        "code": code,
        "public_key": KEY.public_b64,
        "broker_password": "p" * 32,
        "agent_version": "0.1.0",
        "hardware": "Raspberry Pi 4",
        **changes,
    }


def claim(commune: Visitor, station: str = "phu-cat-1") -> str:
    code: str = commune.post(f"/stations/{station}/claim").get_json()["code"]
    return code


def test_a_new_station_waits_for_its_device(commune: Visitor) -> None:
    answer = commune.post("/stations", {"name": " Loa  chợ ", "area": "an-hanh"})

    assert answer.status_code == 201
    station = answer.get_json()
    assert commune.get(f"/stations/{station['id']}").get_json() == station
    assert station in commune.get("/stations").get_json()
    assert station | {"id": ""} == {
        "id": "",
        "name": "Loa chợ",
        "area": "an-hanh",
        "area_name": "An Hành",
        "status": "never",
        "enrolled": False,
        "clock": None,
        "playing": None,
        "playing_title": None,
        "last_seen": None,
        "conditions": [],
        "up_to_date": False,
        "volume_percent": 80,
        "agent_version": None,
        "free_bytes": None,
    }


def test_a_station_is_shown_as_it_last_said(town: World, commune: Visitor) -> None:
    town.say("phu-cat-1", conditions=("disk_low",), free_bytes=5)

    station = commune.get("/stations/phu-cat-1").get_json()

    assert (station["status"], station["clock"]) == ("online", "synchronised")
    assert (station["conditions"], station["free_bytes"]) == (["disk_low"], 5)
    assert station["last_seen"] == "2026-11-23T03:00:00.000Z"


def test_a_claim_for_a_station_elsewhere_is_refused_like_one_for_none(neighbour: Visitor) -> None:
    elsewhere = neighbour.post("/stations/phu-cat-1/claim")
    nowhere = neighbour.post("/stations/no-such-1/claim")

    assert refusal(elsewhere) == refusal(nowhere) == (404, "not_found")


def test_a_claim_shows_the_line_to_type_and_its_picture(commune: Visitor) -> None:
    answer = commune.post("/stations/phu-cat-1/claim")

    assert answer.status_code == 201
    claim = answer.get_json()
    assert claim["command"] == f"loa-agent enrol http://localhost {claim['code']}"
    assert claim["expires_at"] == "2026-11-24T03:00:00.000Z"
    assert claim["qr_svg"].startswith("<svg")
    assert "style" not in claim["qr_svg"]


def test_stations_are_told_the_public_address_when_there_is_one(
    town: World, tmp_path: Path
) -> None:
    app = make_app(town, tmp_path, public_address="https://loa.example.vn")

    claim = Visitor(app).sign_in("phu-cat").post("/stations/phu-cat-1/claim").get_json()

    assert claim["command"].startswith("loa-agent enrol https://loa.example.vn ")


def test_a_device_with_the_code_becomes_the_station(commune: Visitor, anyone: Visitor) -> None:
    code = claim(commune)

    answer = anyone.post("/enrol", device(code.lower().replace("-", " "), battery="new field"))

    assert answer.status_code == 200
    assert answer.get_json() == {
        "station": "phu-cat-1",
        "name": "Loa phu-cat-1",
        "keys": {AUTHORITY.kid: AUTHORITY.public_b64},
        "broker": {"host": "localhost", "port": 1883, "tls": False},
        "first_boot": 1,
        "first_sequence": 1,
        "server_time": "2026-11-23T03:00:00.000Z",
    }
    assert commune.get("/stations/phu-cat-1").get_json()["enrolled"]


def test_a_code_that_is_no_good_is_refused_by_its_reason(
    town: World, commune: Visitor, anyone: Visitor
) -> None:
    used, late = claim(commune), claim(commune, "an-hanh-1")
    anyone.post("/enrol", device(used))
    again = anyone.post("/enrol", device(used))
    town.now += CLAIM_LIFE + timedelta(seconds=1)

    assert refusal(again) == (410, "claim_used")
    assert refusal(anyone.post("/enrol", device(late))) == (410, "claim_expired")
    assert refusal(anyone.post("/enrol", device("ABCD"))) == (404, "claim_unknown")


@pytest.mark.parametrize(
    "changes", [{"public_key": "short"}, {"broker_password": "short"}, {"code": None}]
)
def test_a_device_must_bring_a_key_and_a_password(
    commune: Visitor, anyone: Visitor, changes: dict[str, Any]
) -> None:
    answer = anyone.post("/enrol", device(claim(commune)) | changes)

    assert refusal(answer) == (422, "bad_request")


def test_codes_are_not_tried_one_after_another(anyone: Visitor) -> None:
    answers = [refusal(anyone.post("/enrol", device(f"CODE{number}"))) for number in range(21)]

    assert answers == [(404, "claim_unknown")] * 20 + [(429, "too_many_attempts")]


class Device:
    """An enrolled station asking for audio."""

    def __init__(self, town: World, app: LoaApp) -> None:
        self.town = town
        self.client = app.test_client()

    def fetch(self, sha256: str, key: SigningKey = KEY, **changes: Any) -> TestResponse:
        facts = {"station": "phu-cat-1", "at": self.town.now, **changes}
        token = seal(BlobRequest.model_validate(facts), key).decode()
        headers = {"X-Loa-Station": facts["station"], "Authorization": f"Loa {token}"}
        path = f"/api/v1/blobs/{sha256}"
        return self.client.get(path, headers=headers, buffered=True)


@pytest.fixture
def enrolled(town: World, app: LoaApp, commune: Visitor) -> Device:
    commune.post("/enrol", device(claim(commune)))
    blobs = town.services.blobs.folder  # type: ignore[attr-defined]
    blobs.mkdir(exist_ok=True)
    (blobs / sha("khác")).write_bytes(b"x")
    town.broadcast()
    return Device(town, app)


def test_a_station_gets_the_audio_of_its_own_documents(enrolled: Device) -> None:
    answer = enrolled.fetch(sha(TITLE))

    assert (answer.status_code, answer.data) == (200, TITLE.encode())
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert {"private", "immutable"} <= set(answer.headers["Cache-Control"].split(", "))


def test_audio_of_no_document_of_the_station_is_refused(enrolled: Device) -> None:
    assert refusal(enrolled.fetch(sha("khác"))) == (403, "forbidden")
    assert refusal(enrolled.fetch("..")) in {(404, "not_found"), (403, "forbidden")}


def test_nobody_else_gets_audio_in_the_name_of_a_station(
    enrolled: Device, commune: Visitor
) -> None:
    foreign = enrolled.fetch(sha(TITLE), SigningKey.generate())
    other = enrolled.fetch(sha(TITLE), station="an-hanh-1")
    old = enrolled.fetch(sha(TITLE), at=enrolled.town.now - timedelta(minutes=6))
    unsigned = commune.get(f"/blobs/{sha(TITLE)}")

    assert {refusal(each) for each in (foreign, other, old, unsigned)} == {(403, "forbidden")}


def test_stations_are_told_to_come_back_when_too_many_fetch(enrolled: Device, app: LoaApp) -> None:
    places = app.extensions["loa"].downloads
    while places.acquire(blocking=False):
        pass

    answer = enrolled.fetch(sha(TITLE))

    assert refusal(answer) == (503, "busy")
    assert int(answer.headers["Retry-After"]) > 0


def test_audio_that_is_gone_is_said_to_be_gone(enrolled: Device, town: World) -> None:
    (town.services.blobs.folder / sha(TITLE)).unlink()  # type: ignore[attr-defined]

    assert refusal(enrolled.fetch(sha(TITLE))) == (404, "not_found")
