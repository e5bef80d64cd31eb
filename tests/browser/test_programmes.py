"""Programmes are put in order by hand and by keyboard; what comes from above finds its place."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.colleagues import hire, order, seat
from browser.people import Visitor

pytestmark = pytest.mark.integration

TOMORROW = (datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")) + timedelta(days=1)).date().isoformat()


def items(visitor: Visitor, *titles: str) -> list[dict[str, str]]:
    return [
        {"bulletin": visitor.ready_bulletin("speech.ogg", title), "part": "item"}
        for title in titles
    ]


def programme(visitor: Visitor, title: str, *titles: str) -> str:
    """Put a programme together past the screens; returns its id."""
    wish = {"title": title, "items": items(visitor, *titles)}
    return str(visitor.api("POST", "/programmes", data=wish)["id"])


def kept(visitor: Visitor, made: str) -> list[str]:
    return [each["title"] for each in visitor.api("GET", f"/programmes/{made}")["items"]]


def rows(page: Page) -> Locator:
    return page.get_by_role("list", name="Các bản tin").get_by_role("listitem")


def test_a_programme_is_made_and_put_in_order_by_keyboard_alone(visitor):
    page = visitor.page
    made = programme(visitor, "Chiều thứ tư", "Tin một", "Tin hai", "Tin ba")
    visitor.open(f"/chuong-trinh/{made}")

    page.get_by_role("button", name="Đưa «Tin ba» lên").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("«Tin ba»: vị trí 2 trên 3.")).to_be_attached()
    expect(page.get_by_role("button", name="Đưa «Tin ba» lên")).to_be_focused()
    page.keyboard.press("Enter")
    expect(rows(page).first).to_contain_text("Tin ba")
    page.get_by_role("button", name="Lưu chương trình").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Chương trình", level=1)).to_be_visible()
    assert kept(visitor, made) == ["Tin ba", "Tin một", "Tin hai"]


def test_a_programme_is_put_in_order_by_dragging(visitor):
    page = visitor.page
    made = programme(visitor, "Kéo thả", "Kéo một", "Kéo hai", "Kéo ba")
    visitor.open(f"/chuong-trinh/{made}")
    expect(rows(page)).to_have_count(3)

    rows(page).first.locator(".handle").hover()
    page.mouse.down()
    last = rows(page).last.bounding_box()
    assert last is not None
    page.mouse.move(last["x"] + 10, last["y"] + last["height"] / 2, steps=8)
    page.mouse.up()
    page.get_by_role("button", name="Lưu chương trình").click()

    expect(page.get_by_text("Đã lưu «Kéo thả».")).to_be_visible()
    assert kept(visitor, made) == ["Kéo hai", "Kéo ba", "Kéo một"]


def test_a_new_programme_is_measured_against_its_slot(visitor):
    page = visitor.page
    jingle = visitor.ready_bulletin("speech.mp3", "Nhạc hiệu thử khung")
    visitor.open("/chuong-trinh/moi")

    page.get_by_label("Tên chương trình").fill("Thử khung giờ")
    page.get_by_label("Thêm vào: Nhạc hiệu").select_option(jingle)
    page.get_by_role("button", name="Thêm").first.click()
    page.get_by_label("Khung giờ (phút)").fill("1")
    expect(page.get_by_text("Vừa khung giờ, còn dư")).to_be_visible()
    page.get_by_role("button", name="Lưu chương trình").click()

    expect(page.get_by_text("Đã lưu «Thử khung giờ».")).to_be_visible()
    page.get_by_role("link", name="Phát «Thử khung giờ»").click()
    expect(page.get_by_role("heading", name="Thử khung giờ")).to_be_visible()


def test_changes_that_are_not_saved_are_kept_and_told(visitor):
    page = visitor.page
    made = programme(visitor, "Chưa lưu", "Giữ một", "Giữ hai")
    visitor.open(f"/chuong-trinh/{made}")

    page.get_by_role("button", name="Đưa «Giữ hai» lên").click()
    page.get_by_role("link", name="Trang chính").last.click()
    expect(page.get_by_text("«Chưa lưu» chưa lưu.")).to_be_visible()
    page.get_by_role("link", name="Quản lý").first.click()
    page.get_by_role("link", name=re.compile("^Chương trình")).click()
    page.get_by_role("link", name="Sửa «Chưa lưu»").click()

    expect(page.get_by_text("chưa lưu", exact=True)).to_be_visible()
    expect(rows(page).first).to_contain_text("Giữ hai")
    page.get_by_role("button", name="Bỏ thay đổi").click()
    expect(rows(page).first).to_contain_text("Giữ một")


def test_nobody_undoes_what_another_has_saved_meanwhile(visitor):
    page = visitor.page
    made = programme(visitor, "Hai người sửa", "Cùng một", "Cùng hai")
    visitor.open(f"/chuong-trinh/{made}")
    page.get_by_role("button", name="Đưa «Cùng hai» lên").click()

    there = visitor.api("GET", f"/programmes/{made}")
    same = [{"bulletin": each["bulletin"], "part": each["part"]} for each in there["items"]]
    change = {"title": "Hai người sửa (mới)", "items": same, "version": there["version"]}
    visitor.api("PUT", f"/programmes/{made}", data=change)
    expect(page.get_by_text("có người khác đã lưu chương trình này")).to_be_visible()
    page.get_by_role("button", name="Lấy bản mới").click()

    expect(page.get_by_label("Tên chương trình")).to_have_value("Hai người sửa (mới)")
    expect(rows(page).first).to_contain_text("Cùng một")


def test_a_priority_item_from_above_finds_its_place_and_those_above_see_it(
    visitor: Visitor, visit: Callable[..., Visitor]
) -> None:
    author = hire(visitor, "phuc", "Đỗ Văn Phúc", "phu-cat", "author", "approver")
    commune = seat(visit, author)
    bulletin = visitor.ready_bulletin("speech.ogg", "Phòng dịch toàn tỉnh")
    visitor.open("/ban-tin")
    visitor.page.get_by_role("button", name="Gửi xuống «Phòng dịch toàn tỉnh»").click()
    dialog = visitor.page.get_by_role("dialog")
    dialog.get_by_label("Xã Phù Cát").check()
    dialog.get_by_label("Ưu tiên").check()
    dialog.get_by_label("Lời nhắn").fill("Trước cuối tuần.")
    dialog.get_by_role("button", name="Gửi xuống").click()

    page = commune.page
    commune.open("/")
    page.get_by_role("link", name=re.compile("chờ xếp chỗ")).click()
    expect(page.get_by_text("«Trước cuối tuần.»")).to_be_visible()
    page.get_by_role("button", name="Xếp chỗ cho «Phòng dịch toàn tỉnh»").click()
    expect(page).to_have_url(re.compile(f"/phat/{bulletin}$"))
    expect(page.get_by_role("radio", name=re.compile("^Ưu tiên"))).to_be_checked()
    expect(page.get_by_label(re.compile("Cả xã Phù Cát"))).to_be_checked()
    page.get_by_label("Vào giờ đã chọn").check()
    page.get_by_label("Giờ", exact=True).fill("16:10")
    page.get_by_label("Ngày", exact=True).select_option(index=1)
    page.get_by_role("button", name="Đặt lịch phát").click()

    expect(page.get_by_text("Không có bản tin nào chờ xếp chỗ")).to_be_visible()
    visitor.open("/gui-xuong")
    sent = visitor.page.get_by_role("listitem").filter(has_text="Phòng dịch toàn tỉnh").first
    expect(sent).to_contain_text("1 nơi đã xếp chỗ, 0 nơi không phát được, 0 nơi chưa trả lời.")
    sent.get_by_text("Xem 1 câu trả lời").click()
    expect(sent).to_contain_text("Đỗ Văn Phúc")


def test_what_cannot_be_placed_is_answered_with_a_reason(
    visitor: Visitor, visit: Callable[..., Visitor]
) -> None:
    author = hire(visitor, "quyen", "Võ Thị Quyên", "phu-cat", "author")
    bulletin = visitor.ready_bulletin("speech.ogg", "Không có chỗ")
    wish = {"bulletin": bulletin, "areas": ["phu-cat"], "class": "priority"}
    visitor.api("POST", "/shares", data=wish)
    commune = seat(visit, author, 360)

    page = commune.page
    commune.open("/yeu-cau")
    page.get_by_role("button", name="Không phát được «Không có chỗ»").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Vì sao không phát được").fill("Loa đang sửa đến hết tháng.")
    dialog.get_by_role("button", name="Không phát được").click()

    expect(page.get_by_text("Đã trả lời về «Không có chỗ».")).to_be_visible()
    visitor.open("/gui-xuong")
    sent = visitor.page.get_by_role("listitem").filter(has_text="Không có chỗ").first
    sent.get_by_text("Xem 1 câu trả lời").click()
    expect(sent).to_contain_text("«Loa đang sửa đến hết tháng.»")
    sent.get_by_role("button", name="Thu hồi").click()
    visitor.page.get_by_role("dialog").get_by_role("button", name="Thu hồi").click()
    expect(sent.get_by_text("đã thu hồi", exact=True)).to_be_visible()


def test_a_commune_lets_its_own_priority_item_go_first(
    visitor: Visitor, visit: Callable[..., Visitor]
) -> None:
    when = {"mode": "at", "start": f"{TOMORROW}T16:40"}
    above = order(visitor, "Tin của tỉnh", "gia-lai", when=when, **{"class": "priority"})
    who = hire(visitor, "vinh", "Cao Thế Vinh", "phu-cat", "author", "approver")
    commune = seat(visit, who)
    bulletin = commune.ready_bulletin("speech.ogg", "Tin của xã")

    page = commune.page
    commune.open(f"/phat/{bulletin}")
    page.get_by_label(re.compile("Cả xã Phù Cát")).check()
    page.get_by_label("Vào giờ đã chọn").check()
    page.get_by_label("Giờ", exact=True).fill("16:40")
    page.get_by_label("Ngày", exact=True).select_option(index=1)
    page.get_by_role("radio", name=re.compile("^Ưu tiên")).check()
    expect(page.get_by_text(re.compile("nhường «Tin của tỉnh»"))).to_be_visible()
    page.get_by_label("Phát bản này trước ở xã Phù Cát").check()
    page.get_by_role("button", name="Đặt lịch phát").click()
    expect(page.get_by_role("heading", name="Tin của xã", level=1)).to_be_visible()

    found = visitor.api("GET", "/areas/phu-cat/order")["broadcasts"]
    ids = [each["id"] for each in found]
    assert ids.index(above) == ids.index(page.url.rsplit("/", 1)[1]) + 1
    commune.open("/thu-tu/phu-cat")
    page.get_by_role("button", name="Đưa «Tin của tỉnh» lên").click()
    page.get_by_role("button", name="Lưu thứ tự").click()
    expect(page.get_by_text("Đã lưu thứ tự ưu tiên.")).to_be_visible()
