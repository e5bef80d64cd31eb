"""Calendar files: the timetable out, and events in after a look at what they would order."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from browser.test_looks import violations

pytestmark = pytest.mark.integration

EVENTS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//
BEGIN:VEVENT
UID:1
SUMMARY:Thời sự từ tệp lịch
DTSTART;TZID=Asia/Ho_Chi_Minh:{week}T170000
DTEND;TZID=Asia/Ho_Chi_Minh:{week}T171500
RRULE:FREQ=WEEKLY;BYDAY=MO,WE
END:VEVENT
BEGIN:VEVENT
UID:2
SUMMARY:Không ai biết tên này
DTSTART;TZID=Asia/Ho_Chi_Minh:{week}T170000
DTEND;TZID=Asia/Ho_Chi_Minh:{week}T171500
END:VEVENT
BEGIN:VEVENT
UID:3
SUMMARY:Cả ngày
DTSTART;VALUE=DATE:{week}
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")


@pytest.mark.parametrize("width", [360, 1440])
def test_events_are_tried_out_then_ordered_and_go_out_again(visit, width):
    visitor = visit(width)
    page = visitor.page
    title = f"Thời sự từ tệp lịch {width}"
    visitor.ready_bulletin("speech.ogg", title)
    ahead = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")) + timedelta(days=7)
    content = EVENTS.replace("Thời sự từ tệp lịch", title).replace("{week}", f"{ahead:%Y%m%d}")
    visitor.open("/quan-ly/tep-lich")

    file = {"name": "lich.ics", "mimeType": "text/calendar", "buffer": content.encode()}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_label("Cả xã Phù Cát").check()
    page.get_by_role("button", name="Xem trước").click()

    expect(page.get_by_text("3 sự kiện: 1 đặt được, 2 không. Chưa đặt gì.")).to_be_visible()
    expect(page.get_by_text(f"Bản tin «{title}»")).to_be_visible()
    expect(page.get_by_text("Chưa có bản tin hay chương trình nào tên như vậy.")).to_be_visible()
    expect(page.get_by_text("Sự kiện cả ngày không có giờ phát.")).to_be_visible()
    titles = [each["title"] for each in visitor.api("GET", "/broadcasts")]
    assert title not in titles
    assert violations(page) == []
    page.get_by_role("button", name="Đặt 1 buổi phát").click()
    expect(page.get_by_text("Đã đặt 1 trong 3 sự kiện.")).to_be_visible()
    expect(page.get_by_role("link", name="Xem buổi phát")).to_be_visible()

    with page.expect_download() as waiting:
        page.get_by_role("link", name="Tải tệp lịch").click()
    text = waiting.value.path().read_text(encoding="utf-8").replace("\r\n ", "")
    assert f"SUMMARY:{title}" in text


def test_a_file_that_is_no_calendar_is_refused_in_words(visitor):
    page = visitor.page
    visitor.open("/quan-ly/tep-lich")

    file = {"name": "anh.ics", "mimeType": "text/calendar", "buffer": b"\x89PNG nothing"}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_label("Cả xã Phù Cát").check()
    page.get_by_role("button", name="Xem trước").click()

    expect(page.get_by_role("alert")).to_contain_text("Đây không phải tệp lịch đọc được.")
