"""What people set up for themselves: letters, language, and a second factor with its codes."""

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from playwright.sync_api import expect

from browser.people import Visitor
from browser.test_looks import violations
from browser.test_people import make_person, sign_in

pytestmark = pytest.mark.integration


def newcomer(visit, username: str, name: str) -> tuple[Visitor, str]:
    """Somebody just made, signed in; returns them with their password."""
    grant = {"role": "author", "area": "phu-cat"}
    made = make_person(visit(), username, name, grant)
    guest = visit(360, as_guest=True)
    page = sign_in(guest, username, made["password"])
    expect(page.get_by_role("heading", level=1)).to_have_text("Hôm nay")
    return guest, made["password"]


def test_a_second_factor_is_set_up_and_asked_for_at_the_next_sign_in(visit):
    guest, password = newcomer(visit, "mai.haibuoc", "Võ Mai")
    page = guest.page
    guest.open("/tai-khoan")

    page.get_by_role("button", name="Bật xác thực hai bước").click()
    page.get_by_label("Mật khẩu đang dùng").first.fill(password)
    page.get_by_role("button", name="Tiếp tục").click()
    picture = page.get_by_alt_text("Mã QR của khóa xác thực")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert violations(page) == []
    uri = page.get_by_role("link", name="Mở ứng dụng trên máy này").get_attribute("href")
    telephone = pyotp.parse_uri(uri)
    secret = telephone.secret
    expect(page.get_by_text(" ".join(re.findall(".{4}", secret)))).to_be_visible()
    page.get_by_label("Mã trên điện thoại").fill("000000")
    page.get_by_role("button", name="Bật", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Mã chưa đúng")
    page.get_by_label("Mã trên điện thoại").fill(telephone.now())
    page.get_by_role("button", name="Bật", exact=True).click()

    expect(page.get_by_role("heading", name="10 mã dự phòng")).to_be_visible()
    codes = page.locator(".recovery li").all_inner_texts()
    assert len(set(codes)) == 10
    page.emulate_media(media="print")
    expect(page.get_by_text(codes[0])).to_be_visible()
    expect(page.get_by_role("heading", name="Đổi mật khẩu")).to_be_hidden()
    page.emulate_media(media="screen")
    page.get_by_role("button", name="Đã cất xong").click()
    expect(page.get_by_text("Đang bật.")).to_be_visible()

    page.get_by_role("button", name="Đăng xuất").click()
    expect(page).to_have_url(re.compile("/dang-nhap"))
    sign_in(guest, "mai.haibuoc", password)
    expect(page.get_by_role("heading", level=1)).to_have_text("Mã xác thực")
    soon = datetime.now(UTC) + timedelta(seconds=30)
    page.get_by_label("Mã 6 chữ số, hoặc một mã dự phòng").fill(telephone.at(soon))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hôm nay")

    guest.open("/tai-khoan")
    page.get_by_role("button", name="Tắt xác thực hai bước").click()
    page.get_by_label("Mã trên điện thoại").fill(codes[0])
    page.get_by_role("button", name="Tắt", exact=True).click()
    expect(page.get_by_text("Chưa bật.")).to_be_visible()


def test_roles_stand_by_place_and_letters_say_why_they_cannot_come(visit):
    guest, _ = newcomer(visit, "tu.thu", "Đỗ Tú")
    page = guest.page

    guest.open("/tai-khoan")

    expect(page.get_by_text("Xã Phù Cát: viết và xếp lịch")).to_be_visible()
    expect(page.get_by_text("Máy chủ này chưa gửi được thư.")).to_be_visible()
    expect(page.get_by_label("Mỗi tối gửi thư")).to_be_disabled()


def test_name_and_address_are_kept_and_the_server_learns_the_language(visit):
    guest, _ = newcomer(visit, "doi.ten", "Tên Cũ")
    page = guest.page
    guest.open("/tai-khoan")

    page.get_by_label("Họ và tên").fill("Tên Mới")
    page.get_by_label("Thư điện tử").fill("Ten.Moi@Xa.vn")
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_text("Đã lưu.")).to_be_visible()
    page.get_by_label("English").check()
    expect(page.get_by_role("heading", name="Account", level=1)).to_be_visible()
    page.wait_for_function(
        "fetch('/api/v1/session').then((a) => a.json()).then((s) => s.account.locale === 'en')"
    )

    account = guest.api("GET", "/session")["account"]
    assert (account["name"], account["email"]) == ("Tên Mới", "ten.moi@xa.vn")
