"""Asking a server by HTTP whether it is there, in words that anybody may read."""

from typing import Any

import httpx


class NotThere(Exception):
    """The text may be shown to anybody: no addresses."""


def get_json(url: str, timeout_s: float) -> dict[str, Any]:
    """The object at `url`. Raises NotThere."""
    try:
        answer = httpx.get(url, timeout=timeout_s)
        answer.raise_for_status()
        return dict(answer.json())
    except httpx.HTTPStatusError as error:
        raise NotThere(f"answers with status {error.response.status_code}") from error
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, TypeError) as error:
        raise NotThere("does not answer") from error
