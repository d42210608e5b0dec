"""What a saved view may hold: the parameters of a page's address, whatever they are called."""

import json
import re
from collections.abc import Mapping, Sequence

from hydrodiag.errors import InvalidInput

Params = Mapping[str, Sequence[str]]
MOST_BYTES = 8192
MOST_KEYS = 50
KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}", re.ASCII)
# A view inside a view would lead around in circles; the others are Streamlit's own.
RESERVED = frozenset({"view", "embed", "embed_options"})


def write_params(params: Params) -> str:
    """As JSON; equal parameters as equal text. Raises InvalidInput where they are not usable."""
    for key, values in params.items():
        _check(key, values)
    if not 0 < len(params) <= MOST_KEYS:
        raise InvalidInput(
            f"A view has 1 to {MOST_KEYS} settings, this one {len(params)}.",
            hint="Open the page anew and save it again.",
        )
    text = json.dumps({key: list(params[key]) for key in sorted(params)}, ensure_ascii=False)
    size_bytes = len(text.encode())
    if size_bytes > MOST_BYTES:
        raise InvalidInput(
            f"This view is too large to be kept ({size_bytes} bytes, at most {MOST_BYTES}).",
            hint="Choose fewer sensors or shorter formulas.",
        )
    return text


def _check(key: str, values: Sequence[str]) -> None:
    if not KEY.fullmatch(key) or key.lower() in RESERVED:
        raise InvalidInput(
            f"{key[:40]!r} is no setting of a view.", hint="Take it out of the address."
        )
    if isinstance(values, str) or not all(_is_storable(value) for value in values):
        raise InvalidInput(
            f"The setting {key} holds something that cannot be kept.", hint="Choose it anew."
        )


def _is_storable(value: object) -> bool:
    """PostgreSQL keeps neither NUL nor half a surrogate pair."""
    return isinstance(value, str) and not re.search(r"[\x00\ud800-\udfff]", value)
