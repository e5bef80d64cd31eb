"""Ids, codes and passwords: unguessable, legible, bounded."""

import threading

import pytest
from argon2 import PasswordHasher, extract_parameters
from loa_agent.protocol.ids import is_id
from loa_server.adapters.identifiers import RandomSecrets
from loa_server.adapters.passwords_argon2 import AT_ONCE, Argon2Passwords
from loa_server.domain.problems import Problem
from loa_server.domain.stations import CLAIM_LENGTH, CLAIM_LETTERS, plain, spoken

PASSWORD = "con trâu đi cày"


class FakeHasher:
    """Counts how many hash at once and waits until it is let go."""

    def __init__(self) -> None:
        self.running = 0
        self.most = 0
        self.lock = threading.Lock()
        self.go = threading.Event()
        self.entered = threading.Semaphore(0)

    def hash(self, password: str) -> str:
        with self.lock:
            self.running += 1
            self.most = max(self.most, self.running)
        self.entered.release()
        assert self.go.wait(20)
        with self.lock:
            self.running -= 1
        return password


def held(at_once: int, patience_s: float) -> tuple[Argon2Passwords, FakeHasher]:
    passwords, hasher = Argon2Passwords(at_once, patience_s), FakeHasher()
    passwords._hasher = hasher  # type: ignore[assignment]
    return passwords, hasher


def test_ids_fit_into_topics_and_never_repeat() -> None:
    made = {RandomSecrets().identifier("bp") for _ in range(2000)}

    assert len(made) == 2000
    assert all(is_id(each) and len(each) == 15 for each in made)


def test_claim_codes_have_letters_nobody_confuses_and_survive_being_read_aloud() -> None:
    code = RandomSecrets().claim_code()

    assert len(code) == CLAIM_LENGTH
    assert set(code) <= set(CLAIM_LETTERS)
    assert plain(spoken(code).lower()) == code


def test_tokens_never_repeat() -> None:
    made = {RandomSecrets().token() for _ in range(2000)}

    assert len(made) == 2000
    assert min(map(len, made)) >= 43


def test_a_password_is_right_for_its_own_hash_only() -> None:
    passwords = Argon2Passwords()
    kept = passwords.hash(PASSWORD)

    assert passwords.verify(kept, PASSWORD)
    assert not passwords.verify(kept, f"{PASSWORD} ")
    assert passwords.hash(PASSWORD) != kept


@pytest.mark.parametrize("kept", [None, "", "not-a-hash"])
def test_nobody_has_a_right_password(kept: str | None) -> None:
    assert not Argon2Passwords().verify(kept, PASSWORD)


def test_nobody_costs_what_somebody_costs() -> None:
    """Equal parameters make equal work; a clock would only measure how busy the machine is."""
    nobody = extract_parameters(Argon2Passwords()._nobody())

    assert nobody == extract_parameters(PasswordHasher().hash(PASSWORD))


def test_only_a_few_hash_at_once() -> None:
    passwords, hasher = held(AT_ONCE, 20)
    threads = [threading.Thread(target=passwords.hash, args=("x",)) for _ in range(6)]

    for thread in threads:
        thread.start()
    for _ in range(AT_ONCE):
        assert hasher.entered.acquire(timeout=20)
    more = hasher.entered.acquire(timeout=0.2)
    hasher.go.set()
    for thread in threads:
        thread.join(20)

    assert not more
    assert hasher.most == AT_ONCE


def test_who_waits_too_long_is_told_to_come_back() -> None:
    passwords, hasher = held(1, 0.05)
    busy = threading.Thread(target=passwords.hash, args=("x",))
    busy.start()
    assert hasher.entered.acquire(timeout=20)

    with pytest.raises(Problem, match="too_many_attempts"):
        passwords.verify(None, PASSWORD)

    hasher.go.set()
    busy.join(20)
