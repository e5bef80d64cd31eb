"""Giving people roles by place: what they then see, and how they are let in and sent away."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser.people import Visitor
from browser.test_looks import violations

pytestmark = pytest.mark.integration


def sign_in(guest: Visitor, username: str, password: str) -> Page:
    page = guest.page
    page.goto(f"{guest.demo.address}/dang-nhap")
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu").fill(password)
    page.keyboard.press("Enter")
    return page


def make_person(visitor: Visitor, username: str, name: str, *grants: dict[str, str]) -> Any:
    """Make an account past the screens; returns person and password."""
    wish = {"username": username, "name": name, "grants": list(grants)}
    return visitor.api("POST", "/people", data=wish)


def test_a_new_person_sees_only_the_commune_they_were_given(visit):
    admin, guest = visit(), visit(as_guest=True)
    page = admin.page
    admin.open("/quan-ly/nguoi-dung")

    page.get_by_role("button", name="Thêm người").click()
    page.get_by_label("Họ và tên").fill("Trần Thị Hoa")
    page.get_by_label("Tên đăng nhập").fill("hoa.phucat")
    page.get_by_label("Tại địa bàn").select_option(label="\u2003Xã Phù Cát")
    page.get_by_role("button", name="Thêm quyền").click()
    page.get_by_label("Việc", exact=True).nth(1).select_option("area_admin")
    page.get_by_role("button", name="Tạo tài khoản").click()
    told = page.get_by_role("region", name="Mật khẩu của Trần Thị Hoa")
    password = told.get_by_role("definition").nth(1).inner_text()
    page.reload()
    expect(page.get_by_role("link", name=re.compile("Trần Thị Hoa"))).to_contain_text(
        "Xã Phù Cát: viết và xếp lịch và quản trị địa bàn"
    )
    expect(page.get_by_text(password)).to_have_count(0)

    theirs = sign_in(guest, "hoa.phucat", password)
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Hôm nay")
    guest.open("/cum-loa")
    expect(theirs.get_by_role("link", name=re.compile("Chợ Phú Kim"))).to_be_visible()
    expect(theirs.get_by_text("Đình Trung Thành")).to_have_count(0)
    guest.open("/quan-ly/dia-ban")
    expect(theirs.get_by_role("link", name=re.compile("Thôn An Hòa"))).to_be_visible()
    expect(theirs.get_by_text("Xã Tuy Phước")).to_have_count(0)
    guest.open("/quan-ly/nguoi-dung")
    expect(theirs.get_by_role("link", name=re.compile("Quản trị viên"))).to_have_count(0)
    for guessed in ("/cum-loa/tuy-phuoc-1", "/quan-ly/dia-ban/tuy-phuoc"):
        guest.open(guessed)
        expect(theirs.get_by_role("alert")).to_contain_text("Không còn nữa")


def test_an_administrator_of_a_commune_cannot_give_roles_above_it(visit):
    admin, guest = visit(), visit(as_guest=True)
    made = make_person(admin, "lan.admin", "Lê Lan", {"role": "area_admin", "area": "phu-cat"})
    page = sign_in(guest, "lan.admin", made["password"])
    expect(page.get_by_role("heading", level=1)).to_have_text("Hôm nay")
    guest.open("/quan-ly/nguoi-dung")

    page.get_by_role("button", name="Thêm người").click()

    options = page.get_by_label("Tại địa bàn").locator("option").all_inner_texts()
    assert [text.strip() for text in options] == ["Xã Phù Cát", "Thôn An Hòa", "Thôn Phú Kim"]
    roles = page.get_by_label("Việc", exact=True).locator("option").all_inner_texts()
    assert "Quản trị tỉnh" not in roles


def test_a_locked_person_is_out_and_a_new_password_lets_them_in_again(visit):
    admin, guest = visit(), visit(as_guest=True)
    made = make_person(admin, "binh", "Phạm Bình", {"role": "author", "area": "phu-cat"})
    page = admin.page
    admin.open(f"/quan-ly/nguoi-dung/{made['person']['id']}")

    page.get_by_role("button", name="Khóa tài khoản").click()
    page.get_by_role("dialog").get_by_role("button", name="Khóa", exact=True).click()
    expect(page.get_by_text("Đã khóa tài khoản của Phạm Bình.")).to_be_visible()
    refused = sign_in(guest, "binh", made["password"])
    expect(refused.get_by_text("đã bị khóa")).to_be_visible()

    page.get_by_role("button", name="Mở khóa").click()
    page.get_by_role("dialog").get_by_role("button", name="Mở khóa").click()
    page.get_by_role("button", name="Cấp mật khẩu mới").click()
    page.get_by_role("dialog").get_by_role("button", name="Cấp mật khẩu").click()
    told = page.get_by_role("region", name="Mật khẩu của Phạm Bình")
    fresh = told.get_by_role("definition").nth(1).inner_text()
    again = sign_in(guest, "binh", fresh)
    expect(again.get_by_role("heading", level=1)).to_have_text("Hôm nay")


def test_the_last_administrator_cannot_send_themselves_away(visitor):
    page = visitor.page
    me = visitor.api("GET", "/session")["account"]["id"]
    visitor.open(f"/quan-ly/nguoi-dung/{me}")
    drop = page.get_by_role("button", name=re.compile("Bỏ quyền"))
    expect(drop.first).to_be_visible()

    for _ in range(drop.count()):
        drop.first.click()
    page.get_by_role("button", name="Lưu", exact=True).click()

    expect(page.get_by_role("alert")).to_contain_text("người cuối cùng")
    assert len(visitor.api("GET", f"/people/{me}")["grants"]) > 0


@pytest.mark.parametrize("width", [360, 1440])
def test_the_people_screens_have_no_barrier(visit, width):
    visitor = visit(width)
    page = visitor.page
    name = f"Người xem {width}"
    made = make_person(visitor, f"xem.{width}", name, {"role": "auditor", "area": "phu-cat"})
    visitor.open("/quan-ly/nguoi-dung")
    page.get_by_role("button", name="Thêm người").click()
    found = violations(page)

    visitor.open(f"/quan-ly/nguoi-dung/{made['person']['id']}")
    expect(page.get_by_label("Tại địa bàn")).to_be_visible()
    found += violations(page)
    overhang = page.evaluate("document.documentElement.scrollWidth - innerWidth")

    assert found == []
    assert overhang <= 0
