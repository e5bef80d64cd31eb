"""Four eyes on real rows: what waits is told to nobody, and exactly one decision counts."""

from datetime import date, datetime, timedelta

import pytest
from loa_agent.protocol.documents import Window
from loa_server.adapters.db.engine import writing
from loa_server.adapters.db.store import read_audit
from loa_server.adapters.db.tables import area as areas
from loa_server.application.approve_broadcast import approve_broadcast
from loa_server.application.draft_broadcast import OverrideWish
from loa_server.application.refuse_broadcast import refuse_broadcast
from loa_server.application.stop_broadcast import stop_broadcast
from loa_server.domain.broadcasts import ApprovalState, Broadcast
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.rights import Role
from loa_server.domain.when import At, Now
from office import Office, local, refused
from sqlalchemy import update
from telephones import set_up_telephone
from world import NOW, World, together

NIGHT = At(local(24, 22))
FESTIVAL = OverrideWish("Lễ hội đình làng, đã xin phép huyện", date(2026, 11, 24))


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)


def approve(office: Office, actor: Account, broadcast: Broadcast, **more: str) -> None:
    approve_broadcast(office.world.services, actor, broadcast=broadcast.id, **more)


def test_what_waits_is_told_to_no_station_until_somebody_else_agrees(office: Office) -> None:
    waiting = office.order()
    office.world.publish()
    before = office.told()

    approve(office, office.approver, waiting, note="Được")

    kept = office.found(waiting)
    assert waiting.approval.state is ApprovalState.WAITING
    assert before == []
    assert office.told() == [waiting.id]
    assert office.world.publish().keys() == {"manifest/a-phu-cat"}
    assert (kept.approval.by, kept.approval.at, kept.approval.note) == ("u-hung", NOW, "Được")


def test_own_work_is_not_approved_even_by_who_may_approve(office: Office) -> None:
    waiting = office.order(office.chief)

    own = refused(approve, office, office.chief, waiting)
    no_right = refused(approve, office, office.author, waiting)
    elsewhere = refused(approve, office, office.world.neighbour, waiting)

    assert (own.code, no_right.code, elsewhere.code) == ("own_work", "forbidden", "not_found")
    assert office.told() == []


def test_where_the_area_lets_them_authors_who_may_approve_send_alone(office: Office) -> None:
    office.allow_alone()

    alone = office.order(office.chief)
    waits = office.order(office.author)
    above = office.order(
        office.person("vinh", Role.AUTHOR, Role.APPROVER, area="gia-lai"),
        audiences=("a-phu-cat", "a-tuy-phuoc"),
    )

    assert (alone.approval.state, alone.approval.by) == (ApprovalState.APPROVED, "u-mai")
    assert waits.approval.state is ApprovalState.WAITING
    assert above.approval.state is ApprovalState.WAITING


def test_of_two_approvers_at_once_one_decides_and_the_other_learns_who(office: Office) -> None:
    second = office.person("tam", Role.APPROVER)
    waiting = office.order()
    problems: list[Problem] = []

    def decide(actor: Account) -> None:
        try:
            approve(office, actor, waiting)
        except Problem as problem:
            problems.append(problem)

    together(lambda: decide(office.approver), lambda: decide(second))

    by = office.found(waiting).approval.by
    (late,) = problems
    assert late.code == "already_decided"
    assert late.facts == {
        "by": {"u-hung": "Hung", "u-tam": "Tam"}[by or ""],
        "state": "approved",
        "at": NOW.isoformat(),
    }
    actions = [row.action for row, _ in read_audit(office.world.engine)]
    assert actions.count("broadcast_approved") == 1


def test_yes_and_no_at_once_leave_one_answer(office: Office) -> None:
    second = office.person("tam", Role.APPROVER)
    waiting = office.order()
    codes: list[str] = []

    def tried(deed) -> None:
        try:
            deed()
        except Problem as problem:
            codes.append(problem.code)

    refuse = lambda: refuse_broadcast(  # noqa: E731
        office.world.services, second, broadcast=waiting.id, note="Trùng giờ"
    )
    together(
        lambda: tried(lambda: approve(office, office.approver, waiting)), lambda: tried(refuse)
    )

    state = office.found(waiting).approval.state
    assert codes == ["already_decided"]
    assert office.told() == ([waiting.id] if state is ApprovalState.APPROVED else [])


def test_what_was_refused_stays_refused_and_says_why(office: Office) -> None:
    waiting = office.order()
    services = office.world.services

    silent = refused(refuse_broadcast, services, office.approver, broadcast=waiting.id, note="  ")
    refuse_broadcast(services, office.approver, broadcast=waiting.id, note=" Trùng giờ ")
    again = refused(approve, office, office.approver, waiting)

    assert silent.code == "note_needed"
    assert (again.code, again.facts["by"], again.facts["state"]) == (
        "already_decided",
        "Hung",
        "refused",
    )
    assert office.found(waiting).approval.note == "Trùng giờ"
    assert office.told() == []


def test_what_its_author_withdrew_is_decided_by_nobody(office: Office) -> None:
    waiting = office.order()

    stop_broadcast(office.world.services, office.author, broadcast=waiting.id)

    assert refused(approve, office, office.approver, waiting).code == "broadcast_over"


def test_hours_are_judged_again_when_it_is_approved(office: Office) -> None:
    waiting = office.order()
    hours = [Window(start="05:00", end="16:00").model_dump(mode="json")]
    with writing(office.world.engine) as connection:
        mine = areas.c.id == "phu-cat"
        connection.execute(update(areas).where(mine).values(hours=hours))

    late = refused(approve, office, office.approver, waiting)

    assert late.code == "outside_permitted_hours"
    assert late.facts["area"] in {"Phù Cát", "An Hành"}
    assert office.found(waiting).approval.state is ApprovalState.WAITING


def test_what_is_over_before_anybody_agreed_is_not_approved(office: Office) -> None:
    waiting = office.order()
    office.world.now += timedelta(hours=8)

    assert refused(approve, office, office.approver, waiting).code == "start_in_past"


def test_what_was_to_sound_at_once_sounds_once_it_is_approved(office: Office) -> None:
    waiting = office.order(when=Now())
    office.world.now += timedelta(minutes=20)

    approve(office, office.approver, waiting)

    kept = office.found(waiting)
    assert kept.rule.start == "2026-11-23T10:20:15"
    assert office.told() == [waiting.id]


def test_passing_the_hours_takes_a_second_person_with_a_code(office: Office) -> None:
    plain = refused(office.order, when=NIGHT)
    waiting = office.order(office.chief, when=NIGHT, override=FESTIVAL)
    telephone = set_up_telephone(office.world, office.approver)

    own = refused(approve, office, office.chief, waiting)
    no_code = refused(approve, office, office.approver, waiting)
    wrong = refused(approve, office, office.approver, waiting, code="000000")
    third = refused(approve, office, office.person("tam", Role.APPROVER), waiting, code="1")
    approve(office, office.approver, waiting, code=telephone.code())

    kept = office.found(waiting)
    content = office.world.desk.manifest("a-phu-cat")
    assert plain.code == "outside_permitted_hours"
    assert own.code == "needs_second_person"
    assert (no_code.code, wrong.code) == ("second_factor_needed", "wrong_code")
    assert third.code == "second_factor_missing"
    assert kept.override is not None
    assert (kept.override.asked_by, kept.override.second_by) == ("u-mai", "u-hung")
    assert content is not None
    (told,) = content.broadcasts
    (exemption,) = told.exemptions
    assert exemption.begin_at == NOW
    assert exemption.end_at == datetime.fromisoformat("2026-11-25T00:00:00+07:00")


def test_an_area_that_lets_people_work_alone_still_asks_for_two_to_pass_its_hours(
    office: Office,
) -> None:
    office.allow_alone()
    telephone = set_up_telephone(office.world, office.chief)

    waiting = office.order(office.chief, when=NIGHT, override=FESTIVAL)
    own = refused(approve, office, office.chief, waiting, code=telephone.code())

    assert waiting.approval.state is ApprovalState.WAITING
    assert own.code == "needs_second_person"


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (OverrideWish("vội", date(2026, 11, 24)), "override_reason"),
        (OverrideWish("x" * 501, date(2026, 11, 24)), "override_reason"),
        (OverrideWish(FESTIVAL.reason, date(2026, 12, 25)), "override_until"),
        (OverrideWish(FESTIVAL.reason, date(2026, 11, 22)), "override_until"),
        (OverrideWish(FESTIVAL.reason, date(2026, 11, 23)), "outside_permitted_hours"),
    ],
)
def test_a_wish_to_pass_the_hours_has_a_reason_and_a_near_end(
    office: Office, wish: OverrideWish, code: str
) -> None:
    assert refused(office.order, when=NIGHT, override=wish).code == code


def test_nobody_asks_to_pass_hours_that_are_kept(office: Office) -> None:
    assert refused(office.order, override=FESTIVAL).code == "override_not_needed"


def test_what_became_impermissible_everywhere_is_left_out_and_said_once(office: Office) -> None:
    broadcast = office.order()
    approve(office, office.approver, broadcast)
    told = office.told()
    mine = areas.c.id.in_(("phu-cat", "an-hanh"))
    hours = [Window(start="05:00", end="16:00").model_dump(mode="json")]
    with writing(office.world.engine) as connection:
        connection.execute(update(areas).where(areas.c.id == "phu-cat").values(hours=hours))

    after = [office.told(), office.told()]

    (withheld,) = office.found(broadcast).withheld
    rows = [row for row, _ in read_audit(office.world.engine) if row.actor == "system"]
    with writing(office.world.engine) as connection:
        connection.execute(update(areas).where(mine).values(hours=None))
    assert told == [broadcast.id]
    assert after == [[], []]
    assert (withheld.audience, withheld.code) == ("a-phu-cat", "outside_permitted_hours")
    assert [row.action for row in rows] == ["broadcast_withheld"]
    assert office.told() == [broadcast.id]
    assert office.found(broadcast).withheld == ()


def test_what_may_sound_at_one_listener_is_still_told(office: Office) -> None:
    broadcast = office.order()
    approve(office, office.approver, broadcast)
    hours = [Window(start="05:00", end="16:00").model_dump(mode="json")]
    with writing(office.world.engine) as connection:
        connection.execute(update(areas).where(areas.c.id == "an-hanh").values(hours=hours))

    assert office.told() == [broadcast.id]
