"""Reports of a machine over a period, for those who do not open the pages: HTML and PDF.

`gather_report` asks the database, `build_document` makes texts and charts of it once, and
`write_html` and `write_pdf` lay these out.
"""

from hydrodiag.reports.content import Report, gather_report
from hydrodiag.reports.document import Document, build_document, name_file
from hydrodiag.reports.html import write_html
from hydrodiag.reports.pdf import write_pdf

__all__ = [
    "Document", "Report", "build_document", "gather_report", "name_file", "write_html",
    "write_pdf",
]  # fmt: skip
