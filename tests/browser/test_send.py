"""From the wish to the proof: where, when, and what each station did."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.integration

PLAYED_MS = 60_000
MILLISECONDS = re.compile(r"\d\d:\d\d:\d\d,\d{3}")


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has the focus carries this name."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "(document.activeElement.labels?.[0] ?? document.activeElement).innerText.trim()"
        )
        if focused.startswith(name):
            return
    raise AssertionError(f"no way to {name} by keyboard")


def test_a_broadcast_sent_now_is_followed_to_the_last_step_without_reloading(visitor):
    page = visitor.page
    bulletin = visitor.ready_bulletin("speech.mp3", "Phát ngay cho cả tỉnh")
    visitor.open(f"/phat/{bulletin}")
    page.evaluate("window.neverReloaded = true")

    page.get_by_label(re.compile("Cả Gia Lai")).check()
    expect(page.get_by_text("Sẽ phát «Phát ngay cho cả tỉnh» ngay bây giờ")).to_be_visible()
    page.get_by_role("button", name="Phát ngay", exact=True).click()

    expect(page.get_by_role("heading", name="Phát ngay cho cả tỉnh", level=1)).to_be_visible()
    for step in ("fetched", "playing", "played"):
        rows = page.locator(f"[data-step={step}]")
        expect(rows).to_have_count(len(visitor.demo.stations), timeout=PLAYED_MS)
    # Other tests may have added stations that no device has become.
    expect(page.get_by_text(re.compile(r"3/\d+ cụm loa đã phát"))).to_be_visible()
    expect(page.locator("[data-step=played] dl").first).to_contain_text(MILLISECONDS)
    assert page.evaluate("window.neverReloaded") is True

    page.get_by_role("link", name="Nhật ký", exact=True).click()
    lines = page.get_by_role("row").filter(has_text="Phát ngay cho cả tỉnh")
    expect(lines).to_have_count(len(visitor.demo.stations))
    expect(lines.first).to_contain_text(MILLISECONDS)
    expect(lines.first).to_contain_text(re.compile("sớm|chậm|không lệch"))


def test_a_series_is_ordered_by_keyboard_alone(visitor):
    page = visitor.page
    bulletin = visitor.ready_bulletin("speech.ogg", "Hằng ngày bằng bàn phím")
    visitor.open("/ban-tin")

    page.get_by_role("link", name="Phát «Hằng ngày bằng bàn phím»").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/phat/{bulletin}$"))
    expect(page.locator("h1")).to_be_focused()
    tab_to(page, "Cả xã Phù Cát")
    page.keyboard.press("Space")
    tab_to(page, "Phát ngay")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    tab_to(page, "Giờ thứ 1")
    page.keyboard.type("1730")
    tab_to(page, "Đặt lịch phát")
    expect(page.get_by_text("hằng ngày lúc 17:30")).to_be_visible()
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/buoi-phat/"))
    expect(page.get_by_text("Hằng ngày lúc 17:30")).to_be_visible()
    expect(page.get_by_text("Xã Phù Cát", exact=True)).to_be_visible()


def test_turning_one_station_off_leaves_the_others_chosen(visitor):
    page = visitor.page
    bulletin = visitor.ready_bulletin("speech.ogg", "Chọn từng cụm loa")
    visitor.open(f"/phat/{bulletin}")

    page.get_by_label(re.compile("Cả xã Phù Cát")).check()
    page.get_by_label("Chợ Phú Kim").uncheck()

    expect(page.get_by_label("Nhà văn hóa An Hòa")).to_be_checked()
    expect(page.get_by_text("tại Nhà văn hóa An Hòa.")).to_be_visible()


def test_a_time_is_typed_as_people_write_it_and_half_typed_ones_order_nothing(visitor):
    page = visitor.page
    bulletin = visitor.ready_bulletin("speech.ogg", "Gõ giờ")
    visitor.open(f"/phat/{bulletin}")
    page.get_by_label(re.compile("Cả xã Phù Cát")).check()
    page.get_by_label("Vào giờ đã chọn").check()
    clock = page.get_by_label("Giờ", exact=True)

    clock.fill("")
    clock.press_sequentially("25h")
    clock.blur()
    expect(page.get_by_text("Hãy gõ giờ như 05:30 hoặc 17:30.")).to_be_visible()
    expect(page.get_by_text("Hãy chọn ngày và giờ.")).to_be_visible()
    clock.fill("")
    clock.press_sequentially("5h30")
    clock.blur()
    page.get_by_label("Ngày", exact=True).select_option(index=1)

    expect(clock).to_have_value("05:30")
    expect(
        page.get_by_text(
            re.compile("Sẽ phát «Gõ giờ» lúc 05:30 thứ|Sẽ phát «Gõ giờ» lúc 05:30 chủ nhật")
        )
    ).to_be_visible()


def test_an_early_hour_stands_out_before_anything_is_sent(visitor):
    page = visitor.page
    bulletin = visitor.ready_bulletin("speech.ogg", "Giờ sớm")
    visitor.open(f"/phat/{bulletin}")

    page.get_by_label(re.compile("Lặp lại theo lịch")).check()
    page.get_by_label("Giờ thứ 1").fill("03:15")

    expect(page.get_by_text("03:15 là sáng sớm, nhiều nhà còn ngủ.")).to_be_visible()


def test_a_broadcast_is_stopped_and_says_who_still_plays(visitor):
    page = visitor.page
    bulletin = visitor.ready_bulletin("speech.ogg", "Dừng giữa chừng")
    order = {
        "bulletins": [bulletin],
        "audiences": ["a-phu-cat"],
        "class": "ordinary",
        "when": {"mode": "now"},
        "delay_s": 60,
    }
    made = visitor.api("POST", "/broadcasts", data=order)
    visitor.open(f"/buoi-phat/{made['id']}")
    expect(page.locator("[data-step=fetched]")).to_have_count(2)

    page.get_by_role("button", name="Dừng").click()
    page.get_by_role("button", name="Dừng ngay").click()

    expect(
        page.get_by_text(re.compile(r"Đã dừng lúc .* 2/2 cụm loa không còn phát"))
    ).to_be_visible()
    expect(page.get_by_text("đã dừng", exact=True)).to_be_visible()
