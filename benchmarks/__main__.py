"""`python -m benchmarks [NAME…]`: run all benchmarks, or those named."""

import importlib
import pkgutil
import sys
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
    chosen = sys.argv[1:] or known
    unknown = sorted(set(chosen) - set(known))
    if unknown:
        sys.exit(f"No such benchmark: {', '.join(unknown)}. There are: {', '.join(known)}.")
    sys.argv = sys.argv[:1]
    for name in chosen:
        print(f"== {name}", flush=True)
        importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()
