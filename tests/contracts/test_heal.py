"""A station that missed a document gets it again; one that is merely away or new does not ask."""

from datetime import timedelta

from loa_agent.protocol.reports import StationStatus
from loa_server.adapters.db.lagging import DbLagging
from loa_server.application.heal_documents import GRACE, heal_documents
from world import World

PHU_CAT = "manifest/a-phu-cat"
SECOND = timedelta(seconds=1)


def heal(world: World) -> list[str]:
    return list(heal_documents(documents=DbLagging(world.engine)))


def held_by(station: str) -> dict[str, int]:
    """All that a station should hold after the first round of publishing."""
    audiences = (f"s-{station}", "a-phu-cat", "a-gia-lai", "a-vn")
    return {f"config/{station}": 1, **{f"manifest/{each}": 1 for each in audiences}}


def test_a_missed_document_goes_out_again_under_the_same_version(world: World) -> None:
    world.publish()
    world.now += GRACE
    world.say("phu-cat-1", versions={**held_by("phu-cat-1"), PHU_CAT: 0})

    assert heal(world) == [PHU_CAT]

    assert world.publish() == {PHU_CAT: 1}
    world.say("phu-cat-1", versions=held_by("phu-cat-1"))
    assert heal(world) == []


def test_a_station_is_given_time_to_hear_what_was_just_published(world: World) -> None:
    world.publish()
    world.now += GRACE - SECOND
    world.say("phu-cat-1", versions={})

    assert heal(world) == []


def test_a_station_that_is_away_makes_nothing_go_out(world: World) -> None:
    world.publish()
    world.now += GRACE
    world.say("phu-cat-1", versions={}, status=StationStatus.OFFLINE)

    assert heal(world) == []


def test_a_change_on_its_way_is_not_sent_twice(world: World) -> None:
    world.publish()
    world.now += GRACE
    world.say("phu-cat-1", versions=held_by("phu-cat-1"))

    world.broadcast("a-phu-cat")

    assert heal(world) == []
    assert world.publish() == {PHU_CAT: 2}
