"""The timetable as a grid, by keyboard, as a list and on a phone; and the coming 24 hours."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.people import Visitor
from browser.test_looks import violations

pytestmark = pytest.mark.integration

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
LUNAR = re.compile(r"(\d|mùng \d).* tháng .* âm lịch")


def day_ahead(days: int = 1) -> str:
    return (datetime.now(HERE) + timedelta(days=days)).date().isoformat()


def order(visitor: Visitor, title: str, when: dict[str, object], **more: object) -> str:
    """Order a broadcast past the screens; returns its id."""
    bulletin = visitor.ready_bulletin("speech.ogg", title)
    wish = {"bulletins": [bulletin], "audiences": ["a-phu-cat"], "class": "ordinary", "when": when}
    return str(visitor.api("POST", "/broadcasts", data=wish | more)["id"])


def daily(clock: str) -> dict[str, object]:
    return {"mode": "rule", "times": [clock], "from": day_ahead()}


def open_tomorrow(visitor: Visitor, shape: str = "Lưới") -> Page:
    """The timetable of tomorrow, ready to be used."""
    page = visitor.page
    visitor.open("/lich-phat")
    page.get_by_role("button", name="Ngày", exact=True).click()
    turn(page, "Tiến tới")
    page.get_by_role("button", name=shape, exact=True).click()
    expect(page.get_by_text("ngày mai", exact=True).first).to_be_visible()
    expect(page.locator("[role=status] .bar")).to_have_count(0)
    return page


def turn(page: Page, name: str) -> None:
    """Press a button that asks for other days, and wait until they are there."""
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator("main [aria-busy=true]")).to_have_count(0)


def mark(page: Page, title: str) -> Locator:
    """The first mark of a broadcast on the grid."""
    titled = page.get_by_text(title, exact=True)
    return page.get_by_role("grid").get_by_role("button").filter(has=titled).first


def test_a_loser_is_marked_and_says_to_whom_it_gives_way(visitor):
    order(visitor, "Bản tin nhường", daily("09:00"), late={"policy": "drop", "slip_min": 0})
    order(visitor, "Thời sự mạnh hơn", daily("09:00"), **{"class": "priority"})
    page = open_tomorrow(visitor)

    loser = mark(page, "Bản tin nhường")
    loser.click()

    expect(loser).to_have_class(re.compile("loses"))
    chosen = page.get_by_role("region", name="Lượt phát đang chọn")
    expect(chosen.get_by_text("Không phát, nhường «Thời sự mạnh hơn».")).to_be_visible()
    expect(mark(page, "Thời sự mạnh hơn")).to_contain_text("Ưu tiên")
    expect(page.get_by_role("columnheader", name=re.compile("ÂL"))).to_be_visible()


def test_an_occurrence_is_moved_by_keyboard_alone_and_the_series_stays(visitor):
    order(visitor, "Dời bằng bàn phím", daily("10:00"))
    page = open_tomorrow(visitor)
    said = page.locator("[aria-live=assertive]")

    mark(page, "Dời bằng bàn phím").focus()
    page.keyboard.press("Enter")
    expect(said).to_contain_text("Đã nhấc «Dời bằng bàn phím» lúc 10:00")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    expect(said).to_contain_text("10:10 ngày mai")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Giờ mới", exact=True)).to_have_value("10:10")
    expect(dialog.get_by_label("Chỉ lượt này")).to_be_checked()
    expect(dialog.get_by_text("Không trùng với buổi phát nào.")).to_be_visible()
    dialog.get_by_role("button", name="Dời", exact=True).press("Enter")

    expect(page.get_by_text("Đã dời «Dời bằng bàn phím» sang 10:10 ngày mai.")).to_be_visible()
    expect(mark(page, "Dời bằng bàn phím")).to_contain_text("10:10")
    turn(page, "Tiến tới")
    expect(mark(page, "Dời bằng bàn phím")).to_contain_text("10:00")


def test_escape_leaves_what_is_held_where_it_was(visitor):
    order(visitor, "Thôi không dời", daily("11:00"))
    page = open_tomorrow(visitor)

    mark(page, "Thôi không dời").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")

    expect(page.locator("[aria-live=assertive]")).to_contain_text("vẫn lúc 11:00")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_mark_is_dragged_along_the_day_and_stretched_at_its_end(visitor):
    order(visitor, "Kéo bằng chuột", daily("14:00"))
    page = open_tomorrow(visitor)
    moved = mark(page, "Kéo bằng chuột")
    day_px = page.get_by_role("columnheader").nth(1).bounding_box()["width"]
    hour_px = day_px / 24

    # By its colour: a short block's grip stands beside it.
    drag(page, moved.bounding_box(), hour_px, offset=6)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Giờ mới", exact=True)).to_have_value("15:00")
    dialog.get_by_role("button", name="Giữ lại").click()
    drag(page, moved.locator("[data-grip]").bounding_box(), hour_px, offset=6)

    expect(dialog.get_by_label("Giờ mới", exact=True)).to_have_value("14:00")
    expect(dialog.get_by_label("Khung giờ (phút)")).to_have_value(re.compile("6[05]"))


def drag(page: Page, box: dict[str, float], by: float, offset: float = 24) -> None:
    x, y = box["x"] + offset, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by / 2, y, steps=3)
    page.mouse.move(x + by, y, steps=3)
    page.mouse.up()


def test_escape_in_the_middle_of_a_drag_asks_for_nothing(visitor):
    order(visitor, "Kéo rồi thôi", daily("16:00"))
    page = open_tomorrow(visitor)
    box = mark(page, "Kéo rồi thôi").bounding_box()

    page.mouse.move(box["x"] + 20, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 10, steps=4)
    expect(page.locator("[aria-live=assertive]")).to_contain_text("Kéo rồi thôi")
    page.keyboard.press("Escape")
    page.mouse.up()

    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_list_holds_the_same_facts_and_every_action_by_button(visitor):
    order(visitor, "Bỏ một lượt", daily("05:15"))
    page = open_tomorrow(visitor, "Danh sách")

    row = page.get_by_role("row").filter(has_text="Bỏ một lượt")
    expect(row).to_contain_text("05:15")
    expect(row).to_contain_text("sáng sớm")
    expect(row).to_contain_text("Phát đủ, đúng giờ.")
    expect(page.get_by_role("heading", name=LUNAR)).to_be_visible()
    row.get_by_role("button", name="Dời giờ «Bỏ một lượt» lúc 05:15").click()
    expect(page.get_by_role("dialog").get_by_text("Giờ và khung chưa đổi.")).to_be_visible()
    page.keyboard.press("Escape")
    row.get_by_role("button", name="Bỏ «Bỏ một lượt» lúc 05:15").click()
    page.get_by_role("dialog").get_by_role("button", name="Bỏ", exact=True).click()

    expect(page.get_by_text("Đã bỏ lượt «Bỏ một lượt» lúc 05:15 ngày mai.")).to_be_visible()
    expect(row).to_have_count(0)
    turn(page, "Tiến tới")
    expect(row).to_have_count(1)


def test_delete_ends_a_series_from_an_occurrence_on(visitor):
    order(visitor, "Kết thúc sớm", daily("07:30"))
    page = open_tomorrow(visitor)
    turn(page, "Tiến tới")

    mark(page, "Kết thúc sớm").focus()
    page.keyboard.press("Delete")
    page.get_by_label("Kết thúc từ lượt này trở đi").check()
    page.get_by_role("dialog").get_by_role("button", name="Bỏ", exact=True).click()

    expect(page.get_by_text(re.compile("«Kết thúc sớm» kết thúc từ lượt 07:30"))).to_be_visible()
    expect(mark(page, "Kết thúc sớm")).to_have_count(0)
    turn(page, "Lùi lại")
    expect(mark(page, "Kết thúc sớm")).to_be_visible()


def test_areas_stand_in_the_rows_when_asked_for(visitor):
    order(visitor, "Theo địa bàn", daily("08:15"))
    page = open_tomorrow(visitor)

    turn(page, "Địa bàn")

    expect(page.get_by_role("rowheader", name=re.compile("^Xã Phù Cát"))).to_be_visible()
    expect(mark(page, "Theo địa bàn")).to_be_visible()


def test_a_day_of_the_month_opens_by_keyboard(visitor):
    order(visitor, "Cả tháng", daily("08:45"))
    page = open_tomorrow(visitor)

    turn(page, "Tháng")
    cell = page.get_by_role("gridcell", name=re.compile("lượt phát")).last
    cell.focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("button", name="Ngày", exact=True, pressed=True)).to_be_visible()
    expect(mark(page, "Cả tháng")).to_be_visible()


def test_on_a_phone_the_list_comes_first_and_the_grid_fits(visit):
    visitor = visit(360, has_touch=True, is_mobile=True)
    order(visitor, "Trên điện thoại", daily("12:20"))
    page = visitor.page

    visitor.open("/lich-phat")
    turn(page, "Tiến tới")
    expect(page.get_by_role("row").filter(has_text="Trên điện thoại")).to_be_visible()
    expect(page.get_by_role("grid")).to_have_count(0)
    faults = violations(page)
    page.get_by_role("button", name="Lưới", exact=True).tap()
    shown = mark(page, "Trên điện thoại")
    expect(shown).to_be_visible()

    assert shown.bounding_box()["height"] >= 40
    assert faults + violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_finger_must_rest_before_it_carries(visit):
    visitor = visit(412, has_touch=True, is_mobile=True)
    order(visitor, "Giữ để nhấc", daily("06:10"))
    page = open_tomorrow(visitor)
    shown = mark(page, "Giữ để nhấc")
    shown.scroll_into_view_if_needed()
    box = shown.bounding_box()
    finger = visitor.context.new_cdp_session(page)
    said = page.locator("[aria-live=assertive]")

    def touch(kind: str, by: float | None) -> None:
        at = {"x": box["x"] + 30 + (by or 0), "y": box["y"] + 15}
        points = [] if by is None else [at]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 0)
    expect(page.locator(".event.held").first).to_be_attached()
    touch("touchMove", 25)
    touch("touchMove", 50)
    expect(said).to_contain_text("«Giữ để nhấc»: 07:")
    touch("touchEnd", None)

    expect(page.get_by_role("dialog").get_by_label("Giờ mới", exact=True)).to_have_value(
        re.compile("^07:")
    )


def test_the_coming_hours_tell_what_where_how_long_and_why(visitor):
    order(visitor, "Thể dục sáng sớm", daily("04:45"))
    order(visitor, "Nhường buổi sáng", daily("06:40"), late={"policy": "drop", "slip_min": 0})
    order(visitor, "Thời sự buổi sáng", daily("06:40"), **{"class": "priority"})
    page = visitor.page
    visitor.open("/")

    page.get_by_role("link", name="24 giờ tới").click()

    early = page.get_by_role("row").filter(has_text="Thể dục sáng sớm")
    expect(early).to_contain_text("04:45")
    expect(early).to_contain_text("Sáng sớm, nhiều nhà còn ngủ.")
    expect(early).to_contain_text("Xã Phù Cát (2 cụm loa)")
    lost = page.get_by_role("row").filter(has_text="Nhường buổi sáng")
    expect(lost).to_contain_text("Không phát, nhường «Thời sự buổi sáng».")
    page.get_by_label("Địa bàn", exact=True).select_option(label="Xã Tuy Phước")
    expect(early).to_have_count(0)
    assert violations(page) == []


def test_the_coming_hours_print_black_on_white_with_their_head(visitor):
    page = visitor.page
    visitor.open("/24-gio-toi")
    expect(page.get_by_text(re.compile(r"Lập lúc \d\d:\d\d"))).to_be_visible()

    page.emulate_media(media="print")

    expect(page.get_by_text(re.compile(r"Lập lúc \d\d:\d\d"))).to_be_visible()
    expect(page.get_by_role("navigation")).to_be_hidden()
    expect(page.get_by_role("button", name="In", exact=True)).to_be_hidden()
    colours = page.evaluate(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    )
    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_view_of_the_timetable_has_a_barrier(visit, scheme):
    visitor = visit(1440, scheme)
    page = open_tomorrow(visitor)
    found = []

    for view in ("Ngày", "Tuần", "Tháng"):
        turn(page, view)
        expect(page.get_by_role("grid")).to_be_visible()
        found += violations(page)
    page.get_by_role("button", name="Danh sách", exact=True).click()
    found += violations(page)

    assert found == []
