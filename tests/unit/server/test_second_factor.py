"""One-time codes: set up, asked for, spent once, counted when wrong, kept sealed."""

import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
from loa_server.adapters.db.store import read_audit
from loa_server.adapters.totp_pyotp import TotpCodes
from loa_server.application.begin_second_factor import begin_second_factor
from loa_server.application.check_second_factor import check_second_factor
from loa_server.application.confirm_second_factor import confirm_second_factor
from loa_server.application.remove_second_factor import remove_second_factor
from loa_server.application.sign_in import sign_in
from loa_server.domain.people import FREE_ATTEMPTS
from loa_server.domain.problems import Problem
from loa_server.domain.second_factor import RECOVERY_CODES
from sqlalchemy import text
from telephones import Telephone, set_up_telephone
from world import World, together

STEP = timedelta(seconds=30)
WRONG = "12345"
"""A figure short, so that it is never right by chance."""


@pytest.fixture
def telephone(town: World) -> Telephone:
    return set_up_telephone(town, town.commune)


def refused(town: World, code: str | None) -> str:
    with pytest.raises(Problem) as problem:
        check_second_factor(town.services, town.commune, code)
    return problem.value.code


def enter(town: World, code: str | None) -> str:
    try:
        sign_in(town.services, username="phu-cat", password="phu-cat", code=code)
    except Problem as problem:
        return problem.code
    return "in"


def test_who_has_set_up_nothing_cannot_prove_anything(town: World) -> None:
    assert refused(town, "123456") == "second_factor_missing"
    assert refused(town, None) == "second_factor_missing"
    assert enter(town, None) == "in"


def test_a_set_up_is_not_in_force_until_a_code_proves_it(town: World) -> None:
    offer = begin_second_factor(town.services, town.commune, password="phu-cat")

    with pytest.raises(Problem, match="wrong_code"):
        confirm_second_factor(town.services, town.commune, code=WRONG)

    assert refused(town, Telephone(town, offer.secret).code()) == "second_factor_missing"
    assert enter(town, None) == "in"


def test_it_is_set_up_only_by_who_knows_the_password(town: World) -> None:
    with pytest.raises(Problem, match="wrong_credentials"):
        begin_second_factor(town.services, town.commune, password="no")


def test_one_in_force_is_not_replaced_by_whoever_finds_the_screen_open(
    town: World, telephone: Telephone
) -> None:
    with pytest.raises(Problem, match="second_factor_exists"):
        begin_second_factor(town.services, town.commune, password="phu-cat")
    with pytest.raises(Problem, match="second_factor_exists"):
        confirm_second_factor(town.services, town.commune, code=telephone.code())


def test_signing_in_asks_for_the_code(town: World, telephone: Telephone) -> None:
    assert enter(town, None) == "second_factor_needed"
    assert enter(town, WRONG) == "wrong_code"
    assert enter(town, telephone.code()) == "in"


@pytest.mark.parametrize("off", [-1, 0, 1])
def test_a_telephone_may_be_half_a_minute_off(town: World, telephone: Telephone, off: int) -> None:
    town.now += 10 * STEP

    check_second_factor(town.services, town.commune, telephone.code(off))


@pytest.mark.parametrize("off", [-3, -2, 2, 3])
def test_no_further_than_that(town: World, telephone: Telephone, off: int) -> None:
    town.now += 10 * STEP

    assert refused(town, telephone.code(off)) == "wrong_code"


def test_a_code_is_good_once_and_so_is_every_earlier_one(town: World, telephone: Telephone) -> None:
    town.now += 10 * STEP
    code, earlier = telephone.code(), telephone.code(-1)

    check_second_factor(town.services, town.commune, f" {code[:3]} {code[3:]} ")

    assert refused(town, code) == "wrong_code"
    assert refused(town, earlier) == "wrong_code"
    assert enter(town, code) == "wrong_code"


def test_of_two_requests_with_one_code_only_one_passes(town: World, telephone: Telephone) -> None:
    passed: list[int] = []
    lock = threading.Lock()
    code = telephone.code()

    def prove() -> None:
        try:
            check_second_factor(town.services, town.commune, code)
        except Problem:
            return
        with lock:
            passed.append(1)

    together(*[prove] * 4)

    assert passed == [1]


def test_wrong_codes_lock_like_wrong_passwords(town: World, telephone: Telephone) -> None:
    answers = [enter(town, WRONG) for _ in range(FREE_ATTEMPTS)]

    assert answers == ["wrong_code"] * FREE_ATTEMPTS
    assert enter(town, telephone.code()) == "too_many_attempts"
    assert refused(town, telephone.code()) == "too_many_attempts"

    town.now += timedelta(seconds=31)
    assert enter(town, telephone.code()) == "in"
    assert enter(town, WRONG) == "wrong_code"


def test_the_right_password_does_not_forgive_wrong_codes(town: World, telephone: Telephone) -> None:
    for _ in range(FREE_ATTEMPTS - 1):
        enter(town, WRONG)
        enter(town, None)
    enter(town, WRONG)

    assert enter(town, telephone.code()) == "too_many_attempts"


def test_each_recovery_code_is_good_once(town: World, telephone: Telephone) -> None:
    first, *others = telephone.recovery_codes

    assert len(set(telephone.recovery_codes)) == RECOVERY_CODES
    assert all(re.fullmatch(r"[A-Z2-9]{4}(-[A-Z2-9]{4}){2}", each) for each in others)
    assert enter(town, first.lower()) == "in"
    assert enter(town, first) == "wrong_code"
    assert enter(town, others[0].replace("-", " ")) == "in"


def test_it_is_removed_by_a_code_and_then_no_longer_asked_for(
    town: World, telephone: Telephone
) -> None:
    with pytest.raises(Problem, match="wrong_code"):
        remove_second_factor(town.services, town.commune, code=WRONG)

    remove_second_factor(town.services, town.commune, code=telephone.code())

    assert enter(town, None) == "in"
    assert refused(town, telephone.code()) == "second_factor_missing"


def test_neither_secret_nor_code_lies_open_in_the_database(town: World) -> None:
    offer = begin_second_factor(town.services, town.commune, password="phu-cat")
    telephone = Telephone(town, offer.secret)
    codes = confirm_second_factor(town.services, town.commune, code=telephone.code())
    check_second_factor(town.services, town.commune, codes[0])

    with town.engine.connect() as connection:
        kept = repr(connection.execute(text("SELECT * FROM second_factor")).all())
    told = repr(read_audit(town.engine))

    for secret in (offer.secret, *codes, *(each.replace("-", "") for each in codes)):
        assert secret not in kept
        assert secret not in told
    assert [row.action for row, _ in read_audit(town.engine)][-2:] == [
        "second_factor_set_up",
        "recovery_code_used",
    ]


def test_a_sealed_secret_opens_only_for_its_account_and_with_the_servers_key() -> None:
    codes = TotpCodes("one key")
    sealed = codes.new_secret("u-one")

    assert len(sealed) <= 64
    assert len(codes.opened("u-one", sealed)) == 32
    with pytest.raises(ValueError, match="second_factor_unreadable"):
        codes.opened("u-other", sealed)
    with pytest.raises(ValueError, match="second_factor_unreadable"):
        TotpCodes("another key").opened("u-one", sealed)


@pytest.mark.parametrize(
    ("second", "code"),
    # RFC 6238, appendix B: its eight digits, of which telephones show the last six.
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(second: int, code: str) -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    now = datetime.fromtimestamp(second, UTC)

    assert second // 30 in TotpCodes("a key").steps(secret, code, now)


@pytest.mark.usefixtures("telephone")
def test_letters_of_no_code_are_refused_like_any_wrong_one(town: World) -> None:
    assert {refused(town, each) for each in ("١٢٣٤٥٦", "x", "é" * 40)} == {"wrong_code"}
