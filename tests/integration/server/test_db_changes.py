"""Changing what was ordered: each occurrence sounds once, what was left out stays left out."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from loa_agent.protocol.documents import BroadcastClass
from loa_agent.protocol.occurrences import occurrences
from loa_server.application.approve_broadcast import approve_broadcast
from loa_server.application.cancel_occurrence import cancel_occurrence
from loa_server.application.change_broadcast import Change, change_broadcast
from loa_server.application.decide_order import decide_order
from loa_server.application.end_broadcast import end_broadcast
from loa_server.application.stop_broadcast import stop_broadcast
from loa_server.domain.broadcasts import ApprovalState, Broadcast, ChangeScope
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.repeat import Repeat, Unit
from loa_server.domain.when import At, Repeating
from office import Office, local, refused
from world import NOW, ZONE, World, together

ONE, FROM_HERE, ALL = ChangeScope.ONE, ChangeScope.FROM_HERE, ChangeScope.ALL
DAILY = Repeating((time(5, 30), time(17, 0)), date(2026, 11, 24))


@pytest.fixture
def office(world: World) -> Office:
    made = Office(world)
    made.allow_alone("gia-lai")
    return made


def series(office: Office, when: Repeating = DAILY, **more: object) -> Broadcast:
    return office.order(office.chief, when=when, **more)


def change(
    office: Office, old: Broadcast, scope: ChangeScope, occurrence: datetime, **more: object
) -> Broadcast:
    wish = Change(old.id, scope, occurrence, **more)  # type: ignore[arg-type]
    return change_broadcast(office.world.services, office.chief, wish)


def cancel(office: Office, old: Broadcast, occurrence: datetime) -> None:
    services = office.world.services
    cancel_occurrence(services, office.chief, broadcast=old.id, occurrence=occurrence)


def heard(office: Office, last_day: int = 28, audience: str = "a-phu-cat") -> list[str]:
    """Local starts of all that is told to an audience, as `24 17:00`, with who."""
    zone = ZoneInfo(ZONE)
    begin, end = NOW - timedelta(hours=3), datetime(2026, 11, last_day + 1, tzinfo=zone)
    content = office.world.desk.manifest(audience)
    assert content is not None
    starts = [
        each.starts_at.astimezone(zone)
        for one in content.broadcasts
        for each in occurrences(one, begin, end)
    ]
    return [f"{start:%d %H:%M}" for start in sorted(starts)]


def days(first: int, last: int, *times: str) -> list[str]:
    return [f"{day} {each}" for day in range(first, last + 1) for each in times]


def test_one_cancelled_occurrence_is_gone_and_the_series_goes_on(office: Office) -> None:
    old = series(office)
    office.world.publish()

    cancel(office, old, local(25, 17))

    expected = days(24, 28, "05:30", "17:00")
    expected.remove("25 17:00")
    assert heard(office) == expected
    assert office.world.publish().keys() == {"manifest/a-phu-cat"}
    assert refused(cancel, office, old, local(25, 17)).code == "occurrence_unknown"


def test_one_changed_occurrence_sounds_once_at_its_new_time(office: Office) -> None:
    old = series(office)
    office.world.publish()

    new = change(office, old, ONE, local(25, 17), start=local(25, 18, 15))

    expected = days(24, 28, "05:30", "17:00")
    expected[expected.index("25 17:00")] = "25 18:15"
    assert heard(office) == expected
    assert new.replaces is not None
    assert (new.replaces.broadcast, new.replaces.scope) == (old.id, ONE)
    assert office.world.publish().keys() == {"manifest/a-phu-cat"}


def test_from_one_occurrence_on_the_series_sounds_at_another_time(office: Office) -> None:
    old = series(office)

    change(office, old, FROM_HERE, local(26, 17), start=local(26, 16, 30))

    assert heard(office) == [
        *days(24, 25, "05:30", "17:00"),
        *days(26, 28, "05:30", "16:30"),
    ]


def test_the_morning_of_the_day_of_change_still_belongs_to_the_old_series(office: Office) -> None:
    old = series(office)

    new = change(office, old, FROM_HERE, local(26, 17), start=local(26, 5))

    assert heard(office) == [
        *days(24, 25, "05:30", "17:00"),
        *("26 05:00", "26 05:30"),
        *days(27, 28, "05:00", "05:30"),
    ]
    assert "2026-11-26T05:30:00" in new.rule.except_dates


def test_a_change_of_all_leaves_alone_what_would_then_sound_twice_or_never(office: Office) -> None:
    old = series(office)
    office.world.now = datetime.fromisoformat("2026-11-24T17:10:00+07:00")

    later = change(office, old, ALL, local(25, 17), start=local(25, 17, 30))
    after = heard(office)
    office.world.now = datetime.fromisoformat("2026-11-25T17:10:00+07:00")
    change(office, later, ALL, local(25, 17, 30), start=local(25, 17, 20))

    assert after == [*days(24, 24, "05:30", "17:00"), *days(25, 28, "05:30", "17:30")]
    assert heard(office) == [
        *days(24, 24, "05:30", "17:00"),
        *("25 05:30", "25 17:20"),
        *days(26, 28, "05:30", "17:20"),
    ]


def test_an_occurrence_that_would_move_into_the_past_stays_where_it_is(office: Office) -> None:
    old = series(office)
    office.world.now = datetime.fromisoformat("2026-11-24T16:45:00+07:00")

    change(office, old, ALL, local(25, 17), start=local(25, 16, 30))

    assert heard(office) == [*days(24, 24, "05:30", "17:00"), *days(25, 28, "05:30", "16:30")]


def test_what_was_left_out_stays_left_out_when_the_time_changes(office: Office) -> None:
    old = series(office)
    cancel(office, old, local(27, 17))
    cancel(office, old, local(28, 5, 30))

    change(office, old, FROM_HERE, local(26, 17), start=local(26, 16))

    assert heard(office) == [
        *days(24, 25, "05:30", "17:00"),
        *("26 05:30", "26 16:00", "27 05:30", "28 16:00"),
    ]


def test_what_is_left_out_while_a_change_waits_stays_left_out(office: Office) -> None:
    old = office.order(office.author, when=DAILY)
    approve_broadcast(office.world.services, office.approver, broadcast=old.id)
    wish = Change(old.id, FROM_HERE, local(25, 17), start=local(25, 16))
    waiting = change_broadcast(office.world.services, office.author, wish)
    meanwhile = heard(office)
    cancel(office, old, local(27, 17))

    approve_broadcast(office.world.services, office.approver, broadcast=waiting.id)

    assert waiting.approval.state is ApprovalState.WAITING
    assert meanwhile == days(24, 28, "05:30", "17:00")
    assert heard(office) == [
        *("24 05:30", "24 17:00", "25 05:30", "25 16:00", "26 05:30", "26 16:00"),
        *("27 05:30", "28 05:30", "28 16:00"),
    ]


def test_every_second_week_stays_every_second_week(office: Office) -> None:
    fortnight = Repeating(
        (time(17, 0),),
        date(2026, 11, 24),
        repeat=Repeat(every=2, unit=Unit.WEEK, weekdays=(2, 4)),
    )
    old = series(office, fortnight)

    change(office, old, FROM_HERE, local(26, 17), start=local(26, 18))

    starts = heard(office)
    assert starts == ["24 17:00", "26 18:00"]
    content = office.world.desk.manifest("a-phu-cat")
    assert content is not None
    december = [
        each.starts_at.date().isoformat()
        for one in content.broadcasts
        for each in occurrences(one, NOW + timedelta(days=7), NOW + timedelta(days=28))
    ]
    assert sorted(december) == ["2026-12-08", "2026-12-10"]


def test_other_bulletins_and_audiences_from_one_occurrence_on(office: Office) -> None:
    old = series(office)
    piece = office.world.ready(office.chief, "Mùa vụ")
    office.world.publish()

    new = change(
        office,
        old,
        FROM_HERE,
        local(26, 5, 30),
        bulletins=(piece.id,),
        audiences=("s-an-hanh-1",),
    )

    assert (new.title, new.bulletins) == ("Mùa vụ", (piece.id,))
    assert heard(office) == days(24, 25, "05:30", "17:00")
    assert heard(office, audience="s-an-hanh-1") == days(26, 28, "05:30", "17:00")
    assert office.world.publish().keys() == {"manifest/a-phu-cat", "manifest/s-an-hanh-1"}


def test_a_series_ends_before_the_occurrence_named(office: Office) -> None:
    old = series(office)
    services = office.world.services

    end_broadcast(services, office.chief, broadcast=old.id, occurrence=local(26, 17))

    assert heard(office) == [*days(24, 25, "05:30", "17:00"), "26 05:30"]
    again = refused(
        end_broadcast, services, office.chief, broadcast=old.id, occurrence=local(26, 17)
    )
    assert again.code == "occurrence_unknown"


@pytest.mark.parametrize(
    ("scope", "occurrence", "more", "code"),
    [
        (ONE, local(24, 17, 1), {}, "occurrence_unknown"),
        (ONE, local(20, 17), {}, "occurrence_unknown"),
        (ONE, local(25, 17), {"start": local(23, 9, 59)}, "start_in_past"),
        (ONE, local(25, 17), {"start": local(25, 22)}, "outside_permitted_hours"),
        (FROM_HERE, local(25, 17), {"start": local(26, 17)}, "series_keeps_days"),
        (FROM_HERE, local(25, 17), {"start": local(25, 5, 30)}, "bad_rule"),
        (ONE, local(25, 17), {"audiences": ("a-tuy-phuoc",)}, "audience_unknown"),
        (ONE, local(25, 17), {"audiences": ("a-gia-lai",)}, "forbidden"),
        (ONE, local(25, 17), {"audiences": ()}, "no_audience"),
        (ONE, local(25, 17), {"bulletins": ("bt-none",)}, "not_found"),
        (ONE, local(25, 17), {"bulletins": ()}, "no_bulletin"),
        (ONE, local(25, 17), {"slot": timedelta(seconds=59)}, "slot_too_short"),
    ],
)
def test_a_change_that_cannot_be_is_refused_by_its_reason(
    office: Office, scope: ChangeScope, occurrence: datetime, more: dict[str, object], code: str
) -> None:
    old = series(office)

    assert refused(change, office, old, scope, occurrence, **more).code == code
    assert heard(office) == days(24, 28, "05:30", "17:00")


def test_what_is_over_or_others_cannot_be_changed(office: Office) -> None:
    old = series(office)
    services, neighbour = office.world.services, office.world.neighbour
    foreign = refused(
        cancel_occurrence, services, neighbour, broadcast=old.id, occurrence=local(25, 17)
    )
    unknown = refused(
        cancel_occurrence, services, neighbour, broadcast="bp-none", occurrence=local(25, 17)
    )
    office.world.now += timedelta(days=2)
    past = refused(cancel, office, old, local(25, 5, 30))
    stop_broadcast(services, office.chief, broadcast=old.id)

    codes = [
        refused(cancel, office, old, local(26, 17)).code,
        refused(change, office, old, ONE, local(26, 17)).code,
    ]

    assert (foreign.code, unknown.code) == ("not_found", "not_found")
    assert past.code == "occurrence_over"
    assert codes == ["broadcast_over", "broadcast_over"]


def test_two_changes_of_one_series_do_not_both_take_over(office: Office) -> None:
    old = office.order(office.author, when=DAILY)
    services = office.world.services
    approve_broadcast(services, office.approver, broadcast=old.id)
    waiting = [
        change_broadcast(
            services, office.author, Change(old.id, FROM_HERE, local(25, 17), start=start)
        )
        for start in (local(25, 16), local(25, 18))
    ]
    codes: list[str] = []

    def approve(broadcast: Broadcast) -> Callable[[], None]:
        def deed() -> None:
            try:
                approve_broadcast(services, office.approver, broadcast=broadcast.id)
            except Problem as problem:
                codes.append(problem.code)

        return deed

    together(*(approve(each) for each in waiting))

    assert codes == ["already_replaced"]
    assert len(heard(office)) == len(days(24, 28, "05:30", "17:00"))


def test_what_takes_over_stands_where_the_area_had_placed_the_old_one(office: Office) -> None:
    first, second = (series(office, class_=BroadcastClass.PRIORITY, when=DAILY) for _ in range(2))
    services = office.world.services
    decide_order(services, office.chief, area="phu-cat", broadcasts=[second.id, first.id])

    new = change(office, second, FROM_HERE, local(26, 17), start=local(26, 16))

    content = office.world.desk.manifest("a-phu-cat")
    assert content is not None
    assert content.order == (second.id, new.id, first.id)


def test_a_single_broadcast_is_changed_as_a_whole(office: Office) -> None:
    old = office.order(office.chief, when=At(local(25, 17)))

    change(office, old, ALL, local(25, 17), start=local(27, 9))

    assert heard(office) == ["27 09:00"]


def test_an_order_of_precedence_is_decided_by_approvers_of_the_place(office: Office) -> None:
    services = office.world.services
    high = series(office, class_=BroadcastClass.PRIORITY)
    plain = series(office)
    office.world.publish()

    def decide(actor: Account, area: str, *named: str) -> Problem:
        return refused(decide_order, services, actor, area=area, broadcasts=list(named))

    codes = [
        decide(office.author, "phu-cat", high.id).code,
        decide(office.world.neighbour, "phu-cat", high.id).code,
        decide(office.approver, "nowhere", high.id).code,
        decide(office.approver, "phu-cat", plain.id).code,
        decide(office.approver, "phu-cat", "bp-none").code,
    ]
    decide_order(services, office.approver, area="phu-cat", broadcasts=[high.id])

    assert codes == ["forbidden", "not_found", "not_found", "not_priority", "not_found"]
    assert office.world.publish().keys() == {"manifest/a-phu-cat"}
