"""The library, shares and what will sound, on both databases, in a fixed number of statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from loa_agent.protocol.documents import Config, Manifest
from loa_agent.protocol.timeline import timeline
from loa_server.application.answer_share import Reply, answer_share
from loa_server.application.change_programme import change_programme
from loa_server.application.create_programme import create_programme
from loa_server.application.create_station import create_station
from loa_server.application.list_coming import list_coming
from loa_server.application.resolve_air import resolve_air
from loa_server.application.share_down import Wish, share_down
from loa_server.application.timeline_queries import Air
from loa_server.application.withdraw_share import withdraw_share
from loa_server.domain.areas import Area
from loa_server.domain.people import Account
from loa_server.domain.problems import Problem
from loa_server.domain.programmes import Part, Programme, ProgrammeItem
from loa_server.domain.rights import Reach
from loa_server.domain.shares import Answer, Share, ShareClass
from loa_server.domain.when import At
from sqlalchemy import Engine, event
from world import NOW, World, together

DAY = timedelta(days=1)
ALL: Reach = frozenset({"vn"})
PHU_CAT: Reach = frozenset({"phu-cat"})
TUY_PHUOC: Reach = frozenset({"tuy-phuoc"})


def a_programme(world: World, actor: Account | None = None, title: str = "Sáng") -> Programme:
    author = actor or world.commune
    items = [
        ProgrammeItem(world.ready(author, f"{title}: nhạc").id, Part.JINGLE),
        ProgrammeItem(world.ready(author, f"{title}: tin").id, Part.ITEM),
    ]
    return create_programme(world.services, author, title=title, items=items)


def shared(
    world: World, *areas: str, class_: ShareClass = ShareClass.PRIORITY, title: str = "Tin tỉnh"
) -> Share:
    bulletin = world.ready(world.province, title)
    wish = Wish(bulletin.id, None, areas or ("gia-lai",), class_)
    return share_down(world.services, world.province, wish)


def air(world: World, reach: Reach, days: int = 1) -> Air:
    return world.queries.air((world.now, world.now + days * DAY), reach, "phu-cat")


def test_a_programme_comes_back_as_it_was_kept(world: World) -> None:
    kept = a_programme(world)

    with world.store.read() as rows:
        found = rows.programmes.get(kept.id)
        holding = rows.programmes.holding(kept.bulletins[1])

    assert found == kept
    assert list(holding) == [kept]


def test_of_two_changes_made_at_once_one_is_kept(world: World) -> None:
    kept = a_programme(world)
    refused: list[str] = []

    def change(title: str) -> None:
        try:
            change_programme(
                world.services,
                world.commune,
                programme=kept.id,
                title=title,
                items=kept.items,
                version=1,
            )
        except Problem as problem:
            refused.append(problem.code)

    together(lambda: change("Một"), lambda: change("Hai"), lambda: change("Ba"))

    (shown,) = world.queries.programmes(10, PHU_CAT)
    assert refused == ["changed_meanwhile", "changed_meanwhile"]
    assert (shown.programme.version, len(shown.items)) == (2, 2)


def test_of_two_answers_given_at_once_one_is_kept(world: World) -> None:
    share = shared(world)
    refused: list[str] = []

    def answer(note: str) -> None:
        reply = Reply("phu-cat", Answer.DECLINED, note=note)
        try:
            answer_share(world.services, world.commune, share=share.id, reply=reply)
        except Problem as problem:
            refused.append(problem.code)

    together(lambda: answer("một"), lambda: answer("hai"))

    with world.store.read() as rows:
        found = rows.shares.get(share.id)
    assert refused == ["already_answered"]
    assert found is not None
    assert len(found.answers) == 1


def test_a_share_comes_back_with_what_was_said_to_it(world: World) -> None:
    share = shared(world)
    reply = Reply("phu-cat", Answer.DECLINED, note="Hết chỗ")

    answer_share(world.services, world.commune, share=share.id, reply=reply)
    withdraw_share(world.services, world.province, share=share.id)

    with world.store.read() as rows:
        found = rows.shares.get(share.id)
    assert found is not None
    (answer,) = found.answers
    assert (answer.area, answer.answer, answer.note, answer.by) == (
        "phu-cat",
        Answer.DECLINED,
        "Hết chỗ",
        "u-phu-cat",
    )
    assert (found.areas, found.class_, found.withdrawn_at) == (
        ("gia-lai",),
        ShareClass.PRIORITY,
        NOW,
    )


def test_who_is_meant_is_decided_by_the_tree_from_above_and_from_below(world: World) -> None:
    for areas in (("gia-lai",), ("phu-cat",), ("an-hanh",), ("tuy-phuoc",)):
        shared(world, *areas, title=areas[0])

    def titles(*reach: str) -> set[str]:
        return {each.bulletin.title for each in world.queries.bulletins(10, frozenset(reach))}

    assert titles("phu-cat") == {"gia-lai", "phu-cat", "an-hanh"}
    assert titles("an-hanh") == {"gia-lai", "phu-cat", "an-hanh"}
    assert titles("tuy-phuoc") == {"gia-lai", "tuy-phuoc"}
    assert titles("an-hanh", "tuy-phuoc") == {"gia-lai", "phu-cat", "an-hanh", "tuy-phuoc"}
    assert titles("nowhere") == set()
    assert [each.title for each in world.queries.requests(10, PHU_CAT)].count("tuy-phuoc") == 0


def test_what_is_usable_is_what_was_shared_and_not_withdrawn(world: World) -> None:
    single = shared(world)
    programme = a_programme(world, world.province, "Tỉnh")
    whole = share_down(world.services, world.province, Wish(None, programme.id, ("phu-cat",)))
    asked = [single.bulletin or "", *programme.bulletins]

    def usable(reach: Reach) -> tuple[int, int]:
        with world.store.read() as rows:
            return (
                len(rows.shares.bulletins_for(asked, reach)),
                len(rows.shares.programmes_for([programme.id], reach)),
            )

    before = usable(PHU_CAT), usable(TUY_PHUOC)
    for each in (single, whole):
        withdraw_share(world.services, world.province, share=each.id)

    assert before == ((3, 1), (1, 0))
    assert usable(PHU_CAT) == (0, 0)


def test_thousands_of_stations_that_hear_the_same_are_asked_once(world: World) -> None:
    world.broadcast("a-gia-lai", actor=world.province)
    for number in range(30):
        create_station(world.services, world.province, name=f"Loa {number}", area="an-hanh")

    kinds = list(resolve_air(air(world, ALL), NOW, NOW + DAY))

    assert [len(kind.sites) for kind in kinds] == [33]


def test_the_plan_is_the_one_that_the_station_s_own_documents_give(world: World) -> None:
    world.broadcast("a-gia-lai", actor=world.province, bulletin=world.ready(world.province, "A"))
    world.broadcast("a-phu-cat", bulletin=world.ready(title="B"))
    late = At(datetime(2026, 11, 23, 20, 59))
    world.broadcast("s-phu-cat-1", bulletin=world.ready(title="C"), when=late)

    (kind,) = (
        each
        for each in resolve_air(air(world, PHU_CAT), NOW, NOW + DAY)
        if each.sites[0].id == "phu-cat-1"
    )

    assert [
        (fate.planned.occurrence.broadcast.title, fate.planned.outcome.value) for fate in kind.fates
    ] == _by_the_desk(world)


def _by_the_desk(world: World) -> list[tuple[str, str]]:
    settings = world.desk.settings("phu-cat-1")
    assert settings is not None
    dates = {"version": 1, "issued_at": NOW, "not_after": NOW + DAY}
    manifests = []
    for audience in settings.audiences:
        content = world.desk.manifest(audience)
        assert content is not None
        manifests.append(
            Manifest(**dates, audience=audience, level=content.level, broadcasts=content.broadcasts)
        )
    config = Config(
        **dates,
        station="phu-cat-1",
        name=settings.name,
        audiences=settings.audiences,
        zone=settings.zone,
        hours=settings.hours,
        caps=settings.caps,
        keys={},
    )
    return [
        (each.occurrence.broadcast.title, each.outcome.value)
        for each in timeline(manifests, config, NOW, NOW + DAY)
    ]


def test_every_reading_takes_the_same_number_of_statements_for_one_row_and_for_many(
    world: World,
) -> None:
    def counts() -> list[int]:
        read = world.queries
        found = []
        for ask in (
            lambda: read.bulletins(100, PHU_CAT),
            lambda: read.bulletin(share.bulletin or "", PHU_CAT),
            lambda: read.programmes(100, PHU_CAT),
            lambda: read.programme(programme.id, PHU_CAT),
            lambda: read.shares(100, ALL),
            lambda: read.requests(100, PHU_CAT),
            lambda: list_coming(air(world, PHU_CAT), NOW, NOW + DAY),
        ):
            with counted(world.engine) as statements:
                ask()
            found.append(len(statements))
        return found

    share, programme = shared(world), a_programme(world)
    world.broadcast("a-phu-cat")
    before = counts()
    for number in range(8):
        with world.store.write() as rows:
            rows.places.add_area(Area(f"xa-{number}", str(number), f"Xã {number}", 2, "gia-lai"))
        made = create_station(world.services, world.commune, name=f"Loa {number}", area="an-hanh")
        world.broadcast("a-phu-cat", f"s-{made.id}")
        a_programme(world, title=f"Sáng {number}")
        shared(world, "phu-cat", title=f"Tin {number}")

    assert counts() == before
    assert before == [2, 2, 4, 4, 8, 8, 8]


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Statements the engine runs meanwhile, without the beginning of transactions."""
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_more) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)
