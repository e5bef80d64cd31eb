"""Pure folders touch no clock, disk, socket, thread or random source: same input, same output."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PURE = (
    "device_agent/loa_agent/core",
    "device_agent/loa_agent/protocol",
    "server/loa_server/application",
    "server/loa_server/domain",
)
FORBIDDEN_MODULES = frozenset(
    [
        "time",
        "random",
        "secrets",
        "os",
        "socket",
        "threading",
        "subprocess",
        "shutil",
        "tempfile",
        "asyncio",
        "queue",
        "sched",
        "signal",
        "multiprocessing",
        "concurrent",
        "select",
        "ssl",
        "urllib",
        "http",
        "uuid",
        "logging",
        "io",
    ]
)
FORBIDDEN_CALLS = frozenset(
    [
        "open",
        "input",
        "print",
        "datetime.now",
        "datetime.utcnow",
        "datetime.today",
        "date.today",
        "SigningKey.generate",
        "Ed25519PrivateKey.generate",
    ]
)
FILE_METHODS = frozenset(
    [
        "read_text",
        "read_bytes",
        "write_text",
        "write_bytes",
        "unlink",
        "mkdir",
        "touch",
        "exists",
        "iterdir",
        "glob",
        "stat",
    ]
)
ALLOWED = {
    # The edges make new keys with it; nothing pure calls it.
    "device_agent/loa_agent/protocol/seal.py": {"Ed25519PrivateKey.generate"},
}
SERVER_ONLY = ("pydub", "flask", "sqlalchemy", "alembic", "loa_server", "argon2", "waitress")


def test_pure_folders_call_nothing_that_answers_differently_each_time() -> None:
    assert sorted(_impurities()) == []


def test_every_pure_folder_states_its_rule() -> None:
    assert [folder for folder in PURE if not (ROOT / folder / "README.md").is_file()] == []


def test_the_check_would_see_what_it_forbids() -> None:
    source = "import time\nfrom os import path\nnow = datetime.now(UTC)\nopen('x')\np.read_text()\n"

    assert {found for _, found in _impure(ast.parse(source))} == {
        "time",
        "os",
        "datetime.now",
        "open",
        "p.read_text",
    }


def test_nothing_is_allowed_that_is_not_there_any_more() -> None:
    for name, allowed in ALLOWED.items():
        tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
        assert allowed <= {found for _, found in _impure(tree)}


def _impurities() -> Iterator[str]:
    for folder in PURE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            for line, found in _impure(ast.parse(path.read_text(encoding="utf-8"))):
                if found not in ALLOWED.get(name, set()):
                    yield f"{name}:{line} {found}"


def _impure(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                modules = [each.name for each in names]
            case ast.ImportFrom(module=str(module), level=0):
                modules = [module]
            case ast.Call(func=function):
                modules = []
                called = ast.unparse(function)
                tail = ".".join(called.rsplit(".", 2)[-2:])
                if tail in FORBIDDEN_CALLS or called.rpartition(".")[2] in FILE_METHODS:
                    yield node.lineno, tail
            case _:
                continue
        for module in modules:
            if module.partition(".")[0] in FORBIDDEN_MODULES:
                yield node.lineno, module.partition(".")[0]


@pytest.mark.integration
def test_a_station_starts_where_the_libraries_of_the_server_are_not_installed() -> None:
    blocked = "\n".join(f"sys.modules[{name!r}] = None" for name in SERVER_ONLY)
    modules = "loa_agent.cli, loa_agent.runtime.assembly, loa_agent.enrol"
    program = f"import sys\n{blocked}\nimport {modules}\n"

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.stderr == ""
    assert done.returncode == 0
