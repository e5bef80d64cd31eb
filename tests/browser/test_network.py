"""A bad network delays, it does not lose, and it says so."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.integration

SAMPLES = Path(__file__).resolve().parents[2] / "audio_samples"


def test_a_lost_network_is_told_and_mends_itself(visitor):
    page = visitor.page
    visitor.open("/cum-loa")
    expect(page.get_by_text("đang kết nối").first).to_be_visible()

    visitor.context.set_offline(True)
    page.get_by_role("link", name="Nhật ký", exact=True).click()
    expect(page.get_by_text("Mất kết nối với máy chủ, đang tự thử lại.")).to_be_visible()
    visitor.context.set_offline(False)

    expect(page.get_by_text("Mất kết nối với máy chủ, đang tự thử lại.")).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_an_upload_broken_by_the_network_is_sent_again_and_only_once(visitor):
    page = visitor.page
    tries = []

    def break_the_first(route):
        tries.append(route.request.method)
        if route.request.method == "POST" and tries.count("POST") == 1:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/api/v1/bulletins", break_the_first)
    visitor.open("/ban-tin")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Chọn tệp âm thanh").click()
    chooser.value.set_files(SAMPLES / "speech.mp3")
    page.get_by_label("Tên bản tin").fill("Gửi lần thứ hai")
    page.get_by_role("button", name="Đưa lên").click()

    expect(page.get_by_text("Mất mạng, sẽ gửi lại")).to_be_visible()
    expect(page.get_by_role("heading", name="Gửi lần thứ hai")).to_have_count(1)
    assert tries.count("POST") == 2


def test_an_order_whose_answer_was_lost_is_found_and_not_sent_twice(visitor):
    page = visitor.page
    bulletin = visitor.ready_bulletin("speech.ogg", "Câu trả lời bị mất")

    def lose_the_answer(route):
        if route.request.method == "POST":
            route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/api/v1/broadcasts", lose_the_answer)
    visitor.open(f"/phat/{bulletin}")
    page.get_by_label("Chợ Phú Kim").check()
    page.get_by_role("button", name="Phát ngay", exact=True).click()

    expect(page.get_by_role("heading", name="Câu trả lời bị mất", level=1)).to_be_visible()
    sent = [each for each in visitor.api("GET", "/broadcasts") if bulletin in each["bulletins"]]
    assert len(sent) == 1


def test_a_page_opened_without_a_server_says_so_and_comes_back(visitor):
    page = visitor.page
    page.route("**/api/v1/session", lambda route: route.abort("connectionrefused"))

    page.goto(visitor.demo.address)
    expect(page.get_by_role("heading", name="Chưa nối được với máy chủ")).to_be_visible()
    page.unroute("**/api/v1/session")

    expect(page.get_by_role("heading", name="Hôm nay")).to_be_visible()
