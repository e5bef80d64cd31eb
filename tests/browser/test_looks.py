"""Every screen for every eye: axe finds nothing, and nothing hangs over the edge of a phone."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.people import Visitor

pytestmark = pytest.mark.integration

AXE = Path(__file__).resolve().parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
SCREENS = (
    *("/", "/ban-tin", "/phat", "/buoi-phat", "/cum-loa", "/nhat-ky", "/tai-khoan"),
    *("/quan-ly", "/duyet", "/chuong-trinh", "/chuong-trinh/moi", "/yeu-cau", "/gui-xuong"),
    "/thu-tu/phu-cat",
)


@pytest.fixture(scope="module")
def paths(demo, chromium, signed_in):
    """Every screen, with something to show on each list."""
    context = chromium.new_context(storage_state=signed_in)
    visitor = Visitor(demo, context, context.new_page())
    bulletin = visitor.ready_bulletin("speech.ogg", "Để nhìn cho rõ")
    order = {
        "bulletins": [bulletin],
        "audiences": ["a-gia-lai"],
        "class": "priority",
        "when": {"mode": "at", "start": "2027-01-01T17:00"},
    }
    made = visitor.api("POST", "/broadcasts", data=order)
    programme = {"title": "Chiều thứ tư", "items": [{"bulletin": bulletin, "part": "item"}] * 2}
    visitor.api("POST", "/programmes", data=programme)
    share = {"bulletin": bulletin, "areas": ["tuy-phuoc"], "class": "priority"}
    visitor.api("POST", "/shares", data=share)
    context.close()
    return (*SCREENS, f"/phat/{bulletin}", f"/buoi-phat/{made['id']}", "/cum-loa/phu-cat-1")


def violations(page):
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{each['id']}: {node['html'][:120]}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_no_screen_has_a_barrier_or_a_sideways_scroll(visit, paths, width, scheme):
    visitor = visit(width, scheme)
    page = visitor.page

    found = {}
    for path in paths:
        visitor.open(path)
        expect(page.locator("[role=status] .bar")).to_have_count(0)
        overhang = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found[path] = [*violations(page), *([f"wider by {overhang} px"] if overhang > 0 else [])]

    assert {path: faults for path, faults in found.items() if faults} == {}


def test_forms_dialogs_and_the_claim_code_have_no_barrier(visit, paths):
    visitor = visit(360)
    page = visitor.page
    found = []

    visitor.open("/cum-loa")
    page.get_by_role("button", name="Thêm cụm loa").click()
    found += violations(page)
    visitor.open("/cum-loa/phu-cat-2")
    page.get_by_role("button", name="Cấp mã").click()
    picture = page.get_by_alt_text("Mã QR của lệnh đăng ký")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    found += violations(page)
    visitor.open(paths[-2])
    page.get_by_role("button", name="Dừng").click()
    found += violations(page)
    visitor.open(paths[-3])
    page.get_by_label("Vào giờ đã chọn").check()
    found += violations(page)
    visitor.open("/ban-tin")
    page.get_by_role("button", name="Thu bằng micro").click()
    found += violations(page)

    assert found == []


def test_controls_are_large_enough_for_a_thumb(visit, paths):
    visitor = visit(360)
    page = visitor.page

    small = {}
    for path in paths:
        visitor.open(path)
        expect(page.locator("[role=status] .bar")).to_have_count(0)
        found = page.evaluate(
            """[...document.querySelectorAll('button, select, input:not([hidden]), nav a, .button')]
              .map((each) => each.closest('label') ?? each)
              .filter((each) => each.checkVisibility() && each.type !== 'file')
              .map((each) => [each.outerHTML.slice(0, 80), each.getBoundingClientRect().height])
              .filter(([, height]) => height < 43.5)"""
        )
        small |= {path: found} if found else {}

    assert small == {}
