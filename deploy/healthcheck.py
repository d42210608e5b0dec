"""Exit code 0 if the address answers 200: `healthcheck.py PORT PATH`. Asks this machine only."""

import sys
from http.client import HTTPConnection, HTTPException

TIMEOUT_S = 4


def main(port: int, path: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", path)
        return 0 if connection.getresponse().status == 200 else 1
    except (OSError, HTTPException):
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2]))
