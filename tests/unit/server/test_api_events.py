"""Browsers are told of every change, few streams at a time, and only while the session lasts."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from loa_server.api import events
from loa_server.api.app import LoaApp
from loa_server.api.changes import ChangeWatch
from loa_server.domain.people import SESSION_LIFE
from patience import wait_until
from visitors import Visitor, refusal
from world import World


class EndedError(Exception):
    """The server has ended the stream."""


def next_event(words: Iterator[str | bytes]) -> dict[str, int] | None:
    """The counters of the next event; None for a comment."""
    for chunk in words:
        text = chunk.decode() if isinstance(chunk, bytes) else chunk
        if text.startswith("event: changed\n"):
            counters: dict[str, int] = json.loads(text.split("data: ")[1])
            return counters
        if text.startswith(":"):
            return None
    raise EndedError


def watch_of(app: LoaApp) -> ChangeWatch:
    watch: ChangeWatch = app.extensions["loa"].changes
    return watch


@pytest.fixture(autouse=True)
def ended(app: LoaApp) -> Iterator[None]:
    """No thread outlives its test."""
    yield
    watch_of(app).close()
    wait_until(lambda: not watch_of(app)._looking)


def test_a_change_reaches_every_listener(town: World, province: Visitor, commune: Visitor) -> None:
    streams = [each.get("/events", buffered=False) for each in (province, commune)]
    first = [next_event(each.response) for each in streams]

    town.upload()

    assert [set(each or ()) for each in first] == [set(events.SUBJECTS)] * 2
    for before, answer in zip(first, streams, strict=True):
        after = next_event(answer.response)
        assert before is not None
        assert after == {**before, "bulletins": before["bulletins"] + 1}
        assert answer.mimetype == "text/event-stream"
        answer.close()


def test_only_so_many_streams_are_open_at_once(commune: Visitor) -> None:
    streams = [commune.get("/events", buffered=False) for _ in range(2)]

    refused = commune.get("/events")
    for answer in streams:
        answer.close()
    free_again = commune.get("/events", buffered=False)

    assert refusal(refused) == (503, "too_many_streams")
    assert free_again.status_code == 200
    free_again.close()


def test_a_quiet_stream_is_kept_open_by_comments_and_ends_with_the_session(
    town: World, commune: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_S", 0.05)
    answer = commune.get("/events", buffered=False)
    assert next_event(answer.response) is not None

    assert next_event(answer.response) is None
    town.now += SESSION_LIFE + timedelta(seconds=1)

    with pytest.raises(EndedError):
        all(next_event(answer.response) is None for _ in range(1000))
    answer.close()


def test_streams_end_when_the_process_stops(app: LoaApp, commune: Visitor) -> None:
    answer = commune.get("/events", buffered=False)
    next_event(answer.response)

    watch_of(app).close()

    with pytest.raises(EndedError):
        next_event(answer.response)
    answer.close()


def test_who_is_not_signed_in_hears_nothing(anyone: Visitor) -> None:
    assert refusal(anyone.get("/events")) == (401, "not_signed_in")


def test_nobody_looks_into_the_database_while_nobody_listens() -> None:
    looks: list[int] = []

    def read() -> dict[str, int]:
        looks.append(1)
        return {"stations": 1}

    watch = ChangeWatch(read)

    with watch.listening():
        version, counters = watch.newer(0, 10)
    wait_until(lambda: not watch._looking)
    seen = len(looks)

    assert (version, counters) == (1, {"stations": 1})
    assert watch.newer(version, 0) == (1, {"stations": 1})
    assert len(looks) == seen


def test_a_database_that_is_away_for_a_while_ends_no_stream(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("loa_server.api.changes.LOOK_EVERY_S", 0.01)
    answers: Iterator[dict[str, int] | None] = iter([{"plays": 1}, None, None, {"plays": 2}])

    def read() -> dict[str, int]:
        counters = next(answers, {"plays": 2})
        if counters is None:
            raise OSError("away")
        return counters

    watch = ChangeWatch(read)
    with watch.listening():
        first = watch.newer(0, 10)
        second = watch.newer(first[0], 10)
    wait_until(lambda: not watch._looking)

    assert (first[1], second[1]) == ({"plays": 1}, {"plays": 2})
    assert caplog.text.count("changes_unreadable") == 1
