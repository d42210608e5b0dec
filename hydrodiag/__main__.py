"""`python -m hydrodiag`."""

from hydrodiag.cli import run

if __name__ == "__main__":
    run()
