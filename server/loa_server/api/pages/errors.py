"""Error pages: what happened, and a way on."""

from collections.abc import Mapping

from loa_server.api.pages.language import page, words
from loa_server.domain.problems import Problem


def error_page(status: int, problem: Problem) -> str:
    """A whole page in words for a status; never a trace."""
    known = str(status) if str(status) in words() else "other"
    return page(
        "error.html",
        title=words()[known],
        lead=words()[f"{known}_lead"],
        status=status,
        incident=sentence("incident", problem.facts) if "id" in problem.facts else None,
    )


def sentence(name: str, facts: Mapping[str, object]) -> str:
    """A sentence of the catalogue with its facts filled in."""
    return words()[name].format_map({name: str(value) for name, value in facts.items()})
