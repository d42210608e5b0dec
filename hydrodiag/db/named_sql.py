"""SQL that lives in `queries.sql` beside the module that runs it.

A block starts with `-- name: block_name`; a line saying its purpose follows.
"""

import re
from functools import cached_property
from pathlib import Path

from sqlalchemy import TextClause, text

HEADER = re.compile(r"^--\s*name:\s*(\w+)\s*$", re.MULTILINE)


class NamedQueries:
    def __init__(self, module_file: str, file_name: str = "queries.sql") -> None:
        self.path = Path(module_file).with_name(file_name)

    @cached_property
    def sources(self) -> dict[str, str]:
        """Block name -> its SQL as written."""
        parts = HEADER.split(self.path.read_text(encoding="utf-8"))
        names, bodies = parts[1::2], parts[2::2]
        if len(set(names)) != len(names):
            raise ValueError(f"{self.path}: a block name stands twice")
        return {name: body.strip().rstrip(";") for name, body in zip(names, bodies, strict=True)}

    @cached_property
    def _parsed(self) -> dict[str, TextClause]:
        return {name: text(source) for name, source in self.sources.items()}

    def __getitem__(self, name: str) -> TextClause:
        return self._parsed[name]
