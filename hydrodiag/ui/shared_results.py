"""Which reads of pages all app processes share in Redis, where REDIS_URL names one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hydrodiag.cache import Region
from hydrodiag.readings.kept_forms import (
    decode_figures,
    decode_series,
    encode_figures,
    encode_series,
)
from hydrodiag.readings.series import series
from hydrodiag.readings.statistics import statistics
from hydrodiag.ui import resources

KEPT_FOR = timedelta(minutes=5)


@dataclass(frozen=True)
class Form:
    name: str
    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]


FORMS: Mapping[Callable[..., Any], Form] = {
    series: Form("series", encode_series, decode_series),
    statistics: Form("statistics", encode_figures, decode_figures),
}


def find_region(load: Callable[..., Any]) -> Region[Any] | None:
    """None for what each process reads for itself."""
    form = FORMS.get(load)
    store = resources.result_store() if form else None
    if form is None or store is None:
        return None
    return Region(form.name, store, KEPT_FOR.total_seconds(), form.encode, form.decode)
