"""The whole river once, driven over HTTP: upload, send to all stations, wait for the proof."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from loa_server.demo.browser import Browser

SEND_IN_S = 20
MAX_DIFFERENCE_MS = 50
"""Between planned and actual start; a virtual station on a busy machine keeps it easily."""
ONLINE_S = 40.0
PREPARE_S = 40.0
PLAY_S = 45.0
LOOK_EVERY_S = 0.25
SETTLED = frozenset({"played", "partly", "missed", "refused"})


class CheckFailedError(Exception):
    """Something did not come about in time; the text says what."""


@dataclass(frozen=True, slots=True)
class StationProof:
    """What one station did, as the dashboard shows it."""

    station: str
    planned: str | None
    actual: str | None
    difference_ms: float | None
    sha256: str | None
    ok: bool


def check(browser: Browser, speech: Path) -> list[StationProof]:
    """Upload `speech`, send it to every station in 20 s, and read back what each one proved.

    The browser is signed in. Raises CheckFailedError or ApiError.
    """
    stations = wait_for("stations online", lambda: _all_online(browser), ONLINE_S)
    bulletin = browser.upload("/bulletins", speech, {"title": "Bản tin thử"})
    ready = wait_for("bulletin ready", lambda: _prepared(browser, bulletin["id"]), PREPARE_S)
    broadcast = browser.post(
        "/broadcasts",
        {
            "bulletins": [bulletin["id"]],
            "audiences": [f"s-{station['id']}" for station in stations],
            "when": {"mode": "now"},
            "class": "ordinary",
            "delay_s": SEND_IN_S,
        },
    )
    progress = wait_for("played", lambda: _settled(browser, broadcast["id"]), SEND_IN_S + PLAY_S)
    plays = browser.get("/plays?limit=50")
    return [proof(row, plays, broadcast["id"], ready["sha256"]) for row in progress]


def proof(
    row: Mapping[str, Any], plays: Sequence[Mapping[str, Any]], broadcast: str, sha256: str
) -> StationProof:
    """Judge one station by its progress row and its row in the play log."""
    mine = [
        play
        for play in plays
        if play["station"] == row["station"] and play["occurrence"].startswith(f"{broadcast}@")
    ]
    play = mine[0] if len(mine) == 1 else {}
    difference = play.get("difference_ms")
    ok = (
        row["step"] == "played"
        and play.get("sha256") == sha256
        and difference is not None
        and abs(difference) <= MAX_DIFFERENCE_MS
    )
    return StationProof(
        station=row["station"],
        planned=play.get("planned_at"),
        actual=play.get("actual_at"),
        difference_ms=difference,
        sha256=play.get("sha256"),
        ok=ok,
    )


def summary(proofs: Sequence[StationProof], expected: int, seconds: float) -> dict[str, object]:
    """The object that `--json` prints; `ok` only if every expected station proved its play."""
    return {
        "name": "demo-check",
        "ok": len(proofs) == expected and all(each.ok for each in proofs),
        "seconds": round(seconds, 1),
        "stations": [asdict(each) for each in proofs],
    }


def wait_for(what: str, look: Callable[[], Any], seconds: float) -> Any:
    """The first truthy answer of `look`; raises CheckFailedError after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() >= deadline:
            raise CheckFailedError(f"not in time: {what}")
        time.sleep(LOOK_EVERY_S)


def _all_online(browser: Browser) -> Any:
    stations = browser.get("/stations")
    return stations if stations and all(s["status"] == "online" for s in stations) else None


def _prepared(browser: Browser, bulletin: str) -> Any:
    found = browser.get(f"/bulletins/{bulletin}")
    if found["status"] == "rejected":
        raise CheckFailedError(f"bulletin rejected: {found['code']}")
    return found if found["status"] == "ready" else None


def _settled(browser: Browser, broadcast: str) -> Any:
    progress = browser.get(f"/broadcasts/{broadcast}/progress")
    return progress if progress and all(row["step"] in SETTLED for row in progress) else None
