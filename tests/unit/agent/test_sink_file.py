"""A virtual station's sound lies in files that say when it was heard and do not fill the disk."""

import time
import wave
from datetime import UTC, datetime
from pathlib import Path

import pytest
from loa_agent.adapters import sink_file
from loa_agent.adapters.sink_file import FileSink
from loa_agent.ports import SinkError

BLOCK = bytes(2 * 1920)


def frames_of(path: Path) -> int:
    with wave.open(str(path), "rb") as file:
        return file.getnframes()


def test_nothing_is_written_before_sound_comes(tmp_path: Path) -> None:
    FileSink(tmp_path / "sound").open().close()

    assert list((tmp_path / "sound").iterdir()) == []


def test_a_file_is_named_by_the_instant_of_its_first_sample(tmp_path: Path) -> None:
    sink = FileSink(tmp_path).open()
    first_at = sink.next_sample_at() or 0

    sink.write(BLOCK)
    sink.close()

    (path,) = tmp_path.iterdir()
    named_at = datetime.strptime(path.name, sink_file.NAME).replace(tzinfo=UTC)
    assert named_at.timestamp() == pytest.approx(first_at, abs=0.05)


def test_a_file_can_be_read_while_it_grows(tmp_path: Path) -> None:
    sink = FileSink(tmp_path).open()

    for _ in range(10):
        sink.write(BLOCK)

    (path,) = tmp_path.iterdir()
    assert frames_of(path) > 0
    sink.close()


def test_a_long_sound_goes_on_in_the_next_file_without_losing_a_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sink_file, "MAX_FILE_BYTES", 3 * len(BLOCK))
    sink = FileSink(tmp_path).open()

    for _ in range(7):
        sink.write(BLOCK)
    sink.close()

    assert [frames_of(path) for path in sorted(tmp_path.iterdir())] == [5760, 5760, 1920]


def test_old_files_go_when_there_are_too_many_or_they_are_too_big(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sink_file, "MAX_FILES", 4)
    for day in range(1, 8):
        (tmp_path / f"2026-11-0{day}T00-00-00.000000Z.wav").write_bytes(bytes(1000))
    (tmp_path / "2026-11-06T00-00-00.000000Z.wav").write_bytes(bytes(2000))
    monkeypatch.setattr(sink_file, "MAX_FOLDER_BYTES", sink_file.MAX_FILE_BYTES + 3500)

    sink = FileSink(tmp_path).open()
    sink.write(BLOCK)
    sink.close()

    kept = sorted(path.name[:10] for path in tmp_path.iterdir())
    assert kept[:2] == ["2026-11-06", "2026-11-07"]
    assert len(kept) == 3


def test_a_pause_begins_a_new_file_so_that_each_is_true_to_the_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = FileSink(tmp_path).open()
    sink.write(BLOCK)
    real = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: real() + 60)

    sink.write(BLOCK)
    sink.close()

    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_that_cannot_be_made_is_no_sound_card(tmp_path: Path) -> None:
    (tmp_path / "sound").write_text("in the way")

    with pytest.raises(SinkError) as caught:
        FileSink(tmp_path / "sound").open()

    assert caught.value.code == "no_sound_card"


def test_a_disk_that_takes_nothing_is_a_failed_sink(tmp_path: Path) -> None:
    sink = FileSink(tmp_path / "gone").open()
    (tmp_path / "gone").rmdir()

    with pytest.raises(SinkError) as caught:
        sink.write(BLOCK)

    assert caught.value.code == "sink_failed"
