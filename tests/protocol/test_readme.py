"""The protocol document names everything the code knows, and its samples are read by the code."""

import json
import re
from enum import EnumType
from pathlib import Path

import pytest
from loa_agent.core import absorb, documents, fetching, planner, reporting, stopping, stretches
from loa_agent.protocol import caps, errors, occurrences, placing, reports, seal, timeline, topics
from loa_agent.protocol import documents as wire
from pydantic import BaseModel

README = Path(wire.__file__).with_name("README.md")
TEXT = README.read_text(encoding="utf-8")
MODELS = [
    model
    for module in (wire, reports)
    for model in vars(module).values()
    if isinstance(model, type) and issubclass(model, wire.Wire) and model is not wire.Wire
]
CLOSED_SETS = [
    each
    for module in (wire, reports, timeline)
    for each in vars(module).values()
    if isinstance(each, EnumType) and list(each) and each.__module__ == module.__name__
]
LIMITS = re.compile(r"(MAX|MIN)_[A-Z_]+|DAY_MS")
MOMENTS = frozenset(
    [
        "MIN_PIECE_MS",
        "SESSION_GAP",
        "CUE_LEAD",
        "JOIN_LEAD",
        "SHORTEST",
        "FADE_MS",
        "STOP_LEAD",
        "OVERRUN",
        "STOP_PATIENCE",
        "HEARTBEAT",
        "REPORT_RETRY",
        "LOOK_BACK",
        "FETCH_AHEAD",
        "MIN_FREE_BYTES",
        "STEP",
        "RETRY_FIRST_S",
        "RETRY_CAP_S",
        "DEVICE_RETRY_S",
        "DEVICE_RETRY_CAP_S",
    ]
)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_stands_in_a_table(model: type[BaseModel]) -> None:
    named = {field.alias or name for name, field in model.model_fields.items()}

    assert sorted(name for name in named if f"| `{name}`" not in TEXT) == []


@pytest.mark.parametrize("closed_set", CLOSED_SETS, ids=lambda each: each.__name__)
def test_every_word_of_a_closed_set_is_explained(closed_set: EnumType) -> None:
    assert [each.value for each in closed_set if f"`{each.value}`" not in TEXT] == []


def test_every_topic_is_in_the_table() -> None:
    patterns = [
        *(f(a) for f in (topics.manifest, topics.alert, topics.command) for a in ("<audience>",)),
        *(f("<station>") for f in (topics.config, topics.ack, topics.state, topics.report)),
        topics.UP_FILTER,
    ]

    assert [each for each in patterns if f"`{each}`" not in TEXT] == []


def test_every_refusal_code_is_explained() -> None:
    spoken = errors.__doc__ or ""
    codes = {
        code.strip()
        for line in spoken.splitlines()
        if "Error " in line
        for code in line.split("Error", 1)[1].split(",")
    }

    assert codes >= {"unsigned", "older"}
    assert sorted(code for code in codes if f"`{code}`" not in TEXT) == []


def test_every_code_in_the_journal_is_explained() -> None:
    folder = Path(absorb.__file__).parent
    sources = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    codes = set(re.findall(r'"([a-z]+(?:_[a-z]+)+)"', sources)) - KEYWORDS

    assert sorted(code for code in codes if f"`{code}`" not in TEXT) == []


KEYWORDS = frozenset({"sent_at", "free_bytes", "played_ms", "actual_at"})
"""Names of fields the sources mention in quotation marks."""


def test_every_limit_is_named() -> None:
    modules = (wire, reports, seal, occurrences, placing, timeline, documents, fetching)
    limits = {name for module in modules for name in vars(module) if LIMITS.fullmatch(name)}

    assert limits >= {"MAX_BROADCASTS", "MAX_SEALED_BYTES", "MAX_RECORDS_PER_REPORT"}
    assert sorted(name for name in limits if f"`{name}`" not in TEXT) == []


def test_every_moment_a_stranger_must_know_is_named() -> None:
    modules = (absorb, caps, fetching, placing, planner, reporting, stopping, stretches)
    known = {name for module in modules for name in vars(module)}

    assert known >= MOMENTS
    assert sorted(name for name in MOMENTS if f"`{name}`" not in TEXT) == []


def test_the_figures_beside_the_names_are_those_of_the_code() -> None:
    figures = {
        "MAX_SEALED_BYTES": f"{seal.MAX_SEALED_BYTES:,}",
        "MAX_BROADCASTS": str(wire.MAX_BROADCASTS),
        "MAX_ITEMS": str(wire.MAX_ITEMS),
        "DAY_MS": f"{wire.DAY_MS:,}",
        "MAX_TIMES": str(wire.MAX_TIMES),
        "MAX_DATES": str(wire.MAX_DATES),
        "MAX_EXEMPTIONS": str(wire.MAX_EXEMPTIONS),
        "MAX_ORDER": str(wire.MAX_ORDER),
        "MAX_VOLUMES": str(wire.MAX_VOLUMES),
        "MAX_OCCURRENCES": str(occurrences.MAX_OCCURRENCES),
        "MAX_REACH": f"{timeline.MAX_REACH.days} days",
        "MAX_RECORDS_PER_REPORT": str(reports.MAX_RECORDS_PER_REPORT),
        "MAX_OCCURRENCE": str(reports.MAX_OCCURRENCE),
        "MAX_CODE": str(reports.MAX_CODE),
        "MAX_DOCUMENT": str(reports.MAX_DOCUMENT),
        "MAX_VERSIONS": str(reports.MAX_VERSIONS),
        "MAX_CONDITIONS": str(reports.MAX_CONDITIONS),
        "MAX_LEAP": f"{reports.MAX_LEAP:,}",
        "MAX_REFUSALS_KEPT": str(documents.MAX_REFUSALS_KEPT),
        "MAX_COMMANDS_KEPT": str(documents.MAX_COMMANDS_KEPT),
    }

    rows = {name: f"| `{name}` | {figure}" for name, figure in figures.items()}
    assert {name for name, row in rows.items() if row not in TEXT} == set()


def test_every_sample_is_read_and_holds_no_field_the_code_does_not_know() -> None:
    models = {m.model_fields["type"].default: m for m in MODELS if "type" in m.model_fields}
    samples = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)]

    for sample in samples:
        read = models[sample["type"]].model_validate_json(json.dumps(sample))
        written = json.loads(read.model_dump_json(by_alias=True))
        assert _unknown(sample, written) == []
    assert {sample["type"] for sample in samples} == models.keys()


def _unknown(sample: object, written: object) -> list[str]:
    if isinstance(sample, list) and isinstance(written, list):
        return [x for one, two in zip(sample, written, strict=True) for x in _unknown(one, two)]
    if not isinstance(sample, dict) or not isinstance(written, dict):
        return []
    inside = [
        x for key in sample.keys() & written.keys() for x in _unknown(sample[key], written[key])
    ]
    return sorted(sample.keys() - written.keys()) + inside
