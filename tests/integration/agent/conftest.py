"""A server and a board that any test of the station may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.board import Board
from fakes.town import Town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """Broker, bridge and HTTP of one station, running."""
    town = Town(tmp_path / "broker")
    town.start()
    yield town
    town.stop()


@pytest.fixture
def blank_board(tmp_path: Path) -> Iterator[Board]:
    """A board nobody enrolled yet."""
    board = Board(tmp_path / "station", tmp_path / "station.log")
    yield board
    if board.is_alive():
        board.kill()


@pytest.fixture
def board(blank_board: Board, town: Town) -> Board:
    """Enrolled, switched off."""
    blank_board.enrol_at_once(town)
    return blank_board
