"""All checks, in the order in which a technician mends things."""

from collections.abc import Iterator

from loa_agent.adapters.clock_system import SystemClock
from loa_agent.adapters.desk_urllib3 import HttpDesk
from loa_agent.check.finding import Finding
from loa_agent.check.links import check_broker, check_clock, check_server, check_sound
from loa_agent.check.local import check_disk, check_journal, check_keys
from loa_agent.config import Folder, IdentityError, load_identity
from loa_agent.runtime.assembly import AlreadyRunningError, Output, alone, sink_opener


def check(folder: Folder, output: Output) -> Iterator[Finding]:
    """Findings one by one as they are known; a board that is not enrolled is checked as far."""
    yield check_disk(folder)
    yield check_sound(sink_opener(folder, output), output.device, running=_is_running(folder))
    try:
        identity, _ = load_identity(folder)
    except IdentityError as error:
        facts = {"folder": str(folder.root)}
        yield Finding("enrolment", good=False, outcome=error.reason, facts=facts)
        yield check_clock(folder, None)
        return
    facts = {"station": identity.station, "name": identity.name, "address": identity.server}
    yield Finding("enrolment", good=True, outcome="enrolled", facts=facts)
    server, server_time = check_server(identity, HttpDesk())
    yield server
    yield check_broker(identity)
    yield check_clock(folder, server_time)
    now = SystemClock(folder.clock, looks=True).now()
    yield check_keys(folder, identity, now)
    yield check_journal(folder)


def _is_running(folder: Folder) -> bool:
    if not folder.lock.exists():
        return False
    try:
        with alone(folder):
            return False
    except AlreadyRunningError:
        return True
    except OSError:
        return False
