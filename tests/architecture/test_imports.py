"""The layers of both programs import downwards only."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def loggers_kept() -> Iterator[None]:
    """The linter switches off every logger made before; later tests listen to some of them."""
    known = logging.root.manager.loggerDict.values()
    awake = [each for each in known if isinstance(each, logging.Logger) and not each.disabled]
    yield
    for each in awake:
        each.disabled = False


@pytest.mark.usefixtures("loggers_kept")
def test_all_import_contracts_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)

    status = lint_imports(config_filename="pyproject.toml", no_cache=True)

    assert status == 0
