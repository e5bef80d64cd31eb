"""Times as they stand in answers."""

from datetime import UTC, datetime, timedelta

from loa_server.api.shapes import instant_text

FIVE = datetime(2026, 11, 24, 10, 0, 0, tzinfo=UTC)


def test_an_instant_is_rounded_and_not_cut_to_milliseconds():
    barely_early = FIVE - timedelta(microseconds=5)

    assert instant_text(barely_early) == "2026-11-24T10:00:00.000Z"
    assert instant_text(FIVE + timedelta(microseconds=7_500)) == "2026-11-24T10:00:00.008Z"
