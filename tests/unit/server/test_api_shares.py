"""What the province hands down: libraries below, places asked for, answers seen above."""

from typing import Any

import pytest
from loa_server.adapters.db.engine import writing
from loa_server.adapters.db.tables import bulletin as bulletins
from loa_server.adapters.db.tables import role_grant
from loa_server.api.app import LoaApp
from loa_server.domain.areas import Area
from loa_server.domain.bulletins import Bulletin
from sqlalchemy import delete, insert, update
from visitors import Visitor, refusal
from world import World


def share(visitor: Visitor, bulletin: Bulletin, *areas: str, **more: Any) -> dict[str, Any]:
    body = {"bulletin": bulletin.id, "areas": list(areas) or ["gia-lai"], **more}
    answer = visitor.post("/shares", body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def titles(visitor: Visitor, kind: str = "bulletins") -> list[tuple[str, str | None, bool]]:
    may = "may_delete" if kind == "bulletins" else "may_change"
    return [
        (each["title"], each["shared_from"], each[may])
        for each in visitor.get(f"/{kind}").get_json()
    ]


def waiting(visitor: Visitor) -> list[tuple[str, str, bool]]:
    return [
        (each["title"], each["area"], each["may_answer"])
        for each in visitor.get("/requests").get_json()
    ]


def voiced(town: World, title: str = "Tiêm chủng") -> Bulletin:
    """A bulletin of the province whose voice can be heard."""
    bulletin = town.ready(town.province, title)
    with writing(town.engine) as connection:
        mine = update(bulletins).where(bulletins.c.id == bulletin.id)
        connection.execute(mine.values(sha256=bulletin.source_sha256))
    return bulletin


def heard(visitor: Visitor, bulletin: Bulletin) -> int:
    return visitor.get(f"/bulletins/{bulletin.id}/audio").status_code


def test_an_ordinary_share_lands_in_the_library_of_every_place_below(
    town: World, province: Visitor, commune: Visitor, neighbour: Visitor
) -> None:
    bulletin = town.ready(town.province)
    before = titles(commune)

    made = share(province, bulletin)

    assert before == []
    assert titles(commune) == titles(neighbour) == [("Tiêm chủng", "Gia Lai", False)]
    assert titles(province) == [("Tiêm chủng", None, True)]
    assert commune.get("/requests").get_json() == []
    assert province.get("/shares").get_json() == [made]
    assert commune.get("/shares").get_json() == []


def test_a_share_is_for_those_it_names_and_nobody_else(
    town: World, province: Visitor, commune: Visitor, neighbour: Visitor
) -> None:
    share(province, voiced(town), "an-hanh")
    bulletin = town.ready(town.province, "Khác")

    assert titles(commune) == [("Tiêm chủng", "Gia Lai", False)]
    assert titles(neighbour) == []
    assert refusal(neighbour.get(f"/bulletins/{bulletin.id}")) == (404, "not_found")


def test_what_was_shared_is_heard_and_used_below(
    town: World, province: Visitor, commune: Visitor, neighbour: Visitor
) -> None:
    bulletin = voiced(town)
    before = heard(commune, bulletin)

    share(province, bulletin, "phu-cat")
    programme = commune.post(
        "/programmes", {"title": "Bản tin", "items": [{"bulletin": bulletin.id}]}
    )

    assert before == 404
    assert heard(commune, bulletin) == 200
    assert programme.status_code == 201
    assert heard(neighbour, bulletin) == 404
    assert refusal(commune.delete(f"/bulletins/{bulletin.id}")) == (403, "forbidden")


def test_what_was_ordered_above_is_heard_where_it_sounds(
    town: World, commune: Visitor, neighbour: Visitor
) -> None:
    bulletin = voiced(town)

    town.broadcast("a-phu-cat", actor=town.province, bulletin=bulletin)

    assert heard(commune, bulletin) == 200
    assert heard(neighbour, bulletin) == 404
    assert titles(commune) == []


def test_a_shared_programme_is_seen_whole_and_its_voices_are_heard(
    town: World, province: Visitor, commune: Visitor, neighbour: Visitor
) -> None:
    bulletin = voiced(town)
    body = {"title": "Bản tin tỉnh", "items": [{"bulletin": bulletin.id}]}
    programme = province.post("/programmes", body).get_json()
    path = f"/programmes/{programme['id']}"

    answer = province.post("/shares", {"programme": programme["id"], "areas": ["phu-cat"]})
    change = commune.put(path, {**body, "version": 1})

    assert answer.status_code == 201
    assert titles(commune, "programmes") == [("Bản tin tỉnh", "Gia Lai", False)]
    assert commune.get(path).get_json()["items"][0]["title"] == "Tiêm chủng"
    assert heard(commune, bulletin) == 200
    assert titles(commune) == []
    assert refusal(change) == refusal(commune.delete(path)) == (403, "forbidden")
    assert titles(neighbour, "programmes") == []
    assert heard(neighbour, bulletin) == 404
    assert refusal(province.delete(path)) == (409, "programme_in_use")


def test_a_priority_share_asks_every_commune_for_a_place(
    town: World, province: Visitor, commune: Visitor, neighbour: Visitor
) -> None:
    bulletin = town.ready(town.province)

    made = share(province, bulletin, **{"class": "priority", "note": "Trước chủ nhật"})

    assert (made["asked"], made["placed"], made["declined"], made["waiting"]) == (2, 0, 0, 2)
    assert made["areas"] == [{"id": "gia-lai", "name": "Gia Lai"}]
    assert waiting(commune) == [("Tiêm chủng", "phu-cat", True)]
    assert waiting(neighbour) == [("Tiêm chủng", "tuy-phuoc", True)]
    assert waiting(province) == []
    (asked,) = commune.get("/requests").get_json()
    assert asked | {"share": "", "bulletin": ""} == {
        "share": "",
        "area": "phu-cat",
        "area_name": "Phù Cát",
        "bulletin": "",
        "programme": None,
        "title": "Tiêm chủng",
        "duration_ms": 60_000,
        "from_area_name": "Gia Lai",
        "by_name": "Cán bộ gia-lai",
        "at": "2026-11-23T03:00:00.000Z",
        "note": "Trước chủ nhật",
        "may_answer": True,
    }


def test_the_sender_sees_who_placed_it_who_declined_and_who_is_silent(
    town: World, province: Visitor, commune: Visitor, neighbour: Visitor
) -> None:
    bulletin = town.ready(town.province)
    made = share(province, bulletin, **{"class": "priority"})
    path = f"/shares/{made['id']}/answer"
    order = {
        "bulletins": [bulletin.id],
        "audiences": ["a-phu-cat"],
        "when": {"mode": "at", "start": "2026-11-24T17:00"},
        "class": "priority",
    }
    placed = commune.post("/broadcasts", order).get_json()["id"]

    first = commune.post(path, {"area": "phu-cat", "answer": "placed", "broadcast": placed})
    after_one = province.get("/shares").get_json()[0]
    second = neighbour.post(path, {"area": "tuy-phuoc", "answer": "declined", "note": "Hết chỗ"})
    after_two = province.get("/shares").get_json()[0]

    assert (first.status_code, second.status_code) == (204, 204)
    assert (after_one["placed"], after_one["waiting"]) == (1, 1)
    assert (after_two["placed"], after_two["declined"], after_two["waiting"]) == (1, 1, 0)
    assert [each["area_name"] for each in after_two["answers"]] == ["Phù Cát", "Tuy Phước"]
    assert after_two["answers"][0]["broadcast"] == placed
    assert after_two["answers"][1]["note"] == "Hết chỗ"
    assert after_two["answers"][1]["by_name"] == "Cán bộ tuy-phuoc"
    assert waiting(commune) == waiting(neighbour) == []


def test_the_first_answer_of_a_commune_counts(
    town: World, province: Visitor, commune: Visitor
) -> None:
    made = share(province, town.ready(town.province), **{"class": "priority"})
    path = f"/shares/{made['id']}/answer"

    commune.post(path, {"area": "phu-cat", "answer": "declined"})
    again = commune.post(path, {"area": "phu-cat", "answer": "declined"})

    assert refusal(again) == (409, "already_answered")


def test_an_answer_names_a_broadcast_that_holds_what_was_shared(
    town: World, province: Visitor, commune: Visitor
) -> None:
    made = share(province, town.ready(town.province), **{"class": "priority"})
    path = f"/shares/{made['id']}/answer"
    other = town.broadcast()
    elsewhere = town.broadcast("a-tuy-phuoc", actor=town.neighbour)
    placed = {"area": "phu-cat", "answer": "placed"}

    answers = [
        commune.post(path, placed),
        commune.post(path, {**placed, "broadcast": other.id}),
        commune.post(path, {**placed, "broadcast": elsewhere.id}),
        commune.post(path, {**placed, "answer": "declined", "broadcast": other.id}),
    ]

    assert [refusal(each) for each in answers] == [
        (422, "bad_request"),
        (422, "broadcast_without_share"),
        (404, "not_found"),
        (422, "bad_request"),
    ]
    assert waiting(commune) == [("Tiêm chủng", "phu-cat", True)]


def test_a_shared_programme_is_ordered_and_placed_below(
    town: World, province: Visitor, commune: Visitor
) -> None:
    piece = town.ready(town.province)
    programme = province.post(
        "/programmes", {"title": "Bản tin tỉnh", "items": [{"bulletin": piece.id}]}
    ).get_json()
    wish = {"programme": programme["id"], "areas": ["phu-cat"], "class": "priority"}
    made = province.post("/shares", wish).get_json()
    order = {
        "programme": programme["id"],
        "audiences": ["s-an-hanh-1"],
        "when": {"mode": "at", "start": "2026-11-24T17:00"},
    }
    placed = commune.post("/broadcasts", order).get_json()

    answer = commune.post(
        f"/shares/{made['id']}/answer",
        {"area": "phu-cat", "answer": "placed", "broadcast": placed["id"]},
    )

    assert answer.status_code == 204, answer.text
    assert placed["title"] == "Bản tin tỉnh"
    assert province.get("/shares").get_json()[0]["placed"] == 1


def test_what_sounds_elsewhere_has_no_place_here(
    town: World, province: Visitor, neighbour: Visitor
) -> None:
    piece = town.ready(town.province)
    made = share(province, piece, **{"class": "priority"})
    elsewhere = town.broadcast("a-phu-cat", actor=town.province, bulletin=piece)
    beside = town.broadcast("s-an-hanh-1", actor=town.province, bulletin=piece)
    wide = town.broadcast("a-gia-lai", actor=town.province, bulletin=piece)
    path = f"/shares/{made['id']}/answer"
    placed = {"area": "tuy-phuoc", "answer": "placed"}

    answers = [
        province.post(path, {**placed, "broadcast": each.id}) for each in (elsewhere, beside, wide)
    ]

    assert refusal(answers[0]) == refusal(answers[1]) == (422, "broadcast_without_share")
    assert answers[2].status_code == 204
    assert waiting(neighbour) == []


def test_nobody_answers_for_others_or_what_was_never_asked(
    town: World, province: Visitor, commune: Visitor
) -> None:
    asked = share(province, town.ready(town.province), "tuy-phuoc", **{"class": "priority"})
    ordinary = share(province, town.ready(town.province, "Khác"), "phu-cat")
    reply = {"area": "phu-cat", "answer": "declined"}

    answers = {
        refusal(commune.post(f"/shares/{asked['id']}/answer", reply)),
        refusal(commune.post(f"/shares/{asked['id']}/answer", {**reply, "area": "tuy-phuoc"})),
        refusal(commune.post(f"/shares/{ordinary['id']}/answer", reply)),
        refusal(commune.post("/shares/cs-nothing/answer", reply)),
        refusal(commune.delete(f"/shares/{asked['id']}")),
    }

    assert answers == {(404, "not_found")}


def test_a_withdrawn_share_leaves_the_libraries_and_asks_nobody(
    town: World, province: Visitor, commune: Visitor
) -> None:
    bulletin = voiced(town)
    made = share(province, bulletin, **{"class": "priority"})

    refused = province.delete(f"/bulletins/{bulletin.id}")
    withdrawn = province.delete(f"/shares/{made['id']}")
    again = province.delete(f"/shares/{made['id']}")
    answered = commune.post(
        f"/shares/{made['id']}/answer", {"area": "phu-cat", "answer": "declined"}
    )

    assert refusal(refused) == (409, "bulletin_in_use")
    assert refused.get_json()["facts"]["shares"] == 1
    assert (withdrawn.status_code, again.status_code) == (204, 204)
    assert titles(commune) == []
    assert waiting(commune) == []
    assert heard(commune, bulletin) == 404
    assert refusal(answered) == (409, "share_withdrawn")
    assert province.get("/shares").get_json()[0]["withdrawn_at"] is not None
    assert province.delete(f"/bulletins/{bulletin.id}").status_code == 204


def test_a_programme_made_below_survives_the_end_of_the_share_and_can_still_be_changed(
    town: World, province: Visitor, commune: Visitor
) -> None:
    bulletin, own = voiced(town), town.ready(town.commune, "Của xã")
    made = share(province, bulletin, "phu-cat")
    body = {"title": "Bản tin", "items": [{"bulletin": bulletin.id}]}
    programme = commune.post("/programmes", body).get_json()

    province.delete(f"/shares/{made['id']}")
    changed = commune.put(
        f"/programmes/{programme['id']}",
        {"title": "Mới", "items": [{"bulletin": own.id}, {"bulletin": bulletin.id}], "version": 1},
    )
    fresh = commune.post("/programmes", body)
    refused = province.delete(f"/bulletins/{bulletin.id}")

    assert changed.status_code == 200
    assert refusal(fresh) == (404, "not_found")
    assert refusal(refused) == (409, "bulletin_in_use")


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"areas": ["gia-lai"]}, 422, "audience_unknown"),
        ({"areas": ["phu-cat", "tuy-phuoc"]}, 422, "audience_unknown"),
        ({"areas": ["nowhere"]}, 422, "audience_unknown"),
        ({"areas": []}, 422, "no_audience"),
        ({"areas": ["an-hanh"], "class": "emergency"}, 422, "bad_request"),
        ({"areas": ["an-hanh"], "programme": "ct-x"}, 422, "bad_request"),
        ({"areas": ["an-hanh"], "bulletin": "bt-nothing"}, 404, "not_found"),
    ],
)
def test_nobody_shares_beyond_what_lies_under_them(
    town: World, commune: Visitor, wish: dict[str, Any], status: int, code: str
) -> None:
    mine = town.ready(town.commune)

    answer = commune.post("/shares", {"bulletin": mine.id, **wish})

    assert refusal(answer) == (status, code)


def test_what_came_from_above_and_what_is_not_ready_is_not_shared_on(
    town: World, province: Visitor, commune: Visitor
) -> None:
    handed = town.ready(town.province)
    share(province, handed, "phu-cat")
    waits = town.upload(town.commune, "Chưa xong")

    on = commune.post("/shares", {"bulletin": handed.id, "areas": ["an-hanh"]})
    unready = commune.post("/shares", {"bulletin": waits.id, "areas": ["an-hanh"]})

    assert refusal(on) == (403, "forbidden")
    assert refusal(unready) == (422, "bulletin_not_ready")


def test_a_commune_never_reads_the_name_of_another_in_a_share(
    town: World, province: Visitor, commune: Visitor
) -> None:
    theirs = town.ready(town.neighbour, "Của Tuy Phước")

    share(province, theirs, "phu-cat")

    (seen,) = commune.get("/bulletins").get_json()
    assert (seen["title"], seen["shared_from"]) == ("Của Tuy Phước", "Gia Lai")
    assert (seen["area"], seen["area_name"], seen["author_name"]) == ("gia-lai", "Gia Lai", "")


def test_who_only_looks_on_shares_and_answers_nothing(
    app: LoaApp, town: World, province: Visitor
) -> None:
    mine = town.ready(town.commune)
    asked = share(province, town.ready(town.province), **{"class": "priority"})
    with writing(town.engine) as connection:
        connection.execute(delete(role_grant).where(role_grant.c.account == "u-phu-cat"))
        row = {"account": "u-phu-cat", "area": "phu-cat", "role": "auditor"}
        connection.execute(insert(role_grant).values(row))
    onlooker = Visitor(app).sign_in("phu-cat")

    shared = onlooker.post("/shares", {"bulletin": mine.id, "areas": ["an-hanh"]})
    made = onlooker.post("/programmes", {"title": "x", "items": [{"bulletin": mine.id}]})
    answered = onlooker.post(
        f"/shares/{asked['id']}/answer", {"area": "phu-cat", "answer": "declined"}
    )

    assert {refusal(each) for each in (shared, made, answered)} == {(403, "forbidden")}
    assert waiting(onlooker) == [("Tiêm chủng", "phu-cat", False)]


def test_new_communes_below_find_what_was_shared_before(town: World, province: Visitor) -> None:
    share(province, town.ready(town.province), **{"class": "priority"})
    with town.store.write() as rows:
        rows.places.add_area(Area("an-nhon", "21910", "An Nhơn", 2, "gia-lai"))

    (seen,) = town.queries.bulletins(10, frozenset({"an-nhon"}))
    (asked,) = town.queries.requests(10, frozenset({"an-nhon"}))

    assert seen.shared_from == "Gia Lai"
    assert asked.area == "an-nhon"
    assert province.get("/shares").get_json()[0]["asked"] == 3
