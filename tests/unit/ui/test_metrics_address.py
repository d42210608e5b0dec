from hydrodiag.ui.gate.view_links import VIEW_PATH
from hydrodiag.ui.metrics_address import build_view_link, collect_params
from hydrodiag.ui.navigation import ENTRIES
from tests.unit.ui.measured import sensor_of, view_of

VIEW = view_of(sensor_of("P1"), sensor_of("T 1/ü"), is_live=True)
MACHINE = {"system": ["press-1"], "sensors": ["P1", "T 1/ü"]}
TIMES = {"from": ["2026-07-31T12:00:00Z"], "to": ["2026-07-31T13:00:00Z"]}


def test_usual_choices_that_the_address_leaves_out_are_kept_too() -> None:
    assert collect_params({}, VIEW, "24h") == MACHINE | {"range": ["24h"]}


def test_exact_times_stand_instead_of_the_range() -> None:
    assert collect_params({"range": ["6h"]}, VIEW, None) == MACHINE | TIMES


def test_a_range_stands_instead_of_exact_times() -> None:
    address = {"from": ["2020-01-01T00:00:00Z"], "to": ["2020-01-02T00:00:00Z"]}
    assert collect_params(address, VIEW, "6h") == MACHINE | {"range": ["6h"]}


def test_parameters_of_any_name_are_carried_but_the_view_s_own() -> None:
    address = {"whatever": ["a", "b"], "x": [""], "view": ["abcdefghij"], "system": ["other"]}
    kept = collect_params(address, VIEW, "6h")
    assert kept == MACHINE | {"range": ["6h"], "whatever": ["a", "b"], "x": [""]}


def test_a_short_link_is_the_page_s_address_with_the_token_alone() -> None:
    link = build_view_link("https://hydro.example/readings?system=x&range=6h#top", "abc")
    assert link == "https://hydro.example/readings?view=abc"


def test_short_links_lead_to_the_page_metrics() -> None:
    [metrics] = [entry for entry in ENTRIES if entry.title == "Metrics"]
    assert f"/{metrics.url_path}" == VIEW_PATH
