"""Programmes over HTTP: put together, reordered by one person at a time, kept while needed."""

from typing import Any

import pytest
from loa_server.domain.bulletins import Bulletin
from visitors import Visitor, refusal
from world import World


def items(*bulletins: Bulletin, parts: str = "") -> list[dict[str, str]]:
    names = {"j": "jingle", "i": "item", "s": "sign_off"}
    wanted = parts or "i" * len(bulletins)
    return [
        {"bulletin": each.id, "part": names[part]}
        for each, part in zip(bulletins, wanted, strict=True)
    ]


def made(visitor: Visitor, *bulletins: Bulletin, parts: str = "") -> dict[str, Any]:
    body = {"title": "Bản tin sáng", "items": items(*bulletins, parts=parts)}
    answer = visitor.post("/programmes", body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def test_a_programme_is_kept_and_listed_with_all_it_holds(town: World, commune: Visitor) -> None:
    jingle, news = town.ready(title="Nhạc hiệu"), town.ready(title="Tin")
    waiting = town.upload(title="Lời kết")

    programme = made(commune, jingle, news, waiting, parts="jis")

    assert commune.get("/programmes").get_json() == [programme]
    assert commune.get(f"/programmes/{programme['id']}").get_json() == programme
    assert programme | {"id": ""} == {
        "id": "",
        "title": "Bản tin sáng",
        "area": "phu-cat",
        "area_name": "Phù Cát",
        "author_name": "Cán bộ phu-cat",
        "created_at": "2026-11-23T03:00:00.000Z",
        "changed_at": "2026-11-23T03:00:00.000Z",
        "version": 1,
        "duration_ms": 120_000,
        "ready": False,
        "shared_from": None,
        "may_change": True,
        "items": [
            {
                "bulletin": jingle.id,
                "title": "Nhạc hiệu",
                "part": "jingle",
                "duration_ms": 60_000,
                "status": "ready",
            },
            {
                "bulletin": news.id,
                "title": "Tin",
                "part": "item",
                "duration_ms": 60_000,
                "status": "ready",
            },
            {
                "bulletin": waiting.id,
                "title": "Lời kết",
                "part": "sign_off",
                "duration_ms": None,
                "status": "preparing",
            },
        ],
    }


def test_the_same_bulletin_may_stand_twice(town: World, commune: Visitor) -> None:
    jingle, news = town.ready(title="Nhạc hiệu"), town.ready(title="Tin")

    programme = made(commune, jingle, news, jingle, parts="jis")

    assert [each["bulletin"] for each in programme["items"]] == [jingle.id, news.id, jingle.id]
    assert programme["duration_ms"] == 180_000


def test_items_are_put_in_another_order_and_renamed(town: World, commune: Visitor) -> None:
    first, second = town.ready(title="Một"), town.ready(title="Hai")
    programme = made(commune, first, second)

    answer = commune.put(
        f"/programmes/{programme['id']}",
        {"title": "Bản tin chiều", "items": items(second, first), "version": 1},
    )

    changed = answer.get_json()
    assert (answer.status_code, changed["version"], changed["title"]) == (200, 2, "Bản tin chiều")
    assert [each["title"] for each in changed["items"]] == ["Hai", "Một"]


def test_of_two_who_change_one_programme_the_second_is_told(town: World, commune: Visitor) -> None:
    first, second = town.ready(title="Một"), town.ready(title="Hai")
    programme = made(commune, first, second)
    path = f"/programmes/{programme['id']}"
    change = {"title": "A", "items": items(first), "version": 1}

    taken = commune.put(path, change)
    late = commune.put(path, {**change, "title": "B"})

    assert taken.status_code == 200
    assert refusal(late) == (409, "changed_meanwhile")
    assert late.get_json()["facts"] == {"programme": programme["id"], "version": 2}
    assert commune.get(path).get_json()["title"] == "A"


@pytest.mark.parametrize(
    ("parts", "code"),
    [("sj", "programme_part_out_of_place"), ("ij", "programme_part_out_of_place")],
)
def test_what_stands_out_of_place_is_refused_at_both_doors(
    town: World, commune: Visitor, parts: str, code: str
) -> None:
    first, second = town.ready(title="Một"), town.ready(title="Hai")
    programme = made(commune, first)
    wrong = {"title": "x", "items": items(first, second, parts=parts)}

    at_making = commune.post("/programmes", wrong)
    at_changing = commune.put(f"/programmes/{programme['id']}", {**wrong, "version": 1})

    assert refusal(at_making) == refusal(at_changing) == (422, code)
    assert at_making.get_json()["facts"]["position"] == 1


def test_an_empty_or_nameless_programme_is_refused(town: World, commune: Visitor) -> None:
    piece = town.ready()

    empty = commune.post("/programmes", {"title": "x", "items": []})
    nameless = commune.post("/programmes", {"title": " ", "items": items(piece)})
    unknown = commune.post("/programmes", {"title": "x", "items": [{"bulletin": "bt-nothing"}]})

    assert refusal(empty) == (422, "programme_empty")
    assert refusal(nameless) == (422, "bad_request")
    assert refusal(unknown) == (404, "not_found")


def test_a_programme_of_others_does_not_exist(
    town: World, commune: Visitor, neighbour: Visitor
) -> None:
    piece = town.ready()
    programme = made(commune, piece)
    path = f"/programmes/{programme['id']}"
    change = {"title": "x", "items": items(piece), "version": 1}

    answers = {
        refusal(neighbour.get(path)),
        refusal(neighbour.put(path, change)),
        refusal(neighbour.delete(path)),
        refusal(neighbour.post("/programmes", {"title": "x", "items": items(piece)})),
        refusal(commune.get("/programmes/ct-nothing")),
    }

    assert answers == {(404, "not_found")}
    assert neighbour.get("/programmes").get_json() == []


def test_a_bulletin_of_a_programme_is_kept_and_where_it_is_needed_is_said(
    town: World, commune: Visitor
) -> None:
    piece, other = town.ready(title="Tin"), town.ready(title="Khác")
    town.broadcast(bulletin=piece)
    programme = made(commune, piece)

    refused = commune.delete(f"/bulletins/{piece.id}")
    commune.put(
        f"/programmes/{programme['id']}", {"title": "x", "items": items(other), "version": 1}
    )
    still = commune.delete(f"/bulletins/{piece.id}")

    assert refusal(refused) == (409, "bulletin_in_use")
    assert refused.get_json()["facts"] == {
        "bulletin": piece.id,
        "broadcasts": ["Tin"],
        "programmes": ["Bản tin sáng"],
        "shares": 0,
    }
    assert still.get_json()["facts"]["programmes"] == []


def test_a_deleted_programme_lets_its_bulletins_go(town: World, commune: Visitor) -> None:
    piece = town.ready()
    programme = made(commune, piece)
    path = f"/programmes/{programme['id']}"

    deleted = commune.delete(path)

    assert deleted.status_code == 204
    assert refusal(commune.get(path)) == (404, "not_found")
    assert commune.get("/programmes").get_json() == []
    assert commune.delete(f"/bulletins/{piece.id}").status_code == 204
