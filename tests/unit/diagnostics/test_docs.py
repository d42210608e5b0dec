"""What the docs say of the checks is what the catalogue says."""

import re

from hydrodiag.config import PROJECT_ROOT
from hydrodiag.diagnostics.catalogue.checks import CHECKS
from hydrodiag.diagnostics.indicators import INDICATORS
from hydrodiag.ui.checks_page import describe_limit


def test_every_check_stands_in_the_docs_with_its_limits_and_source() -> None:
    text = (PROJECT_ROOT / "docs" / "diagnostics.md").read_text()
    rows = re.findall(r"^\| ([A-Z]+-\d\d) \| (.*) \|$", text, re.M)
    expected = [
        (check.id, " | ".join((
            check.title, INDICATORS[check.indicator].name, describe_limit(check, check.warn),
            describe_limit(check, check.critical), check.source,
        )))
        for check in CHECKS
    ]  # fmt: skip
    assert rows == expected
