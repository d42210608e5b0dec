"""What is kept of a view of Metrics, and the addresses that lead to it."""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from hydrodiag.ui.gate.view_links import VIEW
from hydrodiag.ui.metrics_moves import FROM, RANGE, TO
from hydrodiag.ui.metrics_view import MetricsView

TIMES = (FROM, TO, RANGE)


def collect_params(
    address: Mapping[str, Sequence[str]], view: MetricsView, last: str | None
) -> dict[str, list[str]]:
    """What the address asks for, with machine and sensors even where they are the usual ones.

    `last`: the quick range that the view is to follow; None: exactly these times.
    """
    pinned = parse_qs(urlsplit(view.build_link("")).query, keep_blank_values=True)
    exact = {name: values for name, values in pinned.items() if name in TIMES}
    named = {name: list(values) for name, values in address.items()} | pinned
    kept = {name: values for name, values in named.items() if name not in (VIEW, *TIMES)}
    return kept | (exact if last is None else {RANGE: [last]})


def build_view_link(page_url: str, token: str) -> str:
    """On the page's own address, without what that asked for."""
    return urlunsplit((*urlsplit(page_url)[:3], urlencode({VIEW: token}), ""))
