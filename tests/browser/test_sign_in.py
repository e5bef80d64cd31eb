"""The way in and out."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.integration


def test_signing_in_leads_to_the_screen_that_was_asked_for(visit):
    guest = visit(as_guest=True)
    page = guest.page

    page.goto(f"{guest.demo.address}/nhat-ky")
    page.get_by_label("Tên đăng nhập").fill(guest.demo.username)
    page.get_by_label("Mật khẩu").fill(guest.demo.password)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Nhật ký phát", level=1)).to_be_visible()
    expect(page).to_have_title("Nhật ký phát · Loa")


def test_a_session_that_ends_while_a_screen_is_open_leads_to_signing_in_and_back(visit):
    guest = visit(as_guest=True)
    guest.context.request.post(
        f"{guest.demo.address}/api/v1/session",
        data={"username": guest.demo.username, "password": guest.demo.password},
    )
    guest.open("/cum-loa")

    guest.context.clear_cookies()
    guest.page.get_by_role("link", name="Bản tin", exact=True).click()

    expect(guest.page).to_have_url(re.compile(r"/dang-nhap\?next=%2Fban-tin$"))


def test_signing_out_ends_the_session(visit):
    guest = visit(as_guest=True)
    guest.context.request.post(
        f"{guest.demo.address}/api/v1/session",
        data={"username": guest.demo.username, "password": guest.demo.password},
    )
    guest.open("/tai-khoan")

    guest.page.get_by_role("button", name="Đăng xuất").click()
    expect(guest.page).to_have_url(re.compile(r"/dang-nhap"))

    answer = guest.context.request.get(f"{guest.demo.address}/api/v1/session")
    assert answer.status == 401
