"""A bulletin comes in: from a file, from the microphone; it is heard, and it can go again."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.integration

SAMPLES = Path(__file__).resolve().parents[2] / "audio_samples"


def card(page: Page, title: str) -> Locator:
    return page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=title))


def choose(page: Page, sample: str) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Chọn tệp âm thanh").click()
    chooser.value.set_files(SAMPLES / sample)


def test_an_uploaded_file_is_prepared_and_heard_without_reloading(visitor):
    page = visitor.page
    visitor.open("/ban-tin")

    choose(page, "speech.mp3")
    expect(page.get_by_label("Tên bản tin")).to_have_value("Speech")
    page.get_by_label("Tên bản tin").fill("Lịch tiêm chủng")
    page.get_by_role("button", name="Đưa lên").click()
    expect(card(page, "Lịch tiêm chủng").get_by_text("sẵn sàng")).to_be_visible()
    page.get_by_role("button", name="Nghe «Lịch tiêm chủng»").click()

    expect(page.get_by_role("button", name="Tạm dừng «Lịch tiêm chủng»")).to_be_visible()
    expect(card(page, "Lịch tiêm chủng").locator("audio")).to_have_js_property("readyState", 4)
    expect(card(page, "Lịch tiêm chủng")).to_contain_text("0:01 /")


def test_a_file_that_is_not_fit_is_refused_with_a_sentence(visitor):
    page = visitor.page
    visitor.open("/ban-tin")

    choose(page, "silent.wav")
    page.get_by_label("Tên bản tin").fill("Ghi âm cuộc họp")
    page.get_by_role("button", name="Đưa lên").click()

    refused = card(page, "Ghi âm cuộc họp")
    expect(refused.get_by_text("không dùng được")).to_be_visible()
    expect(refused).to_contain_text("Tệp không có tiếng. Hãy kiểm tra micro rồi thu lại.")


def test_a_recording_is_heard_before_it_is_uploaded(visit):
    visitor = visit(permissions=["microphone"])
    page = visitor.page
    visitor.open("/ban-tin")

    page.get_by_role("button", name="Thu bằng micro").click()
    page.get_by_role("button", name="Bắt đầu thu").click()
    expect(page.get_by_text("Đang thu")).to_be_visible()
    expect(page.get_by_text("0:02")).to_be_visible()
    page.get_by_role("button", name="Tạm dừng").click()
    expect(page.get_by_text("Đang tạm dừng")).to_be_visible()
    page.get_by_role("button", name="Thu tiếp").click()
    page.get_by_role("button", name="Thu xong").click()
    page.get_by_role("button", name="Nghe «bản vừa thu»").click()
    expect(page.get_by_text("0:01 /")).to_be_visible()
    page.get_by_role("button", name="Dùng bản thu này").click()
    expect(page.get_by_label("Tên bản tin")).to_have_value(re.compile("Bản thu"))
    page.get_by_label("Tên bản tin").fill("Bản thu thử")
    page.get_by_role("button", name="Đưa lên").click()

    expect(card(page, "Bản thu thử").get_by_text("sẵn sàng")).to_be_visible()


def test_a_recording_waits_for_who_looked_at_another_screen(visit):
    visitor = visit(permissions=["microphone"])
    page = visitor.page
    visitor.open("/ban-tin")
    page.get_by_role("button", name="Thu bằng micro").click()
    page.get_by_role("button", name="Bắt đầu thu").click()
    expect(page.get_by_text("0:01")).to_be_visible()

    page.get_by_role("link", name="Cụm loa", exact=True).click()
    expect(page.get_by_role("heading", name="Cụm loa", level=1)).to_be_visible()
    page.get_by_role("link", name="Bản tin", exact=True).click()

    expect(page.get_by_text("Đang tạm dừng")).to_be_visible()
    page.get_by_role("button", name="Thu xong").click()
    expect(page.get_by_role("button", name="Nghe «bản vừa thu»")).to_be_visible()


def test_who_refuses_the_microphone_is_told_how_to_allow_it(visitor):
    page = visitor.page
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia ="
        " () => Promise.reject(new DOMException('no', 'NotAllowedError'))"
    )
    visitor.open("/ban-tin")

    page.get_by_role("button", name="Thu bằng micro").click()
    page.get_by_role("button", name="Bắt đầu thu").click()

    expect(page.get_by_role("alert")).to_contain_text("Trình duyệt không được phép dùng micro")


def test_a_bulletin_is_deleted_only_after_a_second_thought(visitor):
    page = visitor.page
    visitor.ready_bulletin("speech.ogg", "Bản tin cũ")
    visitor.open("/ban-tin")

    page.get_by_role("button", name="Xoá «Bản tin cũ»").click()
    page.get_by_role("button", name="Thôi").click()
    expect(card(page, "Bản tin cũ")).to_be_visible()
    page.get_by_role("button", name="Xoá «Bản tin cũ»").click()
    page.get_by_role("dialog").get_by_role("button", name="Xoá").click()

    expect(card(page, "Bản tin cũ")).to_have_count(0)
