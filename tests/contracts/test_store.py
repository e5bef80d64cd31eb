"""What a transaction promises, on both databases: time, trail, races of writers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from loa_server.adapters.db.engine import reading, writing
from loa_server.adapters.db.mapping import put
from loa_server.adapters.db.store import read_audit
from loa_server.adapters.db.tables import audit, document, held_blob
from loa_server.domain.audit import AuditRow, first_break
from loa_server.domain.problems import Problem
from loa_server.domain.stations import Claim
from sqlalchemy import select, update
from sqlalchemy.exc import StatementError
from world import NOW, World, sha, together


def test_a_naive_datetime_is_refused(world: World) -> None:
    naive = datetime(2026, 11, 23, 10, 0)

    with pytest.raises(StatementError, match="naive_datetime"), world.store.write() as rows:
        rows.places.add_claim(Claim(sha("x"), "phu-cat-1", naive))


def test_times_come_back_in_utc_to_the_microsecond(world: World) -> None:
    there = datetime(2026, 11, 23, 10, 0, 0, 123456, timezone(timedelta(hours=7)))

    with world.store.write() as rows:
        rows.places.add_claim(Claim(sha("x"), "phu-cat-1", there))
    with world.store.read() as rows:
        claim = rows.places.claim(sha("x"))

    assert claim is not None
    assert claim.expires_at == there
    assert claim.expires_at.tzinfo is UTC


def test_what_raises_leaves_nothing_behind(world: World) -> None:
    before = world.queries.changes()

    def fail() -> None:
        with world.store.write() as rows:
            rows.places.add_claim(Claim(sha("x"), "phu-cat-1", NOW))
            rows.announce("stations")
            raise Problem("forbidden")

    with pytest.raises(Problem):
        fail()

    with world.store.read() as rows:
        assert rows.places.claim(sha("x")) is None
    assert world.queries.changes() == before


def test_the_trail_holds_under_writers_that_write_at_once(world: World) -> None:
    def deeds(actor: str) -> None:
        for count in range(15):
            with world.store.write() as rows:
                rows.audit(AuditRow(NOW, actor, "tried", str(count), {"số": count, "ratio": 0.5}))

    before = len(read_audit(world.engine))
    together(*(lambda actor=actor: deeds(actor) for actor in ("u-1", "u-2", "u-3")))
    trail = read_audit(world.engine)

    assert len(trail) == before + 45
    assert first_break(trail) is None


def test_the_trail_begins_once_though_two_write_first(engine) -> None:
    from loa_server.adapters.db.store import DbStore  # noqa: PLC0415 - no world: it writes first

    def deed() -> None:
        with DbStore(engine).write() as rows:
            rows.audit(AuditRow(NOW, "system", "began", "", {}))

    together(deed, deed)

    assert len(read_audit(engine)) == 2
    assert first_break(read_audit(engine)) is None


def test_an_altered_row_of_the_trail_shows(world: World) -> None:
    rows = read_audit(world.engine)

    with writing(world.engine) as connection:
        second = select(audit.c.id).order_by(audit.c.id).offset(1).limit(1).scalar_subquery()
        connection.execute(update(audit).where(audit.c.id == second).values(actor="u-another"))

    assert first_break(rows) is None
    assert first_break(read_audit(world.engine)) == 1


def test_no_announcement_is_lost_between_two_writers(world: World) -> None:
    def announce() -> None:
        for _ in range(20):
            with world.store.write() as rows:
                rows.announce("new-subject", "stations")

    before = world.queries.changes()["stations"]
    together(announce, announce)

    changes = world.queries.changes()
    assert (changes["new-subject"], changes["stations"] - before) == (40, 40)


def test_no_change_of_a_document_is_lost_between_two_writers(world: World) -> None:
    keys = ["manifest/g-x", "manifest/g-y", "manifest/a-vn"]

    def change(order: list[str]) -> None:
        for _ in range(20):
            with world.store.write() as rows:
                rows.documents_changed(*order)

    together(lambda: change(keys), lambda: change(keys[::-1]))

    with reading(world.engine) as connection:
        query = select(document.c.key, document.c.mark).where(document.c.key.in_(keys))
        marks = dict(connection.execute(query).all())
    assert marks == {"manifest/g-x": 40, "manifest/g-y": 40, "manifest/a-vn": 41}


def test_a_row_put_by_two_at_once_is_one_row(world: World) -> None:
    def put_all() -> None:
        for letter in "abcdefghij":
            with writing(world.engine) as connection:
                key = {"station": "phu-cat-1", "sha256": sha(letter)}
                put(connection, held_blob, key, {})

    together(put_all, put_all)

    with reading(world.engine) as connection:
        assert len(connection.execute(select(held_blob)).all()) == 10


def test_an_id_in_use_is_not_given_again(world: World) -> None:
    with world.store.read() as rows:
        known = rows.places.station("phu-cat-1")
    assert known is not None

    with pytest.raises(Problem) as refused, world.store.write() as rows:
        rows.places.add_station(replace(known, name="Another"))

    assert refused.value.code == "id_taken"


def test_a_claim_is_used_by_one_of_two_devices(world: World) -> None:
    used = []
    with world.store.write() as rows:
        rows.places.add_claim(Claim(sha("x"), "phu-cat-1", NOW))

    def use() -> None:
        with world.store.write() as rows:
            used.append(rows.places.use_claim(sha("x"), NOW))

    together(use, use)

    assert sorted(used) == [False, True]


def test_a_letter_no_column_can_hold_is_never_our_fault(world: World) -> None:
    def look() -> None:
        with world.store.read() as rows:
            assert rows.places.station("phu\0cat") is None

    if world.engine.dialect.name == "postgresql":
        with pytest.raises(Problem, match="bad_request"):
            look()
    else:
        look()
