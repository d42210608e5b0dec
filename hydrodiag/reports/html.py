"""A report as one HTML file: no script, nothing fetched from elsewhere."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hydrodiag.reports.document import Document

TEMPLATE = Path(__file__).with_name("report.html.j2")


def write_html(document: Document) -> bytes:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATE.parent), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["inline"] = _cut_head
    return environment.get_template(TEMPLATE.name).render(document).encode()


def _cut_head(svg: str) -> str:
    """Inside HTML an SVG has no XML declaration and no document type."""
    return svg[svg.find("<svg") :] if svg else ""
