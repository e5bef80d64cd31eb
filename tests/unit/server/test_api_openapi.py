"""The OpenAPI document is valid and says everything; the web client is made from it."""

import re
from typing import Any

import pytest
from loa_server.api.app import LoaApp
from openapi_spec_validator import OpenAPIV31SpecValidator
from visitors import API, Visitor

Json = dict[str, Any]


@pytest.fixture
def document(anyone: Visitor) -> Json:
    found: Json = anyone.get("/openapi.json").get_json()
    return found


def operations(document: Json) -> list[tuple[str, str, Json]]:
    return [
        (method, path, operation)
        for path, each in document["paths"].items()
        for method, operation in each.items()
    ]


def test_the_document_is_valid(document: Json) -> None:
    errors = list(OpenAPIV31SpecValidator(document).iter_errors())

    assert document["openapi"].startswith("3.1")
    assert errors == []


def test_every_route_is_in_it_and_nothing_else(app: LoaApp, document: Json) -> None:
    routes = {
        (method.lower(), re.sub(r"<(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} & (rule.methods or set())
        if rule.rule.startswith(API) and rule.rule != f"{API}/openapi.json"
    }

    assert {(method, path) for method, path, _ in operations(document)} == routes


def test_every_refusal_has_the_one_shape(document: Json) -> None:
    for _, path, operation in operations(document):
        answers = operation["responses"]
        refusals = [answers[each] for each in answers if each[0] in "45d"]
        assert "default" in answers, path
        for each in refusals:
            schema = each["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Refusal"}


def test_every_operation_names_who_may_use_it(document: Json) -> None:
    by_security: dict[str, set[str]] = {}
    for method, path, operation in operations(document):
        kinds = " and ".join(sorted(operation["security"][0])) or "public"
        by_security.setdefault(kinds, set()).add(method)
        if kinds == "public":
            assert path in {f"{API}/session", f"{API}/enrol"}

    assert by_security == {
        "public": {"post"},
        "station": {"get"},
        "session": {"get"},
        "csrf and session": {"post", "put", "delete"},
    }
    assert set(document["components"]["securitySchemes"]) == {"session", "csrf", "station"}


def test_names_are_plain_and_unique(document: Json) -> None:
    schemas = document["components"]["schemas"]
    ids = [operation["operationId"] for _, _, operation in operations(document)]

    assert all(re.fullmatch(r"[A-Z]\w+", name) for name in schemas)
    assert all(re.fullmatch(r"[a-z]\w+", name) for name in ids)
    assert len(ids) == len(set(ids))
    assert "class" in schemas["Broadcast"]["properties"]
    assert "from" in schemas["Rule"]["properties"]


def test_every_field_that_goes_out_is_always_there(document: Json) -> None:
    schemas = document["components"]["schemas"]
    for name in ("Session", "Station", "Bulletin", "Broadcast", "ProgressRow", "Play", "Area"):
        assert set(schemas[name]["required"]) == set(schemas[name]["properties"])
