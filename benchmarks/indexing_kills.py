"""Indexing killed a hundred times while manuals come and go; then compared with a fresh build.

    python -m benchmarks indexing_kills

Each kill is SIGKILL to the whole process group after a random time, wherever the work then is.
After each the version that is searched must be whole and no manual lost; after the last run to the
end nothing may be left over, and words and vectors must equal those of a fresh build.
"""

import argparse
import tempfile
from pathlib import Path

from benchmarks.scratch import scratch_database
from tests.indexing_kills import Kills
from tests.ollama_stand_in import serving_ollama


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    options = parser.parse_args()
    with (
        scratch_database("kills") as database,
        serving_ollama() as ollama,
        tempfile.TemporaryDirectory(prefix="hydrodiag-bench-") as folder,
    ):
        url = database.url.render_as_string(hide_password=False)
        kills = Kills(database, url, Path(folder), ollama.url)
        kills.run(options.kills)
        show(kills)


def show(kills: Kills) -> None:
    print(f"{'killed while':<16}{'times':>6}")
    for stage, times in kills.stages.most_common():
        print(f"{stage:<16}{times:>6}")
    print(f"manuals at the end: {len(kills.kept)}; violations: {len(kills.violations)}")
    for each in kills.violations:
        print(f"  {each}")


if __name__ == "__main__":
    main()
