"""Reads and indexes in a process of its own: `python -m tests.indexing_program URL FOLDER URL`."""

import sys
from types import SimpleNamespace
from typing import Any

from hydrodiag.config import Settings
from hydrodiag.db import Database
from hydrodiag.manuals.manual_jobs import run_index_manuals


def main() -> None:
    url, folder, ollama = sys.argv[1:]
    context: Any = SimpleNamespace(
        database=Database(url, application="indexing"), params={}, run_id=1,
        settings=Settings(HYDRODIAG_DATA_DIR=folder, ollama_base_url=ollama, chroma_url=""),
        report=lambda _, message: print(message, flush=True),  # noqa: T201 - who kills it listens
        should_stop=lambda: False,
    )  # fmt: skip
    print(run_index_manuals(context), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
