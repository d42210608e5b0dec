"""Every page for everybody: by screen reader, in both themes, on a phone, by keyboard alone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from hydrodiag.db import Database
from hydrodiag.ui.navigation import ENTRIES
from tests.conftest import copied_database
from tests.ports import free_port
from tests.served import serving_app

from .accessible import list_violations, settle
from .accessible_fleet import NO_OLLAMA, write_fleet
from .conftest import PATIENCE_MS, keep_if_failed, sign_in_browser

pytestmark = pytest.mark.browser
WIDE, PHONE = {"width": 1440, "height": 1000}, {"width": 390, "height": 844}
PAGES = tuple(entry.url_path if entry is not ENTRIES[0] else "" for entry in ENTRIES)
# What a page shows besides as it opens.
LOOKS = (
    "?as=Table", "?as=Wallboard", "readings?system=imm-9&range=7d", "readings?look=Scatter",
    "findings?finding=1", "system?system=imm-9", "data?tab=Files", "manuals?tab=Search",
    "manuals?tab=Search&q=V1", "database?tab=Policy", "database?tab=Dry+runs", "jobs?tab=History",
    "jobs?job=ensure_partitions", "users?tab=Invitations",
)  # fmt: skip
# Where a dialog stands: what is chosen first, and the button.
DIALOGS = {
    "keys": ("Key", "Revoke"),
    "manuals": ("Manual", "Delete"),
    "data?tab=Quarantine": (None, "Reject all 1"),
    "database?tab=Dry+runs": (None, "Drop these chunks"),
    "manuals?tab=Search&q=V1": (None, "Open page 18"),
}
GATE = ("sign-in", "sign-in?why=session-ended", "invitation?token=nope", "sign-out")
SCHEMES = ("light", "dark")
POPOVER, DIALOG = "[data-testid=stPopoverBody]", "[role=dialog]"
FOLDED = "main details:not([open]) > summary"
UNFOLDED = "main details[open]"
SIDEWAYS = """() => [document.scrollingElement, ...document.querySelectorAll('main')]
    .filter(each => each.scrollWidth > each.clientWidth + 1)
    .map(each => `${each.tagName} ${each.dataset.testid}: ${each.scrollWidth} px`)"""

# A field is marked by the frame around it.
IS_MARKED = """focused => {
    const around = [focused, focused.parentElement, focused.parentElement.parentElement]
    return (focused.matches('input') ? around : [focused]).map(getComputedStyle).some(
        each => each.boxShadow !== 'none' || each.outlineStyle !== 'none')
}"""
IS_IN_DIALOG = "focused => Boolean(focused.closest('[role=dialog]'))"
MOST_STOPS, STOPS_IN_DIALOG = 80, 8
NAMED = re.compile(r"""- '?(main|[a-z]+ ".+")""")


@pytest.fixture(scope="module")
def fleet_url(postgres_server: str, template_database: str) -> Iterator[str]:
    with copied_database(postgres_server, template_database) as url:
        yield url


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("accessibility")


@pytest.fixture(scope="module")
def invitation(fleet_url: str, folder: Path) -> str:
    """The token of one, in the filled database."""
    database = Database(fleet_url, application="test")
    token = write_fleet(database, folder)
    database.dispose()
    return token


@pytest.fixture(scope="module")
def app(fleet_url: str, invitation: str, folder: Path) -> Iterator[str]:
    settings = {"OLLAMA_BASE_URL": NO_OLLAMA, "HYDRODIAG_DATA_DIR": str(folder)}
    with serving_app(fleet_url, free_port(), folder / "app.log", settings) as url:
        yield url


@pytest.fixture(scope="module")
def tab(browser: Browser, app: str, fleet_url: str) -> Iterator[Page]:
    """One tab for all tests: Streamlit's own scripts are read once."""
    context = browser.new_context(timezone_id="Europe/Berlin", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    sign_in_browser(context, app, fleet_url)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module", params=[*PAGES, *LOOKS], ids=lambda path: path or "overview")
def opened(tab: Page, app: str, request: pytest.FixtureRequest) -> Page:
    tab.set_viewport_size(WIDE)
    tab.emulate_media(color_scheme="light")
    tab.goto(f"{app}/{request.param}")
    expect(tab.get_by_role("main").get_by_test_id("stElementContainer").first).to_be_attached()
    return tab


@pytest.fixture
def page(opened: Page, request: pytest.FixtureRequest) -> Iterator[Page]:
    yield opened
    keep_if_failed(opened, request.node)


@pytest.fixture(scope="module")
def seen() -> set[str]:
    """What was opened already, by name."""
    return set()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_that_keeps_anybody_out(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    settle(page)
    assert list_violations(page) == []


def test_a_phone_never_scrolls_sideways(page: Page) -> None:
    page.set_viewport_size(PHONE)
    settle(page)
    assert page.evaluate(SIDEWAYS) == []


def test_what_unfolds_keeps_nobody_out(page: Page, seen: set[str]) -> None:
    """Popovers and expanders, by keyboard and in both themes: each where it stands first."""
    popovers = [each for each in page.get_by_test_id("stPopoverButton").all()
                if each.is_enabled() and is_new(each, seen)]  # fmt: skip
    folded = [each for each in page.locator(FOLDED).all() if is_new(each, seen)]
    if not popovers and not folded:
        return
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme=SCHEMES[0])
    settle(page)
    found = [each for opener in popovers for each in open_popover(page, opener)]
    if folded:
        unfold(page)
        found += list_in_both(page, UNFOLDED)
    assert found == []


def open_popover(page: Page, opener: Locator) -> list[str]:
    opener.press("Enter")
    expect(page.locator(POPOVER)).to_be_visible()
    found = list_in_both(page, POPOVER)
    leave(page, opener, POPOVER)
    return found


def leave(page: Page, opener: Locator, opened: str) -> None:
    page.keyboard.press("Escape")
    expect(page.locator(opened)).to_have_count(0)
    expect(opener).to_be_focused()


def unfold(page: Page) -> None:
    while page.locator(FOLDED).count():
        page.locator(FOLDED).first.press("Enter")


def is_new(opener: Locator, seen: set[str]) -> bool:
    name = opener.inner_text()
    is_first = name not in seen
    seen.add(name)
    return is_first


def list_in_both(page: Page, within: str | None = None) -> list[str]:
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        settle(page)
        found += [f"{scheme}: {each}" for each in list_violations(page, within)]
    return found


@pytest.mark.parametrize("path", DIALOGS)
def test_a_dialog_keeps_nobody_out(tab: Page, app: str, path: str) -> None:
    choice, button = DIALOGS[path]
    tab.set_viewport_size(WIDE)
    tab.emulate_media(color_scheme=SCHEMES[0])
    tab.goto(f"{app}/{path}")
    settle(tab)  # A list that opens while the script still runs is closed by its end.
    if choice is not None:
        # A click would close it again where it has to be scrolled to.
        tab.get_by_role("combobox", name=choice, exact=True).press("ArrowDown")
        tab.get_by_role("option").first.click()
    opener = tab.get_by_role("button", name=button, exact=True).first
    expect(opener).to_be_enabled()
    settle(tab)
    unfold(tab)
    opener.press("Enter")
    expect(tab.locator(DIALOG)).to_be_visible()
    assert list_in_both(tab, f"{DIALOG}, {UNFOLDED}") == []
    go_round(tab)
    leave(tab, opener, DIALOG)


def go_round(page: Page) -> None:
    """By keyboard through a dialog, which it does not leave; what can be ticked is, and with it
    whatever was waiting for that is looked at.
    """
    for _ in range(STOPS_IN_DIALOG):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        assert focused.evaluate(IS_IN_DIALOG)
        if focused.get_attribute("type") == "checkbox" and not focused.is_checked():
            page.keyboard.press("Space")
            assert list_in_both(page, DIALOG) == []
    expect(page.locator(DIALOG).get_by_role("checkbox", checked=False)).to_have_count(0)


def test_a_cited_page_keeps_nobody_out(tab: Page, app: str) -> None:
    tab.set_viewport_size(WIDE)
    tab.goto(f"{app}/assistant")
    box = tab.get_by_test_id("stChatInputTextArea")
    box.fill("What pressure is the main relief valve V1 of the HP-200 set to?")
    box.press("Enter")
    citation = tab.get_by_role("button", name="HP-200, page 18").first
    expect(citation).to_be_visible()
    settle(tab)
    citation.press("Enter")
    picture = tab.get_by_role("img", name="Page 18 of HP-200.pdf")
    expect(picture).to_be_visible()
    expect(citation).to_be_focused()
    unfold(tab)
    assert list_in_both(tab) == []
    tab.get_by_role("button", name="Close", exact=True).press("Enter")
    expect(picture).to_have_count(0)


def test_the_pages_in_front_of_the_gate_keep_nobody_out(
    browser: Browser, app: str, invitation: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    for path in (*GATE, f"invitation?token={invitation}"):
        page.goto(f"{app}/{path}")
        assert list_at_gate(page) == []
    page.goto(f"{app}/sign-in")
    page.get_by_label("User name").fill("ada")
    page.get_by_label("Password").fill("wrong password here")
    page.get_by_label("Password").press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert list_at_gate(page) == []
    context.close()


def list_at_gate(page: Page) -> list[str]:
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found += [f"{page.url} {scheme}: {each}" for each in list_violations(page)]
    return found


@pytest.fixture
def keyboard(browser: Browser, app: str, fleet_url: str) -> Iterator[Page]:
    """A page of a browser of its own, with nothing focused yet."""
    context = browser.new_context(viewport=WIDE, timezone_id="Europe/Berlin")
    context.set_default_timeout(PATIENCE_MS)
    sign_in_browser(context, app, fleet_url)
    yield context.new_page()
    context.close()


def test_the_keyboard_alone_leads_from_the_fleet_to_a_machine(keyboard: Page, app: str) -> None:
    keyboard.goto(app)
    expect(keyboard.get_by_role("link", name="Cooler fouled, alarm")).to_be_visible()
    tab_to(keyboard, 'link "Cooler fouled, alarm"')
    keyboard.keyboard.press("Enter")
    expect(keyboard.get_by_role("link", name="Open System")).to_be_visible()
    settle(keyboard)
    tab_to(keyboard, 'link "Open System"')
    keyboard.keyboard.press("Enter")
    expect(keyboard.get_by_role("heading", name="Injection moulding machine 9")).to_be_visible()


def test_the_keyboard_alone_chooses_another_machine(keyboard: Page, app: str) -> None:
    keyboard.goto(f"{app}/readings?system=bench-4")
    expect(keyboard.get_by_text("points from")).to_be_visible()
    settle(keyboard)
    tab_to(keyboard, 'combobox "Machine"')
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        keyboard.keyboard.press(key)
    expect(keyboard).not_to_have_url(re.compile("bench-4"))
    expect(keyboard.get_by_text("Valve test bench 4")).to_have_count(0)
    expect(keyboard.get_by_text("points from")).to_be_visible()


def tab_to(page: Page, wanted: str) -> None:
    """Each stop on the way, as screen readers tell it, has a name and is seen."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        told = focused.aria_snapshot().partition("\n")[0]
        assert NAMED.match(told), told
        assert focused.evaluate(IS_MARKED), told
        if wanted in told:
            return
    pytest.fail(f"{wanted} is not reached")
