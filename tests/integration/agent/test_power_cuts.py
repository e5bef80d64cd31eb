"""The plug is pulled at random moments, again and again: nothing is lost, doubled or spoiled."""

import random
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from fakes.board import Board
from fakes.town import VOICE_MS, Town
from loa_agent.adapters.blobs_disk import DiskBlobs
from loa_agent.adapters.documents_disk import DiskDocuments
from loa_agent.protocol.acceptance import open_document
from loa_agent.protocol.reports import RecordKind
from loa_agent.protocol.seal import TrustedKeys
from patience import wait_until

pytestmark = pytest.mark.integration

CUTS = 8
SHORTEST_S, LONGEST_S = 0.3, 4.0
EVERY_S = 7
STARTS = 6


@pytest.mark.parametrize("seed", [1, 2])
def test_after_many_power_cuts_every_record_is_delivered_once_and_nothing_is_corrupt(
    town: Town, board: Board, seed: int
) -> None:
    chance = random.Random(seed)
    begin = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=5)
    starts = [begin + timedelta(seconds=EVERY_S * n) for n in range(STARTS)]
    town.plays(*starts)

    for cut in range(CUTS):
        board.switch_on()
        threading.Event().wait(chance.uniform(SHORTEST_S, LONGEST_S))
        # Documents change under way as well, so that writing them is cut too.
        town.broadcast(*town.directory.broadcasts)
        board.kill()
        assert "Traceback" not in board.said(), cut
    board.switch_on()
    end = starts[-1] + timedelta(milliseconds=VOICE_MS + 2_000)
    left_s = max(0.0, (end - datetime.now(UTC)).total_seconds())
    wait_until(lambda: datetime.now(UTC) > end, left_s + 10)
    wait_until(lambda: town.ledger.acked == len(board.records()))
    board.end()

    written = board.records()
    delivered = town.ledger.records
    assert sorted(delivered) == list(range(1, max(delivered) + 1))
    assert (town.ledger.gaps, town.ledger.doubled) == ([], [])
    assert [delivered[record.sequence] for record in written] == written
    boots = [delivered[sequence].boot for sequence in sorted(delivered)]
    assert boots == sorted(boots)
    plays = Counter(r.occurrence for r in delivered.values() if r.kind is RecordKind.ARMED)
    ends = Counter(r.occurrence for r in delivered.values() if r.kind is RecordKind.ENDED)
    assert plays == ends
    told = {r.occurrence for r in delivered.values() if r.occurrence}
    assert len(told) == len(starts)
    assert_disk_is_sound(town, board)


def assert_disk_is_sound(town: Town, board: Board) -> None:
    blobs = DiskBlobs(board.folder / "blobs")
    assert blobs.all()
    assert all(blobs.is_whole(sha256) for sha256 in blobs.all())
    keys = TrustedKeys.of({town.authority.kid: town.authority.public_b64})
    documents = DiskDocuments(board.folder / "documents").all()
    assert len(documents) >= 2
    for topic, raw in documents.items():
        open_document(topic, raw, keys)
    assert not (board.folder / "journal.db.broken").exists()
