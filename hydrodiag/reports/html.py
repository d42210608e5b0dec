"""A report as one HTML file: no script, nothing fetched from elsewhere."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hydrodiag.reports.content import Report
from hydrodiag.reports.document import build_document

TEMPLATE = Path(__file__).with_name("report.html.j2")


def write_html(report: Report) -> bytes:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATE.parent), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    document = build_document(report)
    evidence = [each for finding in document["findings"] for each in finding["evidence"]]
    for drawn in (*document["sensors"], *evidence):
        drawn["chart"] = _cut_head(drawn["chart"])
    return environment.get_template(TEMPLATE.name).render(document).encode()


def _cut_head(svg: str) -> str:
    """Inside HTML an SVG has no XML declaration and no document type."""
    return svg[svg.find("<svg") :] if svg else ""
