"""Sentences of the command line, one file a language; each says what is, then what to do."""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from importlib import resources

LANGUAGE_VARIABLE = "LOA_LANG"


class Language(StrEnum):
    """Languages of the command line."""

    VI = "vi"
    EN = "en"


def sentences(language: Language) -> Mapping[str, str]:
    """All sentences of a language by name."""
    file = resources.files("loa_agent") / "sentences" / f"{language}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def say(language: Language, name: str, facts: Mapping[str, object] | None = None) -> str:
    """The sentence of this name; one that nobody wrote is shown by its name, never hidden."""
    template = sentences(language).get(name, name)
    return template.format_map(_Gaps(facts or {}))


class _Gaps(dict[str, object]):
    """A fact that is missing leaves a dash instead of ending the program."""

    def __missing__(self, key: str) -> str:
        return "-"
