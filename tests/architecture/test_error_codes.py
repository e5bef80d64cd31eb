"""Every error code that can reach a person has a sentence in both languages.

A code is the text given to an error class that carries `code`, a member of a closed set used as
such, or the value of `code` in an answer.
"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("device_agent/loa_agent", "server/loa_server")
LANGUAGES = ("vi", "en")
KEY = re.compile(r"""^\s*(["']?)([a-z][a-z0-9_]*)\1\s*:""", re.MULTILINE)
"""A whole key: the end of `'record.busy'` says nothing about the code `busy`."""
CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_code_has_a_sentence(language):
    catalogue = ROOT / "web" / "src" / "i18n" / f"{language}.ts"
    if not (ROOT / "web").exists():
        return

    keys = _keys(catalogue.read_text("utf-8"))

    assert sorted(_error_codes() - keys) == []


def test_the_codes_of_each_kind_of_error_are_found():
    assert {"bad_signature", "older", "silent_audio"} <= _error_codes()


def test_the_end_of_a_longer_key_is_no_sentence_for_a_code():
    catalogue = """  'record.busy': 'Micro đang bận: thử lại.',\n  disk_full: 'Hết chỗ.',"""

    assert _keys(catalogue) == {"disk_full"}


def _keys(catalogue: str) -> set[str]:
    return {found[1] for found in KEY.findall(catalogue)}


def _error_codes() -> set[str]:
    trees = [
        ast.parse(path.read_text(encoding="utf-8"))
        for folder in SOURCES
        for path in sorted((ROOT / folder).rglob("*.py"))
    ]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    classes = {node.name: node for node in nodes if isinstance(node, ast.ClassDef)}
    carriers = _with_subclasses({n for n, c in classes.items() if _takes_code(c)}, classes)
    codes = {
        value
        for node in nodes
        for value in (_given_to(node, carriers) | _in_answer(node) | _members(node, classes))
    }
    return {code for code in codes if CODE.fullmatch(code)}


def _takes_code(node: ast.ClassDef) -> bool:
    return _is_error(node) and any(
        isinstance(part, ast.FunctionDef)
        and part.name == "__init__"
        and any(arg.arg == "code" for arg in part.args.args)
        for part in node.body
    )


def _is_error(node: ast.ClassDef) -> bool:
    return any(name.endswith(("Error", "Exception", "Rejected")) for name in _bases(node))


def _bases(node: ast.ClassDef) -> set[str]:
    return {ast.unparse(base).rpartition(".")[2] for base in node.bases}


def _with_subclasses(names: set[str], classes: dict[str, ast.ClassDef]) -> set[str]:
    found = names | {name for name, node in classes.items() if _bases(node) & names}
    return found if found == names else _with_subclasses(found, classes)


def _given_to(node: ast.AST, carriers: set[str]) -> set[str]:
    if not isinstance(node, ast.Call) or ast.unparse(node.func).rpartition(".")[2] not in carriers:
        return set()
    named = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
    return _texts([*node.args[:1], *named])


def _in_answer(node: ast.AST) -> set[str]:
    if not isinstance(node, ast.Dict):
        return set()
    pairs = zip(node.keys, node.values, strict=True)
    return _texts(
        [value for key, value in pairs if isinstance(key, ast.Constant) and key.value == "code"]
    )


def _members(node: ast.AST, classes: dict[str, ast.ClassDef]) -> set[str]:
    """Values of the closed set that annotates a parameter or field called `code`."""
    is_code = (isinstance(node, ast.arg) and node.arg == "code") or (
        isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "code"
    )
    if not is_code or node.annotation is None:
        return set()
    closed_set = classes.get(ast.unparse(node.annotation).split(" | ")[0])
    if closed_set is None or "StrEnum" not in _bases(closed_set):
        return set()
    return _texts([part.value for part in closed_set.body if isinstance(part, ast.Assign)])


def _texts(nodes: list[ast.expr]) -> set[str]:
    return {
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
