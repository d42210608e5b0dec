"""What axe-core finds on a page, without what Streamlit's own markup brings along."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from .conftest import wait_until

SETTLED = """() => {
    const app = document.querySelector('[data-testid=stApp]')
    const busy = '[data-testid=stSkeleton], [data-testid=stSpinner], [data-stale=true]'
    return app?.dataset.testScriptState === 'notRunning' && !app.querySelector(busy)
        && document.getAnimations().every(each => each.playState !== 'running')
}"""
PAUSE_MS = 250
MATCHES = "(element, selector) => element.matches(selector)"
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "resultTypes": ["violations"],
}
# By rule, the place that Streamlit writes by itself, where nothing of ours stands.
ALLOWED = {
    # The menu of pages: a <div> for each section stands between <ul> and <li>.
    "list": "[data-testid=stSidebarNavItems]",
    "listitem": "[data-testid=stSidebarNavItems] li",
    # The point under the mouse in the line of an st.metric: Vega gives it a role and no name.
    "svg-img-alt": "[data-testid=stMetricChart] [class*=_highlighted_points_marks]",
}
# Controls whose only name is that of their icon's glyph: "chevron_left icon".
NAMELESS = """() => [...document.querySelectorAll('button, a, [role=button]')]
    .filter(each => each.checkVisibility() && !each.ariaLabel && !each.title)
    .filter(each => {
        const shown = each.cloneNode(true)
        shown.querySelectorAll('[data-testid=stIconMaterial], [role=img]').forEach(i => i.remove())
        return !shown.textContent.trim()
    })
    .map(each => `named by its icon: ${each.outerHTML.slice(0, 200)}`)"""
# Words in charts, which axe passes over as parts of a picture; those on bars stand on their own.
FAINT = """() => {
    const shine = colour => {
        const linear = colour.match(/[\\d.]+/g).slice(0, 3).map(each => each / 255)
            .map(each => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4)
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05
    }
    const app = document.querySelector('[data-testid=stApp]') ?? document.body
    const ground = shine(getComputedStyle(app).backgroundColor)
    return [...document.querySelectorAll('.js-plotly-plot svg :is(text, tspan)')]
        .filter(each => each.textContent.trim() && !each.closest('.bars, .hm'))
        .map(each => [each, shine(getComputedStyle(each).fill)])
        .filter(([, ink]) => Math.max(ink, ground) / Math.min(ink, ground) < 4.5)
        .map(([each]) => `faint in a chart: ${each.textContent} ${getComputedStyle(each).fill}`)
}"""


def settle(page: Page) -> None:
    """Wait until the script has ended and does not start again at once, and all is drawn."""

    def is_settled() -> bool:
        if not page.evaluate(SETTLED):
            return False
        page.wait_for_timeout(PAUSE_MS)
        return bool(page.evaluate(SETTLED))

    wait_until(is_settled)


def list_violations(page: Page, within: str | None = None) -> list[str]:
    """A line an element: the rule, what is wrong, and its HTML; then what axe has no rule for.

    `within`: a selector of the parts that axe looks at.
    """
    found = Axe().run(page, within, RULES).response["violations"]
    told = [
        f"{rule['id']}: {_tell(node)}"
        for rule in found
        for node in rule["nodes"]
        if not _is_allowed(page, rule["id"], node)
    ]
    return [*told, *page.evaluate(NAMELESS), *page.evaluate(FAINT)]


def _is_allowed(page: Page, rule: str, node: dict[str, Any]) -> bool:
    if rule not in ALLOWED:
        return False
    return bool(page.locator(node["target"][0]).first.evaluate(MATCHES, ALLOWED[rule]))


def _tell(node: dict[str, Any]) -> str:
    reasons = [each["message"] for each in (*node["any"], *node["all"], *node["none"])]
    return f"{'; '.join(reasons)}: {node['html'][:300]}"
