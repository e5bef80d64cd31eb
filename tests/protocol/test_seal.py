import pytest
from loa_agent.protocol.documents import Ack
from loa_agent.protocol.errors import SealError
from loa_agent.protocol.seal import SigningKey, TrustedKeys, b64url, seal, unseal
from makers import AUTHORITY, NOON

TRUSTED = TrustedKeys.of({AUTHORITY.kid: AUTHORITY.public_b64})
ACK = Ack(station="tram-1", sequence=7, issued_at=NOON)


def test_a_sealed_message_opens_with_the_trusted_key() -> None:
    payload = unseal(seal(ACK, AUTHORITY), TRUSTED)

    assert Ack.model_validate_json(payload) == ACK


def test_a_plain_message_is_unsigned() -> None:
    with pytest.raises(SealError) as caught:
        unseal(ACK.model_dump_json().encode(), TRUSTED)

    assert caught.value.code == "unsigned"


def test_a_message_that_names_no_algorithm_is_unsigned() -> None:
    head = b64url(b'{"alg":"none","kid":"x"}')

    with pytest.raises(SealError) as caught:
        unseal(f"{head}.{b64url(b'{}')}.".encode(), TRUSTED)

    assert caught.value.code == "unsigned"


def test_one_altered_letter_breaks_the_seal() -> None:
    head, _, signature = seal(ACK, AUTHORITY).decode().split(".")
    other = b64url(ACK.model_copy(update={"sequence": 8}).model_dump_json().encode())

    with pytest.raises(SealError) as caught:
        unseal(f"{head}.{other}.{signature}".encode(), TRUSTED)

    assert caught.value.code == "bad_signature"


def test_a_key_nobody_trusts_is_foreign_even_when_it_borrows_a_key_id() -> None:
    stranger = SigningKey.generate()

    with pytest.raises(SealError) as caught:
        unseal(seal(ACK, stranger), TRUSTED)

    assert caught.value.code == "foreign_key"


@pytest.mark.parametrize("raw", [b"", b"a.b.c", b"\xff\xfe", b"x" * 2_000_000])
def test_noise_is_malformed_and_nothing_worse(raw: bytes) -> None:
    with pytest.raises(SealError) as caught:
        unseal(raw, TRUSTED)

    assert caught.value.code == "malformed"


def test_a_key_survives_its_file() -> None:
    again = SigningKey.from_pem(AUTHORITY.to_pem())

    assert again.kid == AUTHORITY.kid
