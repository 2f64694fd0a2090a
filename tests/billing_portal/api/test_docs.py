"""The description is served from here, to those who are signed in, under a strict policy."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(house) -> Client:
    client = Client()
    client.force_login(house.person("denial_specialist"))
    return client


def test_the_page_holds_no_inline_script_or_style(browser):
    page = browser.get("/api/v1/docs/")

    body = page.content.decode()
    assert page.status_code == 200
    assert "<style" not in body
    assert "style=" not in body
    assert body.count("<script") == body.count("<script src=") == 4
    assert "//" not in body.replace("http://www.w3.org", "").replace("<!DOCTYPE", "")


def test_only_this_page_may_show_images_held_in_style_sheets(browser):
    policy = browser.get("/api/v1/docs/")["Content-Security-Policy"]

    assert "img-src 'self' data:" in policy
    assert "unsafe" not in policy
    assert "data:" not in browser.get("/api/v1/schema/")["Content-Security-Policy"]


def test_its_script_comes_from_the_same_address(browser):
    script = browser.get("/api/v1/docs/?script=")

    assert script["Content-Type"].startswith("application/javascript")
    assert b"/api/v1/schema/" in script.content


def test_the_description_itself_is_served(browser):
    answer = browser.get("/api/v1/schema/", headers={"Accept": "application/json"})

    assert answer.json()["openapi"] == "3.1.0"


@pytest.mark.parametrize("address", ["docs/", "schema/"])
def test_strangers_see_neither(address, db):
    assert Client().get(f"/api/v1/{address}").status_code in {401, 403}
