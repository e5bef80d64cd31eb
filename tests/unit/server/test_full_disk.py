"""What the database says of a full disk reaches people under its own name, and passes."""

from pathlib import Path

import pytest
from loa_server.adapters.db.engine import make_engine, reading, writing
from loa_server.domain.problems import Problem
from sqlalchemy import text

BLOAT = text("INSERT INTO words VALUES (hex(randomblob(200000)))")


def test_a_disk_without_room_is_named_and_forgotten_once_there_is_room(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'loa.db'}")
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE words (word TEXT)"))
        connection.execute(text("PRAGMA max_page_count = 20"))

    with pytest.raises(Problem) as caught, writing(engine) as connection:
        connection.execute(BLOAT)
    with writing(engine) as connection:
        connection.execute(text("PRAGMA max_page_count = 10000"))
        connection.execute(BLOAT)

    assert caught.value.code == "disk_full"
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM words")).scalar_one() == 1
    engine.dispose()
