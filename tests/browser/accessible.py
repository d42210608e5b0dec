"""What axe-core finds on a page, without what Streamlit's own markup brings along."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

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


def list_violations(page: Page) -> list[str]:
    """A line an element: the rule, what is wrong, and its HTML."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{rule['id']}: {_tell(node)}"
        for rule in found
        for node in rule["nodes"]
        if not _is_allowed(page, rule["id"], node)
    ]


def _is_allowed(page: Page, rule: str, node: dict[str, Any]) -> bool:
    if rule not in ALLOWED:
        return False
    return bool(page.locator(node["target"][0]).first.evaluate(MATCHES, ALLOWED[rule]))


def _tell(node: dict[str, Any]) -> str:
    reasons = [each["message"] for each in (*node["any"], *node["all"], *node["none"])]
    return f"{'; '.join(reasons)}: {node['html'][:300]}"
