"""Audio jobs, on both databases: each is done once, and none kills worker after worker."""

import io
import os
from datetime import timedelta

from loa_server.application.delete_bulletin import delete_bulletin
from loa_server.application.drop_sources import KEPT_FOR, drop_sources
from loa_server.application.prepare_bulletin import prepare_next
from loa_server.domain.audio_errors import AudioFault, AudioRejected
from loa_server.domain.bulletins import CLAIM_FOR, MAX_ATTEMPTS, RETRY_AFTER, AudioJob, Voice
from loa_server.domain.prepared_audio import PreparedAudio
from world import NOW, World, sha, together


def claim(world: World) -> AudioJob | None:
    with world.store.write() as rows:
        return rows.bulletins.claim_job(world.now, world.now + CLAIM_FOR)


def prepared(source) -> PreparedAudio:
    return PreparedAudio(source, sha("voice"), 1000, 60_000, -16.0, -1.0)


def judged(world: World, bulletin: str) -> tuple[str, str | None]:
    view = world.queries.bulletin(bulletin, frozenset({"vn"}))
    assert view is not None
    return view.bulletin.status.value, view.bulletin.code


def test_of_two_workers_one_gets_the_job(world: World) -> None:
    world.upload()
    got: list[AudioJob | None] = []

    together(lambda: got.append(claim(world)), lambda: got.append(claim(world)))

    assert sorted(each is None for each in got) == [False, True]


def test_jobs_are_done_in_the_order_of_upload(world: World) -> None:
    first, second = world.upload(title="Một"), world.upload(title="Hai")

    jobs = [claim(world), claim(world), claim(world)]

    assert [each and each.bulletin for each in jobs] == [first.id, second.id, None]


def test_a_prepared_upload_is_ready_and_its_job_gone(world: World) -> None:
    bulletin = world.upload()

    assert prepare_next(world.services, prepared)

    assert judged(world, bulletin.id) == ("ready", None)
    assert not prepare_next(world.services, prepared)


def test_a_worker_that_lost_its_claim_changes_nothing(world: World) -> None:
    bulletin = world.upload()
    late = claim(world)
    world.now = NOW + CLAIM_FOR + timedelta(seconds=1)
    assert late is not None

    taken_over = claim(world)
    with world.store.write() as rows:
        rows.bulletins.reject(late, "not_audio", {})

    assert taken_over is not None
    assert judged(world, bulletin.id) == ("preparing", None)


def test_a_full_disk_is_tried_again_however_often(world: World) -> None:
    bulletin = world.upload()

    def full(_source) -> PreparedAudio:
        raise AudioRejected(AudioFault.DISK_FULL, {})

    for _ in range(MAX_ATTEMPTS + 2):
        assert prepare_next(world.services, full)
        assert not prepare_next(world.services, full)
        assert judged(world, bulletin.id) == ("preparing", "disk_full")
        world.now += RETRY_AFTER
    assert prepare_next(world.services, prepared)

    assert judged(world, bulletin.id) == ("ready", None)


def test_an_upload_that_kills_its_worker_is_given_up(world: World) -> None:
    bulletin = world.upload()
    for _ in range(MAX_ATTEMPTS):
        assert claim(world) is not None
        world.now += CLAIM_FOR

    assert prepare_next(world.services, prepared)

    assert judged(world, bulletin.id) == ("rejected", "decode_failed")
    assert not prepare_next(world.services, prepared)


def test_a_deleted_upload_is_not_prepared(world: World) -> None:
    bulletin = world.upload()

    delete_bulletin(world.services, world.commune, bulletin=bulletin.id)

    assert claim(world) is None


def test_an_upload_is_dropped_when_it_was_rejected_long_ago(world: World) -> None:
    old, waiting, again = (world.upload(title=each) for each in ("Cũ", "Đợi", "Lại"))
    ready = world.upload(title="Xong")
    voice = world.services.blobs.keep(io.BytesIO(b"voice"), 100)
    for _ in range(4):
        job = claim(world)
        assert job is not None
        with world.store.write() as rows:
            if job.bulletin in {old.id, again.id}:
                rows.bulletins.reject(job, "silent_audio", {})
            elif job.bulletin == ready.id:
                rows.bulletins.finish(job, Voice(voice, 5, 60_000, -16.0))
    for path in world.services.blobs.folder.iterdir():  # type: ignore[attr-defined]
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    early = drop_sources(world.services)
    world.now = NOW + KEPT_FOR + timedelta(seconds=1)
    world.upload(title="Lại")

    dropped = drop_sources(world.services)

    kept = {path.name for path in world.services.blobs.folder.iterdir()}  # type: ignore[attr-defined]
    assert (early, dropped) == (0, 1)
    assert old.source_sha256 not in kept
    sources = (waiting, again, ready)
    assert kept == {voice, *(each.source_sha256 for each in sources)}
    assert drop_sources(world.services) == 0


def test_an_upload_that_is_itself_a_voice_is_not_dropped(world: World) -> None:
    bulletin = world.upload()
    job = claim(world)
    assert job is not None
    with world.store.write() as rows:
        rows.bulletins.finish(job, Voice(bulletin.source_sha256, 5, 60_000, -16.0))
    world.now = NOW + timedelta(days=400)

    assert drop_sources(world.services) == 0
