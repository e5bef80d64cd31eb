"""How long the timetable takes to stand on the screen, from its data arriving.

Figures: `month_100_stations_draw_ms` (a month of 100 stations: the text of the answer is there, to
the second animation frame after it), `week_100_stations_draw_ms` (the same stations as a week) and
how much there is to draw. The screens are the built ones in Chromium; the answers are made here, so
no server runs. Yardstick of the same run: a plain table with as many cells and marks, put into the
same browser as one piece of HTML.
"""

import argparse
import json
import mimetypes
import shutil
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Route, sync_playwright

DIST = Path(__file__).resolve().parents[1] / "server" / "loa_server" / "web_dist"
ADDRESS = "http://127.0.0.1:9"
ROUNDS = 7
STATIONS = 100
STATIONS_OF_COMMUNE = 10
MARKS_A_DAY = 4
ZONE = timedelta(hours=7)
DRAWN = "loa timetable drawn"
ARRIVED = """
  const read = Response.prototype.text
  Response.prototype.text = async function () {
    const text = await read.call(this)
    if (this.url.includes('/api/v1/timetable')) performance.mark('arrived')
    return text
  }
"""
TAKEN = f"""
  async () => {{
    const marks = () => performance.getEntriesByName('{DRAWN}')
    const arrived = () => performance.getEntriesByName('arrived').at(-1)?.startTime ?? Infinity
    const past = performance.now() + 20000
    while (!marks().some((mark) => mark.startTime > arrived())) {{
      if (performance.now() > past) throw new Error('the timetable was not drawn')
      await new Promise((next) => setTimeout(next, 20))
    }}
    const taken = marks().at(-1).startTime - arrived()
    performance.clearMarks()
    return taken
  }}
"""
PLAIN = """
  async ([rows, days, marks]) => {
    const cell = `<td>${'<i>05:30</i>'.repeat(marks)}</td>`
    const html = `<table>${`<tr><th>Cụm loa</th>${cell.repeat(days)}</tr>`.repeat(rows)}</table>`
    const frame = () => new Promise((next) => requestAnimationFrame(next))
    const place = document.createElement('div')
    document.body.append(place)
    await frame()
    const begin = performance.now()
    place.innerHTML = html
    await frame()
    await frame()
    const taken = performance.now() - begin
    place.remove()
    return taken
  }
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one object on one line")
    parser.add_argument("--dist", type=Path, default=DIST, help="where the built screens are")
    wanted = parser.parse_args()
    with screens(wanted.dist) as page:
        page.evaluate(TAKEN)
        month, week = draws(page)
        plain = [page.evaluate(PLAIN, [STATIONS, 30, MARKS_A_DAY]) for _ in range(ROUNDS)]
    table = timetable(date(2026, 11, 1), 30, STATIONS)
    figures = {
        "month_100_stations_draw_ms": round(statistics.median(month), 1),
        "month_100_stations_draw_max_ms": round(max(month), 1),
        "week_100_stations_draw_ms": round(statistics.median(week), 1),
        "stations": STATIONS,
        "days": 30,
        "marks": sum(len(table["lines"][row["line"]]) for row in table["rows"]),
        "events": len(table["events"]),
        "answer_kb": round(len(json.dumps(table)) / 1000),
    }
    yardstick = {"plain_table_ms": round(statistics.median(plain), 1)}
    result = {"name": "timetable_draw", "figures": figures, "yardstick": yardstick}
    print(json.dumps(result, indent=None if wanted.json else 2))


def draws(page: Page) -> tuple[list[float], list[float]]:
    """Month and week by turns, so that each is drawn anew and not only filled anew."""
    month: list[float] = []
    week: list[float] = []
    for _ in range(ROUNDS):
        for view, taken in (("Tháng", month), ("Tuần", week)):
            page.get_by_role("button", name=view, exact=True).click()
            taken.append(float(page.evaluate(TAKEN)))
    return month, week


@contextmanager
def screens(dist: Path, width: int = 1440, stations: int = STATIONS) -> Iterator[Page]:
    """The timetable in a browser whose every question is answered from here."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
        )
        page = context.new_page()
        page.add_init_script(ARRIVED)
        page.route("**/*", lambda route: answer(route, dist, stations))
        page.goto(f"{ADDRESS}/lich-phat")
        page.get_by_role("group", name="Khoảng xem").wait_for()
        yield page
        browser.close()


def answer(route: Route, dist: Path, stations: int) -> None:
    """A file of the screens, or what the server would have said."""
    asked = urlsplit(route.request.url)
    if not asked.path.startswith("/api/"):
        file = dist / asked.path.lstrip("/")
        file = file if file.is_file() else dist / "index.html"
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        route.fulfill(body=file.read_bytes(), content_type=kind)
        return
    facts = {key: values[0] for key, values in parse_qs(asked.query).items()}
    match asked.path.removeprefix("/api/v1"):
        case "/session":
            route.fulfill(json={"csrf": "x", "account": account()})
        case "/timetable":
            first = date.fromisoformat(facts["from"])
            route.fulfill(json=timetable(first, int(facts["days"]), stations))
        case "/events":
            route.abort()
        case _:
            route.fulfill(json=[])


def account() -> dict[str, Any]:
    return {
        "id": "u-1",
        "username": "an",
        "name": "An",
        "role": "admin",
        "area": "tinh",
        "area_name": "Tỉnh",
    }


def timetable(first: date, count: int, stations: int) -> dict[str, Any]:
    """Four marks a day at each station: of the province, twice of the commune, and its own."""
    dates = [first + timedelta(days=day) for day in range(count)]
    made = Events()
    province = made.add("tinh", "Thời sự tỉnh", "priority", dates, "05:30")
    communes = [
        made.add(f"xa-{number}-s", "Bản tin sáng của xã", "ordinary", dates, "06:00")
        + made.add(f"xa-{number}-c", "Bản tin chiều của xã", "ordinary", dates, "17:00")
        for number in range(-(-stations // STATIONS_OF_COMMUNE))
    ]
    lines = []
    for number in range(stations):
        clock = f"{10 + number % 9:02}:{number % 12 * 5:02}"
        own = made.add(f"tram-{number}", f"Thông báo thôn {number}", "ordinary", dates, clock)
        lines.append(sorted([*province, *communes[number // STATIONS_OF_COMMUNE], *own]))
    rows = [
        {
            "id": f"tram-{number}",
            "name": f"Cụm loa thôn {number + 1}",
            "area_name": f"Xã {number // STATIONS_OF_COMMUNE + 1}",
            "line": number,
        }
        for number in range(stations)
    ]
    lunar = {"day": 15, "month": 10, "leap": False}
    days = [{"date": day.isoformat(), "lunar": lunar, "holiday": None} for day in dates]
    return {
        "zone": "Asia/Ho_Chi_Minh",
        "days": days,
        "rows": rows,
        "lines": lines,
        "events": made.events,
    }


class Events:
    """Events of a timetable; some of them lose to a stronger one."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def add(
        self, broadcast: str, title: str, kind: str, dates: list[date], clock: str
    ) -> list[int]:
        """One a day; returns where they stand."""
        first = len(self.events)
        for day in dates:
            local = f"{day.isoformat()}T{clock}:00"
            start = datetime.fromisoformat(local).replace(tzinfo=UTC) - ZONE
            loses = (len(self.events) + day.day) % 11 == 0
            self.events.append(
                {
                    "occurrence": f"{broadcast}@{local}",
                    "broadcast": broadcast,
                    "title": title,
                    "class": kind,
                    "starts_at": start.isoformat(),
                    "ends_at": (start + timedelta(minutes=15)).isoformat(),
                    "slot_ms": 900_000,
                    "outcome": "silent" if loses else "whole",
                    "reason": "overlap" if loses else None,
                    "winner_title": "Thời sự tỉnh" if loses else None,
                    "waiting": False,
                    "may_change": True,
                }
            )
        return list(range(first, len(self.events)))


if __name__ == "__main__":
    main()
