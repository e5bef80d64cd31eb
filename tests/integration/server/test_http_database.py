"""The way of a bulletin through the API, the same on both databases."""

from pathlib import Path

import pytest
from visitors import API, Visitor, make_app, refusal
from world import NOW, World, a_play

pytestmark = pytest.mark.integration


def test_a_bulletin_is_sent_followed_and_logged(world: World, tmp_path: Path) -> None:
    app = make_app(world, tmp_path)
    commune, neighbour = (Visitor(app).sign_in(name) for name in ("phu-cat", "tuy-phuoc"))
    bulletin = world.ready(world.commune)
    when = {"mode": "at", "start": "2026-11-23T17:00"}
    order = {"bulletins": [bulletin.id], "audiences": ["a-phu-cat"], "when": when}

    broadcast = commune.post("/broadcasts", order).get_json()
    with world.store.read() as rows:
        ordered = rows.broadcasts.get(broadcast["id"])
    assert ordered is not None
    world.report("phu-cat-1", *a_play(1, ordered, NOW.replace(hour=10)))

    play = commune.get("/plays").get_json()[0]
    assert (play["outcome"], play["broadcast"]) == ("played", broadcast["id"])
    assert commune.get("/broadcasts").get_json()[0]["station_count"] == 2
    assert neighbour.get("/plays").get_json() == []
    assert refusal(neighbour.get(f"/broadcasts/{broadcast['id']}")) == (404, "not_found")
    assert refusal(commune.delete(f"/bulletins/{bulletin.id}")) == (409, "bulletin_in_use")


@pytest.mark.parametrize("text", ["a\\u0000b", "\\ud800", "'; DROP TABLE station; --"])
def test_strange_letters_are_kept_or_refused_and_never_break_the_server(
    world: World, tmp_path: Path, text: str
) -> None:
    commune = Visitor(make_app(world, tmp_path)).sign_in("phu-cat")
    body = f'{{"name": "{text}", "area": "phu-cat"}}'

    made = commune.client.post(
        f"{API}/stations", data=body, content_type="application/json", headers=commune.headers
    )
    asked = commune.get("/bulletins/a%00b")

    assert made.status_code in {201, 422}
    assert asked.status_code in {404, 422}
    assert commune.get("/stations").status_code == 200
