"""The OpenAPI 3.1 document: what the framework collects, completed and with plain names."""

import json
from typing import Any, cast

from apiflask import APIFlask

PUBLIC: list[str | dict[str, list[Any]]] = [{}]
"""Security of an operation that needs no session."""
UNSAFE = frozenset({"post", "put", "patch", "delete"})
SECURITY_SCHEMES = {
    "session": {"type": "apiKey", "in": "cookie", "name": "loa_session"},
    "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token"},
    "station": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`Loa <compact JWS of {station, at}>` by the station's key, with the "
        "station's id in the header X-Loa-Station.",
    },
}
REFUSAL = {
    "type": "object",
    "description": "Every answer from 400 on: a stable code and facts.",
    "required": ["code", "facts"],
    "properties": {
        "code": {"type": "string"},
        "facts": {"type": "object", "additionalProperties": True},
    },
}
REFUSED = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
RENAMED = {"HTTPError": "Refusal"}
WORDS = {
    "401": "Not signed in",
    "403": "Not allowed, or the CSRF token is missing",
    "422": "The request cannot be done; the code says why",
    "default": "Refused",
}

Json = dict[str, Any]  # Any: the document is free JSON


def describe(app: APIFlask) -> None:
    """Let the framework collect the document the way we publish it."""
    app.config.update(
        SECURITY_SCHEMES=SECURITY_SCHEMES,
        HTTP_ERROR_SCHEMA=REFUSAL,
        AUTO_SERVERS=False,
        AUTO_OPERATION_ID=True,
        AUTO_404_RESPONSE=False,
        AUTO_AUTH_ERROR_RESPONSE=False,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        DESCRIPTION="Grassroots radio: bulletins, timetable and proof.",
    )
    app.spec_processor(lambda document: completed(cast("Json", document)))


def completed(document: Json) -> Json:
    """The document with plain names, and every operation with its security and refusals."""
    document["components"]["schemas"]["HTTPError"] = REFUSAL
    plain: Json = json.loads(_with_plain_names(json.dumps(document), document))
    schemas = plain["components"]["schemas"]
    plain["components"]["schemas"] = {_plain(name): schemas[name] for name in sorted(schemas)}
    plain["tags"] = [
        {"name": name} for name in dict.fromkeys(each["name"] for each in plain["tags"])
    ]
    for operations in plain["paths"].values():
        for method, operation in operations.items():
            _complete(method, operation)
    return plain


def _complete(method: str, operation: Json) -> None:
    # What the framework makes is method, blueprint and function; the function's name is enough.
    operation["operationId"] = operation["operationId"].split("_", 2)[2]
    guarded = "security" not in operation
    if guarded:
        keys: dict[str, list[str]] = (
            {"session": [], "csrf": []} if method in UNSAFE else {"session": []}
        )
        operation["security"] = [keys]
    operation["parameters"] += _station_header(operation)
    expected = ["401", "403"] if guarded else []
    if operation.get("requestBody") or operation["parameters"]:
        expected.append("422")
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True
    for status in [*expected, "default"]:
        operation["responses"].setdefault(
            status, {"description": WORDS[status], "content": REFUSED}
        )
    for status, answer in operation["responses"].items():
        if status.startswith(("4", "5")):
            answer["content"] = REFUSED
    operation["responses"] = dict(sorted(operation["responses"].items()))


def _station_header(operation: Json) -> list[Json]:
    if operation["security"] != [{"station": []}]:
        return []
    schema = {"type": "string"}
    return [{"name": "X-Loa-Station", "in": "header", "required": True, "schema": schema}]


def _with_plain_names(text: str, document: Json) -> str:
    """References to `Broadcast.Audience` become references to `Audience`."""
    for name in document["components"]["schemas"]:
        text = text.replace(
            f'"#/components/schemas/{name}"', f'"#/components/schemas/{_plain(name)}"'
        )
    return text


def _plain(name: str) -> str:
    last = name.rpartition(".")[2]
    return RENAMED.get(last, last)
