"""River 2: claim one job, make its audio fit to sound, say what came of it."""

from loa_server.application.ports import AudioPreparer
from loa_server.application.services import Services
from loa_server.domain.audio_errors import AudioFault, AudioRejected
from loa_server.domain.bulletins import CLAIM_FOR, MAX_ATTEMPTS, RETRY_AFTER, AudioJob, Voice


def prepare_next(services: Services, prepare: AudioPreparer) -> bool:
    """Work on one bulletin; False when none waits. A job is done once, whoever else runs this."""
    now = services.clock()
    with services.store.write() as rows:
        job = rows.bulletins.claim_job(now, now + CLAIM_FOR)
    if job is None:
        return False
    if job.attempts > MAX_ATTEMPTS:
        _rejected(services, job, AudioFault.DECODE_FAILED.value, {"attempts": job.attempts - 1})
        return True
    source = services.blobs.path(job.source_sha256)
    if source is None:
        _rejected(services, job, "source_lost", {})
        return True
    try:
        made = prepare(source)
    except AudioRejected as error:
        if error.retryable:
            _postponed(services, job, error)
        else:
            _rejected(services, job, error.code.value, error.facts)
        return True
    voice = Voice(made.sha256, made.bytes, made.duration_ms, made.loudness_lufs)
    with services.store.write() as rows:
        rows.bulletins.finish(job, voice)
        rows.announce("bulletins")
    return True


def _rejected(
    services: Services, job: AudioJob, code: str, facts: dict[str, int | float | str]
) -> None:
    with services.store.write() as rows:
        rows.bulletins.reject(job, code, facts)
        rows.announce("bulletins")


def _postponed(services: Services, job: AudioJob, error: AudioRejected) -> None:
    until = services.clock() + RETRY_AFTER
    with services.store.write() as rows:
        rows.bulletins.postpone(job, error.code.value, error.facts, until)
        rows.announce("bulletins")
