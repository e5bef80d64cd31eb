"""The tree of areas: limits by place, communes that merge, lists that come in, moved stations."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from browser.people import Visitor
from browser.test_looks import violations

pytestmark = pytest.mark.integration

HERE = ZoneInfo("Asia/Ho_Chi_Minh")


def commune(visitor: Visitor, name: str, code: str) -> str:
    """A commune with a hamlet and a station that has no device; returns its id."""
    made = visitor.api("POST", "/areas", data={"parent": "gia-lai", "name": name, "code": code})
    hamlet = {"parent": made["id"], "name": f"Thôn của {name}", "code": "1"}
    under = visitor.api("POST", "/areas", data=hamlet)
    station = {"name": f"Cụm loa {name}", "area": under["id"]}
    visitor.api("POST", "/stations", data=station)
    return str(made["id"])


def pick(page: Page, label: str, name: str) -> None:
    """Choose an area by its name, however deep it is drawn."""
    chooser = page.get_by_role("combobox", name=label, exact=True)
    value = chooser.locator("option", has_text=name).first.get_attribute("value")
    chooser.select_option(value)


def card(page: Page, title: str):
    return page.get_by_role("region", name=title, exact=True)


def test_two_communes_become_one_after_a_look_at_what_it_moves(visitor):
    page = visitor.page
    first = commune(visitor, "Xã Đông Sáp", "90001")
    commune(visitor, "Xã Tây Sáp", "90002")
    visitor.open("/quan-ly/dia-ban")

    page.get_by_role("button", name="Sáp nhập").click()
    merge = card(page, "Sáp nhập")
    for name in ("Xã Đông Sáp", "Xã Tây Sáp"):
        pick(page, "Địa bàn", name)
        merge.get_by_role("button", name="Thêm vào").click()
    merge.get_by_label("một địa bàn mới").check()
    merge.get_by_label("Tên địa bàn").fill("Xã Sáp Chung")
    merge.get_by_label("Mã", exact=True).fill("90003")
    merge.get_by_role("button", name="Xem trước").click()

    said = merge.get_by_role("status")
    expect(said).to_contain_text(
        "Sáp nhập xã Đông Sáp và xã Tây Sáp vào Xã Sáp Chung: "
        "2 địa bàn bên trong, 2 cụm loa, 0 người và 0 buổi phát chuyển sang."
    )
    expect(said).to_contain_text("1 thôn trùng mã được đổi mã.")
    assert visitor.api("GET", f"/areas/{first}")["valid_to"] is None
    assert violations(page) == []
    merge.get_by_role("button", name="Sáp nhập").click()
    page.get_by_role("dialog").get_by_role("button", name="Sáp nhập").click()

    expect(page.get_by_role("heading", name="Xã Sáp Chung", level=1)).to_be_visible()
    history = card(page, "Lịch sử")
    expect(history.get_by_role("link", name="Xã Đông Sáp")).to_be_visible()
    history.get_by_role("link", name="Xã Tây Sáp").click()
    expect(page.get_by_text("Địa bàn này không còn từ")).to_be_visible()
    expect(page.get_by_role("link", name="Xã Sáp Chung")).to_be_visible()


def test_hours_are_set_for_a_place_and_given_back_to_the_place_above(visitor):
    page = visitor.page
    area = commune(visitor, "Xã Đặt Giờ", "90011")
    visitor.open(f"/quan-ly/dia-ban/{area}")
    hours = card(page, "Giờ được phép phát")
    expect(hours).to_contain_text("Theo Gia Lai")

    hours.get_by_role("button", name="Sửa").click()
    hours.get_by_label("Đặt riêng cho nơi này").check()
    for day in ("thứ bảy", "chủ nhật"):
        hours.get_by_label(day).uncheck()
    hours.get_by_label("Từ", exact=True).fill("16:30")
    hours.get_by_label("Đến", exact=True).fill("05:00")
    hours.get_by_role("button", name="Lưu").click()
    expect(hours.get_by_role("alert")).to_have_text(
        "Khung 1: Giờ kết thúc phải sau giờ bắt đầu. Qua nửa đêm thì chia làm hai khung."
    )
    hours.get_by_label("Đến", exact=True).fill("19:00")
    hours.get_by_role("button", name="Lưu").click()
    expect(hours).to_contain_text("thứ hai đến thứ sáu: 16:30\u201319:00")
    expect(hours).to_contain_text("Đặt riêng ở đây.")

    hours.get_by_role("button", name="Sửa").click()
    hours.get_by_label("Theo cấp trên").check()
    hours.get_by_role("button", name="Lưu").click()
    expect(hours).to_contain_text("Theo Gia Lai")


def test_a_form_takes_the_focus_from_its_button_and_gives_it_back(visitor):
    page = visitor.page
    visitor.open("/quan-ly/dia-ban/phu-cat")
    caps = card(page, "Mức phát trong ngày")

    caps.get_by_role("button", name="Sửa").press("Enter")
    expect(caps.get_by_label("Theo cấp trên")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(caps.get_by_label("Đặt riêng cho nơi này")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("nhiều")
    page.keyboard.press("Enter")
    expect(caps.get_by_role("alert")).to_contain_text("Hãy gõ số nguyên")
    caps.get_by_role("button", name="Thôi").press("Enter")

    expect(caps.get_by_role("button", name="Sửa")).to_be_focused()


def test_what_new_hours_silence_is_told_at_the_place(visitor):
    page = visitor.page
    area = commune(visitor, "Xã Yên Lặng", "90021")
    bulletin = visitor.ready_bulletin("speech.ogg", "Bản tin sẽ bị im")
    tomorrow = (datetime.now(HERE) + timedelta(hours=12)).strftime("%Y-%m-%dT%H:%M")
    order = {"bulletins": [bulletin], "audiences": [f"a-{area}"], "class": "ordinary"}
    when = {"mode": "at", "start": tomorrow}
    visitor.api("POST", "/broadcasts", data=order | {"when": when})
    visitor.open(f"/quan-ly/dia-ban/{area}")
    hours = card(page, "Giờ được phép phát")

    hours.get_by_role("button", name="Sửa").click()
    hours.get_by_label("Đặt riêng cho nơi này").check()
    hours.get_by_role("button", name="Bỏ khung 1").click()
    expect(hours).to_contain_text("cụm loa ở đây sẽ yên lặng")
    hours.get_by_role("button", name="Lưu").click()

    expect(hours).to_contain_text("Không được phát giờ nào")
    warning = page.get_by_text("Trong 24 giờ tới có 1 lượt không phát")
    expect(warning).to_be_visible()
    expect(page.get_by_text("«Bản tin sẽ bị im»")).to_be_visible()
    # A silent commune would keep every test after this one from sending to the whole province.
    visitor.api("PUT", f"/areas/{area}", data={"hours": None})


def test_a_list_with_bad_lines_is_refused_line_by_line(visitor):
    page = visitor.page
    text = (
        "code,name,kind,parent_code\n90031,Xã Đúng,commune,52\n90 32,Xã Sai Mã,commune,52\n"
        "90033,,commune,52\n90034,Xã Lạc,commune,99999\n90035,Xã Sai Cấp,lang,52\n"
    )
    visitor.open("/quan-ly/dia-ban")
    page.get_by_role("button", name="Đưa danh sách lên").click()
    entry = card(page, "Đưa danh sách lên")
    file = {"name": "dia-ban.csv", "mimeType": "text/csv", "buffer": text.encode()}

    entry.locator("input[type=file]").set_input_files(file)
    entry.get_by_role("button", name="Kiểm tra").click()

    expect(entry.get_by_role("alert")).to_contain_text("5 dòng, có 4 chỗ sai")
    rows = entry.get_by_role("row").all_inner_texts()[1:]
    lines = [re.split(r"\s+", row)[0] for row in rows]
    assert lines == ["3", "4", "5", "6"]
    expect(entry.get_by_role("table")).to_contain_text("mã cấp trên (parent_code)")
    expect(entry.get_by_role("table")).to_contain_text("99999")
    expect(entry.get_by_role("button", name="Nhận danh sách")).to_have_count(0)
    assert violations(page) == []

    mended = "code,name,kind,parent_code\n90031,Xã Đúng,commune,52\n"
    entry.locator("input[type=file]").set_input_files(file | {"buffer": mended.encode()})
    entry.get_by_role("button", name="Kiểm tra").click()
    expect(entry.get_by_role("status").last).to_contain_text("thêm 1 địa bàn")
    entry.get_by_role("button", name="Nhận danh sách").click()
    expect(page.get_by_role("link", name=re.compile("Xã Đúng"))).to_be_visible()


def test_a_hamlet_is_added_found_and_moved_to_another_commune(visitor):
    page = visitor.page
    here, there = commune(visitor, "Xã Đi", "90041"), commune(visitor, "Xã Đến", "90042")
    visitor.open(f"/quan-ly/dia-ban/{here}")

    page.get_by_role("button", name="Thêm thôn").click()
    page.get_by_label("Tên địa bàn").fill("Thôn Mới Lập")
    page.get_by_label("Mã", exact=True).fill("7")
    page.get_by_role("button", name="Thêm", exact=True).click()
    page.get_by_role("link", name=re.compile("Thôn Mới Lập")).click()
    expect(page.get_by_role("heading", name="Thôn Mới Lập", level=1)).to_be_visible()
    pick(page, "Chuyển đến", "Xã Đến")
    card(page, "Chuyển sang nơi khác").get_by_role("button", name="Chuyển").click()
    page.get_by_role("dialog").get_by_role("button", name="Chuyển").click()

    expect(page.get_by_text("Đã chuyển Thôn Mới Lập sang xã Đến.")).to_be_visible()
    expect(card(page, "Lịch sử")).to_contain_text("thuộc Xã Đi")
    visitor.open("/quan-ly/dia-ban")
    page.get_by_label("Tìm theo tên hoặc mã").fill("moi lap")
    found = page.get_by_role("link", name=re.compile("Thôn Mới Lập"))
    expect(found).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Xã Đến"))).to_be_visible()
    assert there in {each["parent"] for each in visitor.api("GET", "/areas")}


def test_a_holiday_of_a_place_stands_with_its_lunar_date(visitor):
    page = visitor.page
    area = commune(visitor, "Xã Lễ Hội", "90051")
    visitor.open(f"/quan-ly/dia-ban/{area}")
    days = card(page, "Ngày lễ riêng")

    days.get_by_label("Tên ngày").fill("Lễ hội đình làng")
    days.get_by_label("Ngày", exact=True).select_option(index=3)
    days.get_by_role("button", name="Thêm ngày").click()

    kept = days.get_by_role("listitem")
    expect(kept).to_contain_text("Lễ hội đình làng")
    expect(kept).to_contain_text(re.compile(r"tháng .+ âm lịch"))
    days.get_by_role("button", name="Bỏ ngày «Lễ hội đình làng»").click()
    expect(days).to_contain_text("Chưa có ngày nào.")


def test_a_station_gets_its_own_volume_and_another_area(visitor):
    page = visitor.page
    here, there = commune(visitor, "Xã Cũ", "90061"), commune(visitor, "Xã Mới", "90062")
    station = visitor.api("POST", "/stations", data={"name": "Cụm loa đi ở", "area": here})
    visitor.open(f"/cum-loa/{station['id']}")

    sound = card(page, "Tên và âm lượng")
    sound.get_by_role("button", name="Sửa").click()
    sound.get_by_label("Âm lượng").fill("35")
    sound.get_by_label("Phát chậm lại").fill("120")
    sound.get_by_role("button", name="Lưu").click()
    expect(sound).to_contain_text("35%")
    expect(sound).to_contain_text("120 mili giây")
    caps = card(page, "Mức phát trong ngày")
    caps.get_by_role("button", name="Sửa").click()
    caps.get_by_label("Đặt riêng cho nơi này").check()
    caps.get_by_label("Nhiều nhất mấy buổi một ngày").fill("3")
    caps.get_by_role("button", name="Lưu").click()
    expect(caps).to_contain_text("nhiều nhất 3 buổi một ngày")
    pick(page, "Chuyển đến", "Xã Mới")
    card(page, "Chuyển cụm loa").get_by_role("button", name="Chuyển").click()
    page.get_by_role("dialog").get_by_role("button", name="Chuyển").click()
    expect(page.get_by_text("Đã chuyển «Cụm loa đi ở» sang xã Mới.")).to_be_visible()

    kept = visitor.api("GET", f"/stations/{station['id']}")
    assert (kept["area"], kept["volume_percent"]) == (there, 35)


def test_many_stations_are_searched_and_those_in_need_stand_first(visitor):
    page = visitor.page
    area = commune(visitor, "Xã Nhiều Loa", "90071")
    for number in range(8):
        wish = {"name": f"Loa ngõ {number}", "area": area}
        visitor.api("POST", "/stations", data=wish)
    visitor.open("/cum-loa")

    page.get_by_label("Tìm cụm loa theo tên hoặc địa bàn").fill("ngo 5")

    expect(page.get_by_role("link", name=re.compile("Loa ngõ"))).to_have_count(1)
    expect(page.get_by_role("status").filter(has_text="1/")).to_be_visible()


def open_forms(page: Page) -> None:
    """Open every form on the screen; a button that opened one is gone."""
    begin = page.get_by_role("button", name=re.compile("^(Sửa|Thêm thôn)"))
    while begin.count():
        begin.first.click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_the_area_screens_have_no_barrier_or_sideways_scroll(visit, width, scheme):
    visitor = visit(width, scheme)
    page = visitor.page

    found = {}
    for path in ("/quan-ly/dia-ban", "/quan-ly/dia-ban/phu-cat", "/cum-loa/phu-cat-1"):
        visitor.open(path)
        expect(page.locator("[role=status] .bar")).to_have_count(0)
        open_forms(page)
        overhang = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found[path] = [*violations(page), *([f"wider by {overhang} px"] if overhang > 0 else [])]

    assert {path: faults for path, faults in found.items() if faults} == {}
