"""Whatever the command line may have to say, it can say in both languages."""

import re
from pathlib import Path

import loa_agent
import pytest
from loa_agent.words import Language, say, sentences

SOURCES = Path(loa_agent.__file__).parent
BEFORE = r"EnrolError|IdentityError|outcome=|name, facts =|say\(language,"
GIVEN = re.compile(rf'(?:{BEFORE})\(?\s*"([a-z_]+)')


def test_both_languages_have_the_same_sentences_with_the_same_facts() -> None:
    vi, en = sentences(Language.VI), sentences(Language.EN)

    assert vi.keys() == en.keys()
    assert [name for name in vi if _facts(vi[name]) != _facts(en[name])] == []


def test_every_reason_the_code_gives_has_a_sentence() -> None:
    given = {
        name
        for path in SOURCES.rglob("*.py")
        for name in GIVEN.findall(path.read_text(encoding="utf-8"))
    }

    assert {"not_enrolled", "plain_http_refused", "disk_fine"} <= given
    assert given - sentences(Language.EN).keys() == set()


@pytest.mark.parametrize(
    "name",
    ["no_sound_card", "sink_failed", "sink_stalled", "disk_full", "disk_failed"]
    + ["claim_unknown", "claim_used", "claim_expired", "too_many_attempts"]
    + [f"about_{about}" for about in ("disk", "sound", "enrolment", "server", "broker")]
    + [f"about_{about}" for about in ("clock", "keys", "journal")],
)
def test_codes_that_come_from_elsewhere_have_a_sentence(name: str) -> None:
    assert name in sentences(Language.VI)


def test_facts_fill_a_sentence_and_missing_ones_leave_a_dash() -> None:
    facts = {"host": "loa.vn", "port": 8883}

    assert say(Language.EN, "broker_fine", facts) == "loa.vn:8883 accepts this station's password."
    assert say(Language.EN, "broker_fine") == "-:- accepts this station's password."


def test_a_name_without_a_sentence_is_shown_as_it_is() -> None:
    assert say(Language.VI, "something_new") == "something_new"


def _facts(template: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", template))
