"""Every operation of the API, asked by who may not: nothing is done, nothing is told.

The operations are read from the OpenAPI document, so a new one is covered by itself. Each is asked
first by who may not, then, to show that the question made sense, by who may.
"""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from loa_server.api.app import LoaApp
from loa_server.bootstrap.web import document
from loa_server.config import Settings
from loa_server.domain.people import Account
from loa_server.domain.rights import Grant, Role
from samples import UNKNOWN, Named, Operation, operations
from visitors import Visitor
from werkzeug.test import TestResponse
from world import World

OPERATIONS = [each for each in operations(document(Settings(data=Path("unused")))) if not each.own]
SAFE = [each for each in OPERATIONS if each.method == "GET" and each.path != "/api/v1/events"]
UNSAFE = [each for each in OPERATIONS if each.method != "GET"]
TITLE = "Tiêm chủng ở Phù Cát"

# What names no place but one's own: a neighbour does it at home.
AT_HOME = {"POST /api/v1/bulletins"}
# What everybody in the country may read.
PUBLIC = {"GET /api/v1/areas/seed"}
# Codes of areas are public: whether one is taken is no secret.
BY_PUBLIC_CODE = {"POST /api/v1/areas/import"}

REFUSED = {403, 404}


@pytest.fixture
def named(operation: Operation, town: World, province: Visitor, commune: Visitor) -> Named:
    """Things of Phù Cát, and one thing handed down to it."""
    if operation.path.endswith(("/approve", "/refuse")):
        # Four eyes, so that there is something to decide.
        assert province.put("/areas/phu-cat", {"self_approval": False}).status_code == 200
    bulletin = town.ready(town.commune, TITLE)
    items = [{"bulletin": bulletin.id, "part": "item"}]
    programme = commune.post("/programmes", {"title": TITLE, "items": items})
    broadcast = town.broadcast(actor=town.commune, bulletin=bulletin)
    item = town.ready(town.province)
    wish = {"bulletin": item.id, "areas": ["phu-cat"], "class": "priority"}
    share = province.post("/shares", wish)
    assert (programme.status_code, share.status_code) == (201, 201), (programme.text, share.text)
    return Named(
        area="phu-cat",
        area_code="21853",
        station="phu-cat-1",
        bulletin=bulletin.id,
        broadcast=broadcast.id,
        programme=programme.get_json()["id"],
        share=share.get_json()["id"],
        person="u-phu-cat",
    )


@pytest.fixture
def auditor(town: World, app: LoaApp) -> Iterator[Visitor]:
    """Sees all of Phù Cát and may do nothing there."""
    grants = (Grant(Role.AUDITOR, "phu-cat"),)
    account = Account("u-a", "auditor", "A", "phu-cat", grants, town.passwords.hash("auditor"))
    with town.store.write() as rows:
        rows.people.add(account)
    return Visitor(app).sign_in("auditor")


def ask(operation: Operation, visitor: Visitor, named: Named) -> TestResponse:
    return operation.ask(visitor.client, visitor.headers, named)


def told(answer: TestResponse, named: Named) -> tuple[int, str]:
    """An answer with the ids it was asked for made alike."""
    text = answer.text
    for name, value in sorted(asdict(named).items(), key=lambda each: -len(each[1])):
        text = text.replace(value, f"<{name}>")
    return answer.status_code, text


def refused(answer: TestResponse) -> bool:
    if answer.status_code in REFUSED:
        return True
    body = answer.get_json() if answer.is_json else None
    if isinstance(body, dict) and "problems" in body and "applied" in body:
        # A list is answered line by line, and taken as a whole or not at all.
        codes = {each["code"] for each in body["problems"]}
        return not body["applied"] and bool(codes & {"forbidden", "duplicate_code"})
    return isinstance(body, dict) and body.get("code") == "audience_unknown"


@pytest.mark.parametrize("operation", UNSAFE, ids=str)
def test_nobody_changes_what_they_have_no_right_to(
    operation: Operation, named: Named, auditor: Visitor, neighbour: Visitor, province: Visitor
) -> None:
    by_auditor = ask(operation, auditor, named)
    by_neighbour = ask(operation, neighbour, named)
    by_owner = ask(operation, province, named)

    assert refused(by_auditor), by_auditor.text
    assert refused(by_neighbour) or str(operation) in AT_HOME, by_neighbour.text
    assert not refused(by_owner), by_owner.text
    assert by_owner.status_code < 500


@pytest.mark.parametrize("operation", SAFE, ids=str)
def test_nobody_reads_of_a_place_that_is_not_theirs(
    operation: Operation, named: Named, neighbour: Visitor, province: Visitor
) -> None:
    by_neighbour = ask(operation, neighbour, named)
    by_owner = ask(operation, province, named)

    if str(operation) not in PUBLIC:
        words = told(by_neighbour, named)[1]
        assert "Phù Cát" not in words
        assert by_neighbour.status_code in REFUSED or "<" not in words, by_neighbour.text
    assert by_owner.status_code == 200


@pytest.mark.parametrize("operation", SAFE + UNSAFE, ids=str)
def test_a_guessed_id_is_answered_like_one_that_was_never_given(
    operation: Operation, named: Named, neighbour: Visitor
) -> None:
    guessed = ask(operation, neighbour, named)
    invented = ask(operation, neighbour, UNKNOWN)

    if str(operation) not in PUBLIC | AT_HOME | BY_PUBLIC_CODE:
        assert told(guessed, named) == told(invented, UNKNOWN)


def test_every_kind_of_thing_an_address_names_is_known_here() -> None:
    names = {
        each["name"].removesuffix("_id")
        for operation in OPERATIONS
        for each in operation.description["parameters"]
        if each["in"] == "path"
    }

    assert names <= {*asdict(UNKNOWN), "day", "local_start"}
