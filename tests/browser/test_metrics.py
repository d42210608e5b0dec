"""The page Metrics as an engineer uses it."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from hydrodiag.db import Database
from tests.machines import measured_machine

from .conftest import sign_in_browser

pytestmark = pytest.mark.browser


@pytest.fixture
def measured(database: Database) -> None:
    measured_machine(database)


def open_chart(page: Page, url: str) -> None:
    page.goto(url)
    expect(chart_of(page)).to_be_visible()
    expect(page.get_by_text("points from")).to_be_visible()


def chart_of(page: Page):
    return page.get_by_role("figure", name=re.compile("P_PUMP"))


def hold_answers(page: Page) -> Callable[[], AbstractContextManager[None]]:
    """Before the page is opened. What the app says during `with` comes when it ends."""
    is_holding, kept, sides = False, [], []

    def route(client: WebSocketRoute) -> None:
        server = client.connect_to_server()
        client.on_message(server.send)
        server.on_message(lambda said: kept.append(said) if is_holding else client.send(said))
        sides.append(client)

    @contextmanager
    def holding() -> Iterator[None]:
        nonlocal is_holding
        is_holding = True
        yield
        is_holding = False
        for said in kept:
            sides[-1].send(said)
        kept.clear()

    page.route_web_socket(re.compile("_stcore/stream"), route)
    return holding


def drag_over(page: Page, start: float, end: float) -> None:
    """Draw a box over a part of the first panel."""
    plot = page.locator(".nsewdrag").first.bounding_box()
    assert plot is not None
    middle = plot["y"] + plot["height"] / 2
    page.mouse.move(plot["x"] + start * plot["width"], middle)
    page.mouse.down()
    page.mouse.move(plot["x"] + (start + end) / 2 * plot["width"], middle, steps=4)
    page.mouse.move(plot["x"] + end * plot["width"], middle, steps=4)
    page.mouse.up()


def test_dragging_over_the_chart_zooms_and_reads_finer(
    measured: None, app: str, page: Page
) -> None:
    open_chart(page, f"{app}/readings?system=press-1&range=6h")
    expect(page.get_by_text("lowest and highest of")).to_be_visible()
    drag_over(page, 0.75, 0.80)
    expect(page.get_by_text("points from raw readings")).to_be_visible()
    expect(page).to_have_url(re.compile(r"from=.+to=|to=.+from="))


def test_a_click_before_the_answer_to_the_last_one_does_not_lose_the_window(
    measured: None, app: str, page: Page
) -> None:
    held = hold_answers(page)
    open_chart(page, f"{app}/readings?system=press-1&range=6h")
    with held():
        page.get_by_role("button", name="Earlier").click()
        page.wait_for_timeout(1000)
        page.get_by_role("button", name="Options").click()
        page.wait_for_timeout(500)
    expect(page.get_by_role("textbox", name="From")).not_to_have_value("")
    expect(page).to_have_url(re.compile("from="))
    page.keyboard.press("Escape")
    page.get_by_role("radio", name="6h").click()
    expect(page).to_have_url(re.compile("range=6h"))
    expect(page).not_to_have_url(re.compile("from="))


def test_a_refresh_before_the_answer_to_a_click_does_not_lose_the_window(
    measured: None, app: str, page: Page
) -> None:
    held = hold_answers(page)
    open_chart(page, f"{app}/readings?system=press-1&range=6h&refresh=5s")
    with held():
        page.get_by_role("button", name="Earlier").click()
        page.wait_for_timeout(6000)
    expect(page).to_have_url(re.compile("from="))
    page.get_by_role("button", name="Options").click()
    expect(page.get_by_role("textbox", name="From")).not_to_have_value("")
    expect(page).to_have_url(re.compile("from="))
    expect(page.get_by_text(re.compile("Plant A · from 2"))).to_be_visible()


def test_a_click_before_the_page_is_there_does_not_lose_the_window_of_a_link(
    measured: None, app: str, page: Page
) -> None:
    held = hold_answers(page)
    start, end = "2026-07-01T10:00:00Z", "2026-07-01T12:00:00Z"
    page.goto(f"{app}/readings?system=press-1&from={start}&to={end}")
    times = "from 2026-07-01 12:00:00 to 2026-07-01 14:00:00"
    expect(page.get_by_text(f"Plant A · {times}")).to_be_visible()
    options = page.get_by_role("button", name="Options")
    with held():
        options.click()
        options.click()
        page.wait_for_timeout(500)
    options.click()
    expect(page.get_by_role("textbox", name="From")).not_to_have_value("")
    expect(page).to_have_url(re.compile("from="))


def test_a_link_shows_the_same_view_in_another_browser(
    measured: None, app: str, database_url: str, page: Page, browser: Browser
) -> None:
    open_chart(page, f"{app}/readings?system=press-1&range=6h")
    drag_over(page, 0.75, 0.80)
    expect(page.get_by_text("points from raw readings")).to_be_visible()
    page.get_by_role("button", name="Link to this view").click()
    expect(page).to_have_url(re.compile("from="))
    start = parse_qs(urlsplit(page.url).query)["from"][0]
    shown_link = page.locator("[data-testid=stCode] code")
    expect(shown_link).to_contain_text(f"from={start}")
    link = shown_link.inner_text()
    shown = chart_of(page).get_attribute("aria-label")
    other = browser.new_context(timezone_id="Europe/Berlin")
    sign_in_browser(other, app, database_url)
    try:
        fresh = other.new_page()
        open_chart(fresh, link)
        assert chart_of(fresh).get_attribute("aria-label") == shown
    finally:
        other.close()


def test_the_readings_can_be_downloaded(measured: None, app: str, page: Page) -> None:
    open_chart(page, f"{app}/readings?system=press-1&sensors=P_PUMP&range=15m")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    lines = Path(download.value.path()).read_text().splitlines()
    assert lines[0] == "time,system,sensor,value,unit"
    assert len(lines) > 800
    assert ",press-1,P_PUMP," in lines[1]


@pytest.mark.parametrize("path", ["/", "/?as=Table", "/readings?system=press-1"])
def test_a_narrow_window_scrolls_down_only(measured: None, app: str, page: Page, path: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(app + path)
    expect(page.get_by_text("Press press-1").or_(page.locator("canvas")).first).to_be_visible()
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("each => each.scrollWidth - each.clientWidth") == 0


def test_a_phone_shows_the_first_panel_on_its_first_screen(
    measured: None, app: str, page: Page
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_chart(page, f"{app}/readings?system=press-1")
    panel = page.locator(".nsewdrag").first.bounding_box()
    assert panel is not None
    assert panel["y"] + panel["height"] <= 844


def test_options_are_kept_however_their_popover_is_left(
    measured: None, app: str, page: Page
) -> None:
    open_chart(page, f"{app}/readings?system=press-1&refresh=60s")
    expect(page.get_by_text("read again every 60s")).to_be_visible()
    page.get_by_role("button", name="Options").click()
    page.get_by_role("textbox", name="Derived series").fill("Twice = P_PUMP * 2")
    page.get_by_role("heading", name="Metrics").click()
    expect(page.get_by_role("figure", name=re.compile("Twice"))).to_be_visible()
    expect(page).to_have_url(re.compile("refresh=60s.+formulas=|formulas=.+refresh=60s"))
    page.get_by_role("button", name="Options").click()
    page.get_by_role("textbox", name="Derived series").fill("")
    page.get_by_role("textbox", name="From").fill("2026-01-02 03:04:05")
    page.get_by_role("textbox", name="To", exact=True).fill("2026-01-02 03:04:04")
    page.get_by_role("heading", name="Metrics").click()
    expect(page.get_by_text("This window cannot be shown")).to_be_visible()
    expect(page.get_by_role("figure", name=re.compile("Twice"))).to_have_count(0)


def test_dark_and_light_follow_the_system(measured: None, app: str, page: Page) -> None:
    backgrounds = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        open_chart(page, f"{app}/readings?system=press-1")
        style = "each => getComputedStyle(each).backgroundColor"
        backgrounds.append(page.locator("[data-testid=stApp]").evaluate(style))
    assert backgrounds == ["rgb(255, 255, 255)", "rgb(16, 24, 29)"]


def test_maintenance_is_noted_where_it_shows(measured: None, app: str, page: Page) -> None:
    open_chart(page, f"{app}/readings?system=press-1&range=6h")
    page.get_by_role("button", name="Note maintenance").click()
    when = page.get_by_role("textbox", name="When")
    at = shift_minutes(when.get_attribute("placeholder") or "", -60)
    when.fill(at)
    page.get_by_role("textbox", name="Note").fill("Filter changed.")
    # Nobody types within the 15 s for which a live window stays as it is.
    page.wait_for_timeout(16_000)
    page.get_by_role("button", name="Note", exact=True).click()
    noted = page.get_by_text("machine: Filter changed. (test-administrator)")
    expect(noted).to_contain_text(at)
    page.get_by_role("button", name="Note maintenance").click()
    page.get_by_role("textbox", name="Note").fill("Looked at.")
    page.get_by_role("button", name="Note", exact=True).click()
    expect(page.get_by_text("machine: Looked at. (test-administrator)")).to_be_visible()


def shift_minutes(instant: str, minutes: int) -> str:
    return f"{datetime.fromisoformat(instant) + timedelta(minutes=minutes):%Y-%m-%d %H:%M:%S}"
