"""Numbers a stolen station could use up, so that no later device would have any left."""

from loa_agent.protocol.errors import DocumentError
from loa_agent.protocol.reports import MAX_LEAP, Report, State

from loa_server.application.ingest_state import Presence


def require_near(opened: State | Report, known: Presence | None, acknowledged: int) -> None:
    """Refuse boots and sequences far beyond what is known of the station.

    Every boot writes a record, so boots stay below sequences. Reports may leap half as far as
    states: the next device begins behind both and says its state before it reports.

    Raises:
        DocumentError: `malformed_document`.
    """
    highest = max(acknowledged, 0 if known is None else known.state.boot)
    match opened:
        case State(boot=boot):
            near = boot <= highest + MAX_LEAP
        case Report(boot=boot, records=records):
            boots = [boot, *(record.boot for record in records)]
            sequences = [record.sequence for record in records]
            near = (
                max(boots) <= highest + MAX_LEAP // 2
                and max(sequences, default=0) <= acknowledged + MAX_LEAP
            )
    if not near:
        raise DocumentError("malformed_document", {"acknowledged": acknowledged})
