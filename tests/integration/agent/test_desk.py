"""What a technician is told when the server is not what was hoped for."""

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from loa_agent.adapters.desk_urllib3 import HttpDesk
from loa_agent.enrol import EnrolError
from loa_server.serve.ports import free_ports

pytestmark = pytest.mark.integration


class Stranger(ThreadingHTTPServer):
    """Some web server that answers everything alike."""

    daemon_threads = True

    def __init__(self, status: int, body: bytes) -> None:
        (port,) = free_ports(1)
        super().__init__(("127.0.0.1", port), _Answer)
        self.status, self.body = status, body
        self.asked: list[str] = []
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def address(self, scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.server_port}"

    def close(self) -> None:
        self.shutdown()
        self.server_close()


class _Answer(BaseHTTPRequestHandler):
    server: Stranger

    def log_message(self, *_: object) -> None:
        """Tests have their own words."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.send_header("Location", "https://elsewhere.example.vn/")
        self.end_headers()
        self.wfile.write(self.server.body)


@pytest.fixture
def stranger(request: pytest.FixtureRequest) -> Iterator[Stranger]:
    stranger = Stranger(*request.param)
    yield stranger
    stranger.close()


def reason(address: str) -> str:
    with pytest.raises(EnrolError) as refusal:
        HttpDesk().enrol(address, {"code": "CODE"})
    return refusal.value.reason


@pytest.mark.parametrize(
    ("stranger", "told"),
    [
        ((404, b'{"code": "claim_unknown"}'), "claim_unknown"),
        ((410, b'{"code": "claim_used"}'), "claim_used"),
        ((410, b'{"code": "claim_expired"}'), "claim_expired"),
        ((429, b'{"code": "too_many_attempts"}'), "too_many_attempts"),
        ((422, b'{"code": "bad_request"}'), "server_refused"),
        ((404, b"<html>Not Found</html>"), "wrong_server"),
        ((302, b""), "wrong_server"),
        ((502, b"<html>Bad Gateway</html>"), "server_failed"),
        ((404, b'["a list"]'), "wrong_server"),
    ],
    ids=["unknown", "used", "expired", "many", "refused", "page", "moved", "down", "list"],
    indirect=["stranger"],
)
def test_each_refusal_has_its_reason(stranger: Stranger, told: str) -> None:
    assert reason(stranger.address()) == told
    assert stranger.asked == ["/api/v1/enrol"]


def test_nobody_at_the_address_is_told_apart_from_a_name_nobody_has() -> None:
    (port,) = free_ports(1)

    assert reason(f"http://127.0.0.1:{port}") == "server_unreachable"
    assert reason("http://nobody.invalid") == "name_unknown"


@pytest.mark.parametrize("stranger", [(200, b"{}")], indirect=True, ids=["plain"])
def test_a_server_that_speaks_no_tls_is_not_spoken_to(stranger: Stranger) -> None:
    assert reason(stranger.address("https")) == "tls_failed"
    assert stranger.asked == []


@pytest.mark.parametrize("stranger", [(200, b"{}")], indirect=True, ids=["own certificate"])
def test_a_certificate_nobody_vouches_for_is_not_believed(
    stranger: Stranger, tmp_path: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own_certificate(tmp_path))
    stranger.socket = context.wrap_socket(stranger.socket, server_side=True)

    assert reason(stranger.address("https")) == "tls_failed"
    assert stranger.asked == []


@pytest.mark.parametrize("stranger", [(200, b"ok")], indirect=True, ids=["healthy"])
def test_a_healthy_server_tells_its_time(stranger: Stranger) -> None:
    health = HttpDesk().health(stranger.address())

    assert health.server_time is not None
    assert abs(datetime.now(UTC) - health.server_time) < timedelta(seconds=5)


def own_certificate(folder: Path) -> Path:
    """Key and certificate for this machine, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, socket.gethostname()[:60])])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = folder / "own.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return pem
