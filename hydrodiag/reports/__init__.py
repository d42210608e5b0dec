"""Reports of a machine over a period, for those who do not open the pages: HTML and PDF."""

from hydrodiag.reports.content import Report, gather_report
from hydrodiag.reports.html import write_html
from hydrodiag.reports.pdf import write_pdf

__all__ = ["Report", "gather_report", "write_html", "write_pdf"]
