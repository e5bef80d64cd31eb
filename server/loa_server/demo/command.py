"""The command `loa demo`: brings everything up and takes it down again."""

import json
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from loa_server.config import Settings
from loa_server.demo.browser import ApiError, Browser
from loa_server.demo.check import CheckFailedError, StationProof, check, summary
from loa_server.demo.run import bring_up, welcome
from loa_server.serve.command import say_to
from loa_server.serve.ports import free_ports, require_ports
from loa_server.serve.programs import server_programs
from loa_server.serve.ready import Ready, Say, StartError, address, prepare
from loa_server.workers.supervisor import Supervisor

SPEECH = Path(__file__).resolve().parents[3] / "audio_samples" / "speech.mp3"
SHOWN_OF_LOGS = 1500
NO_SAMPLES = (
    "no_samples: the check plays audio_samples/speech.mp3, which this installation does not "
    "carry; run it from a checkout of the source"
)


def run_demo(settings: Settings, *, as_json: bool) -> int:
    """Bring the demo up, say where it is, and keep it alive until told to stop."""
    say = say_to(sys.stderr if as_json else sys.stdout)
    started = time.monotonic()
    with _running(settings, say, demo=True) as (supervisor, ready):
        if as_json:
            print(json.dumps(welcome(settings, ready)), flush=True)  # noqa: T201 - what was asked for
        else:
            _greet(settings, ready, say, time.monotonic() - started)
        supervisor.handle_signals()
        supervisor.watch()
    say("stopped")
    return 0


def run_check(*, as_json: bool) -> int:
    """The whole river once, in a folder and on ports of its own; 0 if every station proved it."""
    say = say_to(sys.stderr)
    started = time.monotonic()
    proofs: list[StationProof] = []
    expected, failure = 0, None
    with tempfile.TemporaryDirectory(prefix="loa-check-") as folder:
        try:
            if not SPEECH.exists():
                raise StartError(NO_SAMPLES)  # noqa: TRY301 - told like every other failure
            settings = _own_settings(Path(folder))
            with _running(settings, say, demo=True) as (_supervisor, ready):
                expected = len(ready.claims)
                browser = Browser(address(settings))
                browser.sign_in(ready.username, ready.password or "")
                say("uploading, sending, waiting for the proof of every station")
                proofs = check(browser, SPEECH)
        except (ApiError, CheckFailedError, StartError) as error:
            failure = str(error)
    result = summary(proofs, expected, time.monotonic() - started)
    if failure is not None:
        result |= {"ok": False, "error": failure}
    _show(result, as_json=as_json)
    return 0 if result["ok"] else 1


@contextmanager
def _running(settings: Settings, say: Say, *, demo: bool) -> Iterator[tuple[Supervisor, Ready]]:
    """Everything up inside the block and nothing left after it, however the block ends."""
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, _interrupt)
    require_ports(settings)
    say(f"preparing {settings.data}")
    ready = prepare(settings, demo=demo)
    logs = settings.data / "logs"
    logs.mkdir(mode=0o700, exist_ok=True)
    for old in logs.glob("*.log"):
        old.unlink()
    supervisor = Supervisor(server_programs(settings, ready.broker_command), logs)
    try:
        bring_up(settings, supervisor, ready.claims, say)
        yield supervisor, ready
    except Exception:
        _show_logs(logs, say)
        raise
    finally:
        supervisor.stop()


def _own_settings(folder: Path) -> Settings:
    port, broker_port, control_port = free_ports(3)
    return replace(
        Settings(data=folder),
        port=port,
        broker_port=broker_port,
        broker_control_port=control_port,
    )


def _greet(settings: Settings, ready: Ready, say: Say, seconds: float) -> None:
    password = (
        ready.password or "told at the first start; `loa account reset admin` makes a new one"
    )
    say(f"ready after {seconds:.1f} s")
    say("")
    say(f"    {address(settings)}")
    say(f"    user      {ready.username}")
    say(f"    password  {password}")
    say("")
    say("In the demo stations may sound at any hour; a real province begins with 05:00-21:00.")
    say(f"Stations {', '.join(ready.claims)} write their sound to {settings.data / 'stations'}.")
    say("Ctrl+C stops everything.")


def _show(result: dict[str, object], *, as_json: bool) -> None:
    text = json.dumps(result, ensure_ascii=False, indent=None if as_json else 2)
    print(text, flush=True)  # noqa: T201 - what was asked for


def _show_logs(logs: Path, say: Say) -> None:
    for path in sorted(logs.glob("*.log")):
        text = path.read_text(encoding="utf-8", errors="replace").strip()
        if text:
            say(f"--- {path.stem}\n{text[-SHOWN_OF_LOGS:]}")


def _interrupt(*_signal: object) -> None:
    raise KeyboardInterrupt
