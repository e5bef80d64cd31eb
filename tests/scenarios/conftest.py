"""A province whose parts are all real but the air between them, on both databases."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes.province import Province
from loa_server.workers import bridge
from sqlalchemy import Engine
from world import NOW

HOMES = {
    **{f"phu-cat-{number}": "phu-cat" for number in range(1, 5)},
    **{f"an-hanh-{number}": "an-hanh" for number in range(1, 3)},
    **{f"tuy-phuoc-{number}": "tuy-phuoc" for number in range(1, 3)},
}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A round of the bridge listens for a moment of real time; here nothing comes meanwhile."""
    monkeypatch.setattr(bridge, "LISTEN_S", 0)


@pytest.fixture
def found_province(engine: Engine, tmp_path: Path) -> Callable[..., Province]:
    return lambda homes, now=NOW: Province(engine, tmp_path, homes, now)


@pytest.fixture
def province(found_province: Callable[..., Province]) -> Iterator[Province]:
    """Eight stations in two communes, all enrolled and connected; 10:00 on a Monday."""
    made = found_province(HOMES)
    yield made
    assert all(len(device.sounding) <= 1 for device in made.devices.values())
