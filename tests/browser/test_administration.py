"""Keys, Health and Jobs as administrators and viewers meet them."""

import re

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from hydrodiag.accounts import Role

from .conftest import sign_in_browser

pytestmark = pytest.mark.browser


def test_a_key_is_shown_once_works_and_is_refused_once_revoked(page: Page, app: str) -> None:
    page.goto(f"{app}/keys")
    page.get_by_role("textbox", name="Name").fill("Telegraf of hall 2")
    page.get_by_role("button", name="See machines and readings").click()
    page.get_by_role("button", name="Make the key").click()
    key = page.locator("[data-testid=stCode] code").inner_text()
    bearer = {"Authorization": f"Bearer {key}"}
    assert httpx.get(f"{app}/api/v1/systems", headers=bearer).status_code == 200
    page.reload()
    page.get_by_role("combobox", name="Key").click()
    expect(page.get_by_text(key)).to_have_count(0)
    page.get_by_role("option", name="Telegraf of hall 2").click()
    page.get_by_role("button", name="Revoke", exact=True).click()
    page.get_by_role("button", name="Revoke it").click()
    expect(page.get_by_text(re.compile("Key Telegraf of hall 2.* revoked"))).to_be_visible()
    assert httpx.get(f"{app}/api/v1/systems", headers=bearer).status_code == 401


def test_health_says_what_is_missing_and_what_to_do(page: Page, app: str) -> None:
    page.goto(f"{app}/health")
    expect(page.get_by_text("PostgreSQL 17")).to_be_visible()
    expect(page.get_by_text("none is running")).to_be_visible()
    expect(page.get_by_text("python scheduler.py")).to_be_visible()


def test_a_job_asked_for_is_run_and_its_result_shown(page: Page, app: str, scheduler: None) -> None:
    page.goto(f"{app}/jobs?job=timescale_health")
    page.get_by_role("button", name="Run now").click()
    # Other jobs succeed as well, in the table: this is the result of the run asked for.
    result = page.get_by_test_id("stAlert").get_by_text("Check the database", exact=True)
    expect(result).to_be_visible()


def test_a_viewer_sees_no_way_to_act_and_no_page_of_administrators(
    browser: Browser, app: str, database_url: str
) -> None:
    context = browser.new_context()
    sign_in_browser(context, app, database_url, Role.VIEWER)
    page = context.new_page()
    page.goto(f"{app}/jobs")
    expect(page.get_by_role("heading", name="Jobs", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Run now")).to_have_count(0)
    for title in ("Users", "Keys", "Audit"):
        expect(page.get_by_role("link", name=title)).to_have_count(0)
    page.goto(f"{app}/keys")
    expect(page.get_by_role("textbox", name="Name")).to_have_count(0)
    context.close()
