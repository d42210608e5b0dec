"""An API server as a process of its own: `python crashing.py URL PORT`."""

import sys

import uvicorn
from starlette.applications import Starlette

from hydrodiag.api import build_routes
from hydrodiag.db import Database


def main() -> None:
    url, port = sys.argv[1:]
    database = Database(url, application="crashing")
    app = Starlette(routes=build_routes(lambda: database))
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="warning")


if __name__ == "__main__":
    main()
