"""Four eyes: one writes, another hears and decides, and both see what became of it."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from browser.colleagues import Colleague, hire, order, seat, with_second_factor
from browser.people import Demo, Visitor
from browser.test_looks import violations

pytestmark = pytest.mark.integration

AREA = "tuy-phuoc"
PLANNED = {"mode": "at", "start": "2027-03-01T17:00"}
HOURS = [{"weekdays": [1, 2, 3, 4, 5, 6, 7], "start": "05:00", "end": "21:00"}]


@dataclass(frozen=True)
class Office:
    author: Colleague
    first: Colleague
    second: Colleague


@pytest.fixture(scope="module")
def office(demo: Demo, chromium: Browser, signed_in: object) -> Iterator[Office]:
    """A commune that asks for four eyes; afterwards it is as it was."""
    context = chromium.new_context(storage_state=signed_in)  # type: ignore[arg-type]
    admin = Visitor(demo, context, context.new_page())
    admin.api("PUT", f"/areas/{AREA}", data={"self_approval": False, "hours": HOURS})
    yield Office(
        hire(admin, "lan", "Nguyễn Thị Lan", AREA, "author"),
        hire(admin, "hung", "Trần Văn Hùng", AREA, "approver"),
        hire(admin, "mai", "Lê Thị Mai", AREA, "approver"),
    )
    admin.api("PUT", f"/areas/{AREA}", data={"self_approval": None, "hours": None})
    context.close()


@pytest.fixture
def author(visit: Callable[..., Visitor], office: Office) -> Visitor:
    return seat(visit, office.author)


@pytest.fixture
def approver(visit: Callable[..., Visitor], office: Office) -> Visitor:
    return seat(visit, office.first)


def card(page: Page, title: str) -> Locator:
    return page.get_by_role("article", name=title)


def test_what_one_orders_another_hears_and_approves_in_two_taps(author, approver):
    bulletin = author.ready_bulletin("speech.ogg", "Cắt điện thôn Trung Thành")
    author.open(f"/phat/{bulletin}")
    author.page.get_by_label(re.compile("Cả xã Tuy Phước")).check()
    expect(author.page.get_by_text("chờ người có quyền duyệt")).to_be_visible()
    approver.open("/")

    author.page.get_by_role("button", name="Gửi duyệt").click()
    expect(author.page.get_by_text("Đang chờ duyệt")).to_be_visible()
    # Nobody reloads anything: what waits is told to who may decide.
    approver.page.get_by_role("link", name=re.compile("buổi phát chờ bạn duyệt")).click()
    waiting = card(approver.page, "Cắt điện thôn Trung Thành")
    expect(waiting).to_contain_text("Nguyễn Thị Lan")
    expect(waiting).to_contain_text("ngay khi được duyệt")
    expect(waiting).to_contain_text("Xã Tuy Phước")
    waiting.get_by_role("button", name="Nghe «Cắt điện").click()
    expect(waiting.locator("audio")).to_have_js_property("readyState", 4)
    approve = "Duyệt «Cắt điện thôn Trung Thành»"
    waiting.get_by_role("button", name=approve, exact=True).click()

    expect(waiting).to_have_count(0)
    expect(approver.page.get_by_text("Đã duyệt «Cắt điện thôn Trung Thành».")).to_be_visible()
    expect(author.page.get_by_text("Người duyệt")).to_be_visible()
    expect(author.page.get_by_text("Trần Văn Hùng")).to_be_visible()
    expect(author.page.get_by_text("Đang chờ duyệt")).to_have_count(0)


def test_a_refusal_reaches_its_author_with_the_reason(author, approver):
    made = order(author, "Mời họp thôn", AREA, when=PLANNED)
    author.open(f"/buoi-phat/{made}")
    approver.open("/duyet")

    card(approver.page, "Mời họp thôn").get_by_role("button", name="Không duyệt").click()
    dialog = approver.page.get_by_role("dialog")
    dialog.get_by_label("Vì sao không duyệt").fill("Giờ này trùng lễ chào cờ của trường.")
    dialog.get_by_role("button", name="Không duyệt").click()

    expect(author.page.get_by_text("Trần Văn Hùng không duyệt")).to_be_visible()
    expect(author.page.get_by_text("«Giờ này trùng lễ chào cờ của trường.»")).to_be_visible()
    author.open("/buoi-phat")
    refused = author.page.get_by_role("link", name=re.compile("Mời họp thôn"))
    expect(refused).to_contain_text("Trần Văn Hùng không duyệt: «Giờ này trùng")


def test_who_is_slower_is_told_who_was_faster(author, approver, visit, office):
    made = order(author, "Ai nhanh hơn", AREA, when=PLANNED)
    slower = seat(visit, office.second)
    seen = slower.api("GET", "/approvals")
    # This screen has not yet heard that anything changed.
    slower.page.route(
        "**/api/v1/approvals",
        lambda route: route.fulfill(body=json.dumps(seen), content_type="application/json"),
    )
    slower.open("/duyet")
    approver.api("POST", f"/broadcasts/{made}/approve", data={})

    slower.page.get_by_role("button", name="Duyệt «Ai nhanh hơn»", exact=True).click()

    expect(slower.page.get_by_text("Trần Văn Hùng đã duyệt trước bạn")).to_be_visible()


def test_what_passes_permitted_hours_is_marked_and_takes_a_code(author, visit, office):
    bulletin = author.ready_bulletin("speech.ogg", "Báo bão trong đêm")
    page = author.page
    author.open(f"/phat/{bulletin}")
    page.get_by_label(re.compile("Cả xã Tuy Phước")).check()
    page.get_by_label("Vào giờ đã chọn").check()
    page.get_by_label("Giờ", exact=True).fill("22:30")
    page.get_by_label("Ngày", exact=True).select_option(index=1)
    page.get_by_label("Xin phát ngoài giờ").check()
    page.get_by_label("Lý do").fill("Bão vào đêm mai, dân cần nghe ngay.")
    page.get_by_label("Đến hết ngày").select_option(index=3)
    expect(page.get_by_text("cần người thứ hai duyệt bằng mã xác thực").last).to_be_visible()
    page.get_by_role("button", name="Gửi duyệt").click()
    expect(page.get_by_text("Đang chờ duyệt")).to_be_visible()

    chief = seat(visit, office.second)
    chief.open("/duyet")
    marked = card(chief.page, "Báo bão trong đêm")
    expect(marked).to_contain_text("«Bão vào đêm mai, dân cần nghe ngay.»")
    expect(marked).to_contain_text("22:30 là buổi tối muộn")
    marked.get_by_role("button", name="Duyệt «Báo bão trong đêm»", exact=True).click()
    dialog = chief.page.get_by_role("dialog")
    expect(dialog.get_by_text("Bạn chưa bật xác thực hai bước")).to_be_visible()

    code = with_second_factor(chief, office.second.password)[0]
    chief.open("/duyet")
    marked.get_by_role("button", name="Duyệt «Báo bão trong đêm»", exact=True).click()
    dialog.get_by_label("Mã xác thực").fill("000000")
    dialog.get_by_role("button", name="Duyệt").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_label("Mã xác thực").fill(code)
    dialog.get_by_role("button", name="Duyệt").click()

    expect(page.get_by_text("Người thứ hai đồng ý: Lê Thị Mai.")).to_be_visible()


def test_what_an_approver_sees_has_no_barrier_on_a_phone(author, visit, office):
    order(author, "Nhìn cho rõ", AREA, when=PLANNED)
    phone = seat(visit, office.first, 360)
    phone.open("/duyet")
    expect(card(phone.page, "Nhìn cho rõ")).to_be_visible()
    expect(phone.page.locator("[role=status] .bar")).to_have_count(0)

    found = violations(phone.page)
    card(phone.page, "Nhìn cho rõ").get_by_role("button", name="Không duyệt").click()
    found += violations(phone.page)

    assert found == []
    assert phone.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
