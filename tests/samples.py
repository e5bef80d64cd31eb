"""A request for every operation of the OpenAPI document, made from its schemas.

Whatever names something names it out of `Named`, so that the same request can be made for things
that are there and for things that are not. An operation added later is met here by itself; only
what its schema cannot say, such as "one of these two", needs a line in `OPTIONAL`.
"""

import io
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

Json = dict[str, Any]

OPTIONAL: Mapping[str, tuple[str, ...]] = {
    "Order": ("bulletins", "class"),
    "NewShare": ("bulletin",),
    "AreaChange": ("name",),
    "StationChange": ("name", "volume_percent"),
    "AreaImport": ("file", "apply"),
    "MergeInto": ("name", "code"),
}
"""Fields a schema does not require and the request would be senseless without."""

EVENT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//y//EN
BEGIN:VEVENT
UID:1
SUMMARY:Tin
DTSTART:20261124T170000
END:VEVENT
END:VCALENDAR
"""


@dataclass(frozen=True)
class Named:
    """Ids of things, as they stand in addresses and bodies."""

    area: str
    area_code: str
    station: str
    bulletin: str
    broadcast: str
    programme: str
    share: str
    person: str


UNKNOWN = Named(
    area="nowhere",
    area_code="88888",
    station="t-none",
    bulletin="bt-none",
    broadcast="bp-none",
    programme="ct-none",
    share="cs-none",
    person="u-none",
)


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    method: str
    path: str
    description: Json
    schemas: Json

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def own(self) -> bool:
        """Whether it concerns nothing but the account of who asks."""
        return self.path.startswith(("/api/v1/account", "/api/v1/session"))

    def ask(self, client: FlaskClient, headers: dict[str, str], named: Named) -> TestResponse:
        """Send it, with an address and a body that name these things."""
        values = values_of(named)
        path = self.path
        query = {}
        for each in self.description["parameters"]:
            value = values.get(each["name"], values.get(each["name"].removesuffix("_id")))
            if each["in"] == "path":
                path = path.replace(f"{{{each['name']}}}", str(value))
            elif value is not None:
                query[each["name"]] = value
        return client.open(
            path,
            method=self.method,
            query_string=query,
            headers=headers,
            buffered=True,
            **self._body(values),
        )

    def _body(self, values: Json) -> dict[str, Any]:
        content = self.description.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            schema = content["application/json"]["schema"]
            return {"json": sample(schema, self.schemas, values, "")}
        if "multipart/form-data" in content:
            schema = content["multipart/form-data"]["schema"]
            fields = sample(schema, self.schemas, values, "")
            if "file" in fields:
                fields["file"] = (io.BytesIO(_file_for(self.path, values)), "a-file")
            return {"data": fields}
        return {}


def operations(document: Json) -> Iterator[Operation]:
    """All that need a session."""
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, description in methods.items():
            if any("session" in keys for keys in description["security"]):
                yield Operation(method.upper(), path, description, schemas)


def values_of(named: Named) -> Json:
    """What goes into a field of this name, wherever it stands."""
    return {
        **asdict(named),
        "areas": [named.area, "tuy-phuoc"],
        "parent": named.area,
        "audiences": [f"a-{named.area}"],
        "bulletins": [named.bulletin],
        "broadcasts": [named.broadcast],
        "apply": True,
        "code": "98765",
        "name": "Tên mới",
        "username": "ten-moi",
        "zone": "Asia/Ho_Chi_Minh",
        "class": "ordinary",
        "role": "author",
        "kind": "hamlet",
        "part": "item",
        "occurrence": "2026-11-23T17:00:00",
        "local_start": "2026-11-23T17:00:00",
        "start": "2026-11-24T17:00:00",
        "day": "2026-12-01",
        "from": "2026-11-23",
        "to": "2026-11-30",
        "version": 1,
        "volume_percent": 50,
    }


def sample(schema: Json, schemas: Json, values: Json, name: str) -> Any:
    """A value that fits the schema of a field of this name."""
    if "$ref" in schema:
        return _of_reference(schema["$ref"].rpartition("/")[2], schemas, values, name)
    kind = schema.get("type")
    if name in values and kind != "object" and _fits(schema, values[name]):
        return ",".join(values[name]) if kind == "string" and name == "audiences" else values[name]
    variants = schema.get("oneOf") or schema.get("anyOf")
    if variants:
        return sample(variants[0], schemas, values, name)
    if kind == "object":
        return {
            key: sample(schema["properties"][key], schemas, values, key)
            for key in schema.get("required", ())
        }
    if kind == "array":
        return [sample(schema["items"], schemas, values, name)]
    return _plain(schema)


def _plain(schema: Json) -> Any:
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    plain = {"string": "Một câu", "integer": schema.get("minimum", 1), "boolean": False}
    return plain[schema["type"]]


def _of_reference(model: str, schemas: Json, values: Json, name: str) -> Any:
    schema = schemas[model]
    made = sample(schema, schemas, values, name)
    if schema.get("type") == "object":
        for key in OPTIONAL.get(model, ()):
            made[key] = sample(schema["properties"][key], schemas, values, key)
    return made


def _fits(schema: Json, value: Any) -> bool:
    if schema.get("type") == "array":
        return isinstance(value, list)
    return not isinstance(value, list) or schema.get("type") == "string"


def _file_for(path: str, values: Json) -> bytes:
    if path.endswith("/areas/import"):
        return f"code,name,kind,parent_code\n{values['area_code']},Tên mới,commune,52\n".encode()
    return EVENT.replace("\n", "\r\n").encode()
