"""`python -m benchmarks [NAME…]`: run all benchmarks, or those named; `NAME --option …`: one."""

import importlib
import pkgutil
import sys
from itertools import dropwhile
from pathlib import Path

FOLDER = Path(__file__).parent


def list_names() -> list[str]:
    """Modules of this folder that have a `main`, in alphabetical order."""
    names = sorted(module.name for module in pkgutil.iter_modules([str(FOLDER)]))
    loaded = {
        name: importlib.import_module(f"benchmarks.{name}") for name in names if name[0] != "_"
    }
    return [name for name, module in loaded.items() if hasattr(module, "main")]


def main() -> None:
    known = list_names()
    options = list(dropwhile(lambda word: not word.startswith("-"), sys.argv[1:]))
    chosen = sys.argv[1 : len(sys.argv) - len(options)] or known
    unknown = sorted(set(chosen) - set(known))
    if unknown:
        sys.exit(f"No such benchmark: {', '.join(unknown)}. There are: {', '.join(known)}.")
    if options and len(chosen) != 1:
        sys.exit(f"{' '.join(options)}: options go with one benchmark.")
    sys.argv = [sys.argv[0], *options]
    for name in chosen:
        print(f"== {name}", flush=True)
        importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()
