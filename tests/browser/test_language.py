"""Two languages and two themes, changed without reloading."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.integration


def test_english_is_one_press_away_and_stays(visitor):
    page = visitor.page
    visitor.open("/tai-khoan")
    page.evaluate("window.neverReloaded = true")

    page.get_by_label("English").check()

    expect(page.get_by_role("heading", name="Account", level=1)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.evaluate("window.neverReloaded") is True
    visitor.open("/cum-loa")
    expect(page.get_by_role("heading", name="Stations", level=1)).to_be_visible()
    cookies = {each["name"]: each["value"] for each in visitor.context.cookies()}
    assert cookies["loa_lang"] == "en"


def test_dark_can_be_chosen_on_a_light_device(visitor):
    page = visitor.page
    visitor.open("/tai-khoan")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)

    page.get_by_role("radio", name="Tối").check()
    dark = page.evaluate(ground)
    page.reload()
    expect(page.locator("h1")).to_be_visible()

    assert dark != light
    assert page.evaluate(ground) == dark
