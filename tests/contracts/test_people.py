"""People, their roles and proofs as rows, on both databases, races included."""

from dataclasses import replace

import pytest
from loa_server.application.change_person import ChangedPerson, change_person
from loa_server.application.check_second_factor import check_second_factor
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.rights import Grant, Role
from loa_server.domain.second_factor import SecondFactor
from telephones import set_up_telephone
from world import NOW, World, together

ISSUER = "https://id.example"


def hire(world: World, name: str, *grants: Grant, email: str | None = None) -> Account:
    account = Account(
        f"u-{name}", name, name, grants[0].area, grants, world.passwords.hash(name), email=email
    )
    with world.store.write() as rows:
        rows.people.add(account)
    return account


def test_accounts_come_back_as_they_were_kept_with_their_roles(world: World) -> None:
    roles = (Grant(Role.AUTHOR, "an-hanh"), Grant(Role.OPERATOR, "phu-cat"))
    lan = hire(world, "lan", *roles, email="lan@phu-cat.vn")

    with world.store.read() as rows:
        everybody = {each.id: each for each in rows.people.everybody()}
        found = rows.people.by_id("u-lan")
        nobody = rows.people.by_id("u-nobody")

    assert found == lan == everybody["u-lan"]
    assert nobody is None
    assert set(everybody) == {"u-gia-lai", "u-lan", "u-phu-cat", "u-tuy-phuoc"}
    assert everybody["u-phu-cat"].grants == tuple(
        sorted(world.commune.grants, key=lambda each: each.role)
    )


def test_who_is_disabled_is_found_by_no_address_and_does_not_sign_in(world: World) -> None:
    lan = hire(world, "lan", Grant(Role.AUTHOR, "phu-cat"), email="lan@phu-cat.vn")
    with world.store.write() as rows:
        before = rows.people.by_email("lan@phu-cat.vn")
        rows.people.keep(replace(lan, disabled_at=NOW))

    with world.store.write() as rows:
        assert rows.people.by_email("lan@phu-cat.vn") == []
        assert "u-lan" not in {each.id for each in rows.people.may_sign_in()}
    assert before == [lan]


def test_a_second_factor_is_kept_changed_and_forgotten(world: World) -> None:
    begun = SecondFactor("u-phu-cat", "sealed")
    in_force = replace(begun, confirmed_at=NOW, last_step=59_000_000, recovery=("a", "b"))
    with world.store.write() as rows:
        rows.proofs.keep_second_factor(begun)
        assert rows.proofs.second_factor("u-phu-cat") == begun
        assert rows.proofs.with_second_factor() == frozenset()
        rows.proofs.keep_second_factor(in_force)

    with world.store.write() as rows:
        assert rows.proofs.second_factor("u-phu-cat") == in_force
        assert rows.proofs.with_second_factor() == {"u-phu-cat"}
        rows.proofs.drop_second_factor("u-phu-cat")
        assert rows.proofs.second_factor("u-phu-cat") is None


def test_an_identity_outside_is_one_persons(world: World) -> None:
    with world.store.write() as rows:
        rows.proofs.link(ISSUER, "s-1", "u-phu-cat", NOW)
        rows.proofs.link(ISSUER, "s-1", "u-phu-cat", NOW)

    with world.store.write() as rows:
        with pytest.raises(Problem, match="id_taken"):
            rows.proofs.link(ISSUER, "s-1", "u-tuy-phuoc", NOW)
        assert rows.proofs.linked_account(ISSUER, "s-1") == "u-phu-cat"
        assert rows.proofs.linked_account("https://other.example", "s-1") is None
        assert rows.proofs.is_linked(ISSUER, "u-phu-cat")
        assert not rows.proofs.is_linked(ISSUER, "u-tuy-phuoc")


def test_the_last_two_managers_cannot_send_each_other_away(world: World) -> None:
    roles = (Grant(Role.AREA_ADMIN, "vn"),)
    one, two = hire(world, "one", *roles), hire(world, "two", *roles)
    gone = ChangedPerson("x", None, disabled=True, grants=roles)
    codes: list[str] = []

    def send_away(actor: Account, person: Account) -> None:
        try:
            change_person(world.services, actor, person=person.id, wish=gone)
        except Problem as problem:
            codes.append(problem.code)

    together(lambda: send_away(one, two), lambda: send_away(two, one))

    with world.store.read() as rows:
        left = [
            each
            for each in rows.people.everybody()
            if each.area == "vn" and each.disabled_at is None
        ]
    assert codes == ["last_manager"]
    assert len(left) == 1


def test_one_code_lets_one_request_pass(world: World) -> None:
    code = set_up_telephone(world, world.commune).code()
    codes: list[str] = []

    def prove() -> None:
        try:
            check_second_factor(world.services, world.commune, code)
        except Problem as problem:
            codes.append(problem.code)

    together(*[prove] * 4)

    assert codes == ["wrong_code"] * 3
