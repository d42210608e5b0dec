"""Whether a model is to be had from Ollama, for the pages that go on without it."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hydrodiag.config import Settings
from hydrodiag.health.asking import NotThere, get_json

TIMEOUT_S = 2.0
READY_KEPT_S = 30.0
AWAY_KEPT_S = 10.0


@dataclass(frozen=True)
class ModelState:
    """`what` says for people what is there or down, `remedy` what an operator has to do.

    Neither holds an address. `is_wanted`: an Ollama is named in the settings, so that one which
    is not there is an outage, and the page Health lists it.
    """

    is_ready: bool
    model: str
    what: str
    remedy: str = ""
    is_wanted: bool = True


class ModelProbe:
    """Of one model; asks Ollama at most every 30 s, while the model is away every 10 s."""

    def __init__(self, settings: Settings, model: str) -> None:
        self.model = model
        self._url = settings.ollama_base_url
        self._is_wanted = "ollama_base_url" in settings.model_fields_set
        self._kept: ModelState | None = None
        self._kept_until_s = 0.0

    def ask(self) -> ModelState:
        if self._kept is None or time.monotonic() > self._kept_until_s:
            self._kept = self._look()
            kept_s = READY_KEPT_S if self._kept.is_ready else AWAY_KEPT_S
            self._kept_until_s = time.monotonic() + kept_s
        return self._kept

    def forget(self) -> None:
        """Ask Ollama the next time: somebody has found that it is not as it was."""
        self._kept_until_s = 0.0

    def _look(self) -> ModelState:
        try:
            missing = find_missing(list_models(self._url, TIMEOUT_S), [self.model])
        except NotThere as error:
            return self._build_away(str(error))
        if missing:
            return self._build_lacking()
        return ModelState(True, self.model, f"Ollama has {self.model}.")

    def _build_away(self, why: str) -> ModelState:
        if self._is_wanted:
            remedy = "start Ollama, or correct `OLLAMA_BASE_URL`."
            return ModelState(False, self.model, f"Ollama {why}", remedy)
        what = "Ollama is not connected"
        remedy = "start Ollama here, or name its server in `OLLAMA_BASE_URL`."
        return ModelState(False, self.model, what, remedy, is_wanted=False)

    def _build_lacking(self) -> ModelState:
        what, remedy = f"Ollama has no {self.model}", f"run `ollama pull {self.model}`."
        return ModelState(False, self.model, what, remedy, self._is_wanted)


def list_models(base_url: str, timeout_s: float) -> frozenset[str]:
    """Names with their tags, as Ollama calls them. Raises NotThere."""
    answer: Mapping[str, Any] = get_json(f"{base_url.rstrip('/')}/api/tags", timeout_s)
    try:
        return frozenset(str(each.get("name", "")) for each in answer.get("models", ()))
    except (AttributeError, TypeError) as error:
        raise NotThere("does not answer as Ollama does") from error


def find_missing(names: frozenset[str], wanted: Iterable[str]) -> list[str]:
    """A model without a tag is the one tagged `latest`."""
    return [each for each in wanted if not names & {each, f"{each}:latest"}]
