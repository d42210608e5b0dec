"""A report as PDF, set by Typst with a font that has Latin and Cyrillic letters."""

import json
from pathlib import Path

from hydrodiag.errors import HydroDiagError
from hydrodiag.reports.document import Document

TEMPLATE = Path(__file__).with_name("report.typ")


class ReportFailed(HydroDiagError):
    """A report could not be set."""


def write_pdf(document: Document) -> bytes:
    """Texts go in as data and are never read as markup. Raises ReportFailed."""
    import matplotlib as mpl
    import typst

    fonts = Path(mpl.get_data_path()) / "fonts" / "ttf"
    inputs = {"report": json.dumps(document)}
    try:
        return typst.compile(
            TEMPLATE, root=TEMPLATE.parent, format="pdf", sys_inputs=inputs, font_paths=[fonts],
            ignore_system_fonts=True,
        )  # fmt: skip
    except typst.TypstError as error:
        raise ReportFailed(
            "The PDF could not be set.", hint="Take the HTML, and report this error."
        ) from error
