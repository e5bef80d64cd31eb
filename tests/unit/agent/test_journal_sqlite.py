"""The journal on disk after starts, power cuts and broken files."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from loa_agent.adapters import journal_sqlite
from loa_agent.adapters.journal_mark import RESERVED_AHEAD
from loa_agent.adapters.journal_sqlite import BROKEN_SUFFIX, Opened, SqliteJournal
from loa_agent.ports import StorageError
from loa_agent.protocol.reports import Record, RecordKind
from makers import NOON

FIRST_BOOT = 4
FIRST = 101


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


class Desk:
    """Opens the journal as successive processes do."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.journal: SqliteJournal | None = None

    def start(self, owner: str = "owner", first_sequence: int = FIRST) -> Opened:
        self.stop()
        self.journal = SqliteJournal(self.path, owner, FIRST_BOOT, first_sequence)
        return self.journal.open()

    def write(self, count: int = 1, at_hours: float = 0) -> list[int]:
        assert self.journal is not None
        at = NOON + timedelta(hours=at_hours)
        record = Record(sequence=0, boot=1, at=at, kind=RecordKind.BOOTED)
        return [self.journal.append(record).sequence for _ in range(count)]

    def held(self) -> list[int]:
        assert self.journal is not None
        return [record.sequence for record in self.journal.after(0, 100_000)]

    def stop(self) -> None:
        if self.journal is not None:
            self.journal.close()
            self.journal = None


@pytest.fixture
def desk(path: Path) -> Iterator[Desk]:
    desk = Desk(path)
    yield desk
    desk.stop()


def test_a_new_journal_begins_with_the_numbers_the_server_granted(desk: Desk) -> None:
    assert desk.start() == Opened(FIRST_BOOT, FIRST - 1, FIRST - 1)


def test_every_start_has_a_higher_boot_number_also_without_a_record(desk: Desk) -> None:
    boots = [desk.start().boot for _ in range(3)]

    assert boots == [FIRST_BOOT, FIRST_BOOT + 1, FIRST_BOOT + 2]


def test_after_a_start_numbers_go_on_and_what_was_acknowledged_is_known(desk: Desk) -> None:
    desk.start()
    desk.write(3)
    assert desk.journal is not None
    desk.journal.mark_acked(FIRST + 1)

    opened = desk.start()

    assert (opened.last_sequence, opened.acked_sequence) == (FIRST + 2, FIRST + 1)
    assert desk.write() == [FIRST + 3]
    assert desk.held() == [FIRST, FIRST + 1, FIRST + 2, FIRST + 3]


def test_a_lower_acknowledgement_does_not_undo_a_higher_one(desk: Desk) -> None:
    desk.start()
    desk.write(3)
    assert desk.journal is not None
    desk.journal.mark_acked(FIRST + 2)

    desk.journal.mark_acked(FIRST)

    assert desk.start().acked_sequence == FIRST + 2


def test_a_board_enrolled_anew_begins_a_new_journal_with_its_new_numbers(desk: Desk) -> None:
    desk.start()
    desk.write(3)

    opened = desk.start("another-key", first_sequence=7)

    assert opened == Opened(FIRST_BOOT, 6, 6)
    assert desk.write() == [7]
    assert desk.held() == [7]


def test_an_unreadable_journal_is_set_aside_and_its_numbers_are_never_used_again(
    desk: Desk, path: Path
) -> None:
    desk.start()
    desk.write(5)
    desk.stop()
    path.write_bytes(b"not a database at all" * 1000)

    opened = desk.start()

    assert path.with_name(path.name + BROKEN_SUFFIX).exists()
    assert opened.boot == FIRST_BOOT + 1
    (first,) = desk.write()
    assert FIRST + 5 <= first <= FIRST + 5 + RESERVED_AHEAD + 1


def test_what_can_still_be_read_of_a_broken_journal_is_saved(desk: Desk, path: Path) -> None:
    desk.start()
    desk.write(400)
    desk.stop()
    overwrite_last_page(path)

    opened = desk.start()

    saved = desk.held()
    assert opened.acked_sequence == FIRST - 1
    assert saved == list(range(FIRST, FIRST + len(saved)))
    assert 0 < len(saved) < 400
    assert desk.write()[0] >= FIRST + 400


def test_a_journal_that_breaks_while_in_use_goes_on_above_its_numbers(
    desk: Desk, path: Path
) -> None:
    desk.start()
    desk.write(400)
    desk.stop()
    desk.start()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))

    found = desk.write(2)

    assert found[0] >= FIRST + 400
    assert found[1] == found[0] + 1


def test_without_the_mark_the_journal_itself_knows_its_numbers(desk: Desk, path: Path) -> None:
    desk.start()
    desk.write(3)
    path.with_suffix(".mark").unlink()

    opened = desk.start()

    assert (opened.boot, opened.last_sequence) == (FIRST_BOOT + 1, FIRST + 2)


def test_the_mark_is_always_ahead_of_the_numbers_in_use(desk: Desk, path: Path) -> None:
    desk.start()
    desk.write(2 * RESERVED_AHEAD + 5)
    desk.stop()
    path.unlink()

    opened = desk.start()

    assert opened.last_sequence >= FIRST + 2 * RESERVED_AHEAD + 4


def test_a_disk_that_takes_nothing_does_not_keep_the_journal_from_being_read(
    desk: Desk, path: Path
) -> None:
    desk.start()
    rows = desk.write(3)
    obstacle = path.with_name(f".{path.stem}.mark.new")
    obstacle.mkdir()

    opened = desk.start()

    assert (opened.boot, desk.held()) == (FIRST_BOOT + 1, rows)
    with pytest.raises(StorageError):
        desk.write()
    obstacle.rmdir()
    assert desk.write() == [rows[-1] + 1]
    path.with_suffix(".mark").unlink()
    assert desk.start().boot == FIRST_BOOT + 2


def test_a_record_another_version_wrote_is_a_gap_and_not_the_end(desk: Desk, path: Path) -> None:
    desk.start()
    rows = desk.write(3)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("UPDATE records SET body = '{}' WHERE sequence = ?", (rows[1],))

    assert desk.held() == [rows[0], rows[2]]


def test_old_acknowledged_rows_go_and_unsent_and_young_ones_stay(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_sqlite, "KEEP_ROWS", 2)
    desk.start()
    old = desk.write(3, at_hours=-40)
    young = desk.write(3, at_hours=-30)
    unsent = desk.write(3, at_hours=-40)
    assert desk.journal is not None
    desk.journal.mark_acked(young[-1])

    gone = desk.journal.prune(NOON)

    assert gone == len(old)
    assert desk.held() == young + unsent


def test_the_newest_rows_stay_whatever_the_clock_says(desk: Desk) -> None:
    desk.start()
    rows = desk.write(20)
    assert desk.journal is not None
    desk.journal.mark_acked(rows[-1])

    desk.journal.prune(NOON + timedelta(days=10_000))

    assert desk.held() == rows


def test_unsent_rows_beyond_the_limit_go_oldest_first(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_sqlite, "MAX_ROWS", 10)
    desk.start()
    rows = desk.write(15)
    assert desk.journal is not None

    desk.journal.prune(NOON)

    assert desk.held() == rows[-10:]


def test_pruned_numbers_are_not_given_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_sqlite, "MAX_ROWS", 0)
    desk.start()
    rows = desk.write(3)
    assert desk.journal is not None
    desk.journal.prune(NOON)

    assert desk.start().last_sequence == rows[-1]
    assert desk.write() == [rows[-1] + 1]


def test_a_journal_held_by_somebody_else_is_a_named_error(
    desk: Desk, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_sqlite, "BUSY_TIMEOUT_S", 0.01)
    desk.start()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StorageError) as refusal:
            desk.write()

    assert refusal.value.code == "disk_failed"
    assert desk.write() == [FIRST]


def overwrite_last_page(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size - 4096)
        file.write(b"\xff" * 4096)
