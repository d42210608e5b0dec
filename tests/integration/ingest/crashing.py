"""A process of its own that loads a file: `python crashing.py URL FILE BLOCK_BYTES`."""

import sys

from hydrodiag.db import Database
from hydrodiag.fleet.catalog import load_catalog
from hydrodiag.readings.ingest import guess_mapping, ingest, open_source


def main() -> None:
    url, path, block_bytes = sys.argv[1:]
    database = Database(url, application="crashing")
    with open_source(path) as source:
        source.block_bytes = int(block_bytes)
        mapping = guess_mapping(source, load_catalog(database))
        report = ingest(database, source, mapping)
    database.dispose()
    print(report.inserted, report.already_there, report.quarantined)  # noqa: T201


if __name__ == "__main__":
    main()
