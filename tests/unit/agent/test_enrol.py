"""A board becomes a station, or a person reads why it did not."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from loa_agent.config import Folder, IdentityError, load_identity
from loa_agent.enrol import Claim, EnrolError, enrol, server_address
from loa_agent.protocol.seal import SigningKey, from_b64url, key_id

AUTHORITY = SigningKey.generate()
URL = "https://loa.example.vn"


class FakeDesk:
    """A server that answers as told and remembers what it was shown."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, str]] = []
        self.refuse: EnrolError | None = None
        self.answer: dict[str, object] = {
            "station": "phu-cat-1",
            "name": "Phù Cát 1",
            "keys": {AUTHORITY.kid: AUTHORITY.public_b64},
            "broker": {"host": "loa.example.vn", "port": 8883, "tls": True},
            "first_boot": 3,
            "first_sequence": 40,
            "server_time": datetime(2026, 11, 24, tzinfo=UTC).isoformat(),
            "added_later": True,
        }

    def enrol(self, server: str, body: dict[str, str]) -> bytes:
        assert server == URL
        self.bodies.append(body)
        if self.refuse is not None:
            raise self.refuse
        return json.dumps(self.answer).encode()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "station")


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


def test_the_key_stays_here_and_the_identity_is_what_the_server_said(
    folder: Folder, desk: FakeDesk
) -> None:
    enrol(folder, Claim(URL, " CODE "), desk, "0.1.0")

    identity, key = load_identity(folder)
    (body,) = desk.bodies
    assert body["code"] == "CODE"
    assert key_id(from_b64url(body["public_key"])) == key.kid == identity.kid
    assert identity.broker_password == body["broker_password"]
    assert len(identity.broker_password) >= 32
    assert (identity.station, identity.first_boot, identity.first_sequence) == ("phu-cat-1", 3, 40)
    assert (identity.broker.host, identity.broker.port, identity.broker.tls) == (
        "loa.example.vn",
        8883,
        True,
    )


def test_what_is_secret_is_readable_by_its_owner_only_and_nothing_is_left_over(
    folder: Folder, desk: FakeDesk
) -> None:
    enrol(folder, Claim(URL, "CODE"), desk, "0.1.0")

    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.root.iterdir()}
    assert modes == {"identity.json": 0o600, "station.pem": 0o600}


def test_a_try_whose_answer_was_lost_is_repeated_with_the_same_key_and_password(
    folder: Folder, desk: FakeDesk
) -> None:
    desk.refuse = EnrolError("server_unreachable")
    with pytest.raises(EnrolError):
        enrol(folder, Claim(URL, "CODE"), desk, "0.1.0")
    assert folder.pending.stat().st_mode & 0o777 == 0o600

    desk.refuse = None
    enrol(folder, Claim(URL, "CODE"), desk, "0.1.0")

    first, second = desk.bodies
    assert first == second


def test_another_code_gets_another_key(folder: Folder, desk: FakeDesk) -> None:
    desk.refuse = EnrolError("claim_used")
    for code in ("FIRST", "SECOND"):
        with pytest.raises(EnrolError):
            enrol(folder, Claim(URL, code), desk, "0.1.0")

    first, second = desk.bodies
    assert first["public_key"] != second["public_key"]
    assert first["broker_password"] != second["broker_password"]


def test_a_refusal_leaves_the_former_station_as_it_was(folder: Folder, desk: FakeDesk) -> None:
    enrol(folder, Claim(URL, "CODE"), desk, "0.1.0")
    before = load_identity(folder)[0]

    desk.refuse = EnrolError("claim_unknown")
    with pytest.raises(EnrolError):
        enrol(folder, Claim(URL, "WRONG"), desk, "0.1.0")

    assert load_identity(folder)[0] == before


def test_enrolling_anew_forgets_documents_and_clock_but_not_audio(
    folder: Folder, desk: FakeDesk
) -> None:
    folder.documents.mkdir(parents=True)
    folder.blobs.mkdir()
    (folder.documents / "manifest@a-x.jws").write_bytes(b"sealed")
    (folder.blobs / ("a" * 64)).write_bytes(b"voice")
    folder.clock.write_text("{}")

    enrol(folder, Claim(URL, "CODE"), desk, "0.1.0")

    assert not folder.documents.exists()
    assert not folder.clock.exists()
    assert (folder.blobs / ("a" * 64)).exists()


@pytest.mark.parametrize(
    "change", [{"keys": {}}, {"station": "../etc"}, {"keys": {"x": "?"}}, {"broker": None}]
)
def test_an_answer_that_makes_no_sense_is_not_a_loa_server(
    folder: Folder, desk: FakeDesk, change: dict[str, object]
) -> None:
    desk.answer |= change

    with pytest.raises(EnrolError) as refusal:
        enrol(folder, Claim(URL, "CODE"), desk, "0.1.0")

    assert refusal.value.reason == "wrong_server"
    with pytest.raises(IdentityError):
        load_identity(folder)


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("https://loa.example.vn/", "https://loa.example.vn"),
        ("loa.example.vn", "https://loa.example.vn"),
        ("https://loa.example.vn:8443/nested/", "https://loa.example.vn:8443/nested"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
        ("http://192.168.1.5", "http://192.168.1.5"),
    ],
)
def test_an_address_is_understood_as_people_type_it(typed: str, understood: str) -> None:
    assert server_address(typed, resolve=lambda host: [host]) == understood


@pytest.mark.parametrize(
    ("typed", "addresses", "reason"),
    [
        ("http://loa.example.vn", ["203.162.4.191"], "plain_http_refused"),
        ("http://loa.example.vn", ["192.168.1.5", "203.162.4.191"], "plain_http_refused"),
        ("ftp://loa.example.vn", [], "address_unreadable"),
        ("https://user:word@loa.example.vn", [], "address_unreadable"),
        ("https://loa.example.vn:port", [], "address_unreadable"),
        ("https://", [], "address_unreadable"),
    ],
)
def test_an_address_that_must_not_be_used_is_refused_by_name(
    typed: str, addresses: list[str], reason: str
) -> None:
    with pytest.raises(EnrolError) as refusal:
        server_address(typed, resolve=lambda _host: addresses)

    assert refusal.value.reason == reason


def test_an_unknown_name_is_said_to_be_unknown() -> None:
    def nobody(_host: str) -> list[str]:
        raise OSError

    with pytest.raises(EnrolError) as refusal:
        server_address("http://loa.nowhere", resolve=nobody)

    assert refusal.value.reason == "name_unknown"


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda f: f.identity.unlink(), "not_enrolled"),
        (lambda f: f.identity.write_text("{"), "identity_unreadable"),
        (lambda f: f.key.unlink(), "key_unreadable"),
        (lambda f: f.key.write_text("not a key"), "key_unreadable"),
        (lambda f: f.key.write_bytes(SigningKey.generate().to_pem()), "key_foreign"),
    ],
    ids=["no identity", "broken identity", "no key", "broken key", "another key"],
)
def test_a_broken_identity_is_told_apart(
    folder: Folder, desk: FakeDesk, spoil: Callable[[Folder], object], reason: str
) -> None:
    enrol(folder, Claim(URL, "CODE"), desk, "0.1.0")
    spoil(folder)

    with pytest.raises(IdentityError) as refusal:
        load_identity(folder)

    assert refusal.value.reason == reason
