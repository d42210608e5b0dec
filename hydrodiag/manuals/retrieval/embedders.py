"""Models that turn text into vectors; the app knows them by this protocol only."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from hydrodiag.errors import EmbedderUnavailable

CONNECT_TIMEOUT_S = 2.0
READ_TIMEOUT_S = 30.0
BATCH = 16
Vector = list[float]
Result = TypeVar("Result")
# what the model was trained to see before questions and passages
PREFIXES = {"nomic-embed-text": ("search_query:", "search_document:")}


class Embedder(Protocol):
    """`id` changes whenever vectors would; `dimension` is the length of each.

    Both embed functions raise EmbedderUnavailable.
    """

    @property
    def id(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def embed_passages(self, texts: Sequence[str]) -> list[Vector]: ...

    def embed_question(self, text: str) -> Vector: ...


class OllamaEmbedder:
    """Raises EmbedderUnavailable where Ollama or the model does not answer.

    `dimension` None: taken from a first answer, that of this constructor.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        *,
        dimension: int | None = None,
        read_timeout_s: float = READ_TIMEOUT_S,
    ) -> None:
        self.model = model
        self.base_url = base_url
        question, passage = pick_prefixes(model)
        self._client = _build_client(base_url, model, (question, passage), read_timeout_s)
        self._prefix = passage
        self._dimension = dimension or len(self._ask(lambda: self._client.get_query_embedding("?")))

    @property
    def id(self) -> str:
        return f"ollama:{self.model}:{self.dimension}:{self._prefix}"

    @property
    def dimension(self) -> int:
        return self._dimension

    def embed_passages(self, texts: Sequence[str]) -> list[Vector]:
        vectors: list[Vector] = []
        for start in range(0, len(texts), BATCH):
            batch = list(texts[start : start + BATCH])
            found = self._ask(lambda batch=batch: self._client.get_text_embedding_batch(batch))  # type: ignore[misc]
            vectors.extend(self._check(each) for each in found)
        if len(vectors) != len(texts):
            raise EmbedderUnavailable(
                f"{self.model} gave {len(vectors)} vectors for {len(texts)} passages.",
                hint="Update Ollama.",
            )
        return vectors

    def embed_question(self, text: str) -> Vector:
        return self._check(self._ask(lambda: self._client.get_query_embedding(text)))

    def _check(self, vector: Sequence[float]) -> Vector:
        if len(vector) != self._dimension:
            raise EmbedderUnavailable(
                f"{self.model} gave {len(vector)} numbers instead of {self._dimension}.",
                hint="The model behind this name has changed: index the manuals again.",
            )
        return [float(each) for each in vector]

    def _ask(self, question: Callable[[], Result]) -> Result:
        """One kind of error for refused, timed out, broken, missing and misunderstood."""
        import httpx
        import ollama

        try:
            return question()
        except ollama.ResponseError as error:
            hint = (
                f"Run: ollama pull {self.model}" if error.status_code == 404 else "Look at its log."
            )
            raise EmbedderUnavailable(f"Ollama: {error.error}", hint=hint) from error
        except (OSError, httpx.HTTPError, ValueError) as error:
            # Pages show this: what stands before the @ of an address is a password.
            place = self.base_url.rpartition("@")[2]
            raise EmbedderUnavailable(
                f"Ollama does not answer at {place}.", hint="Start it, or correct OLLAMA_BASE_URL."
            ) from error


def pick_prefixes(model: str) -> tuple[str, str]:
    """For questions and for passages; empty where the model wants none."""
    return next((each for name, each in PREFIXES.items() if model.startswith(name)), ("", ""))


def _build_client(base_url: str, model: str, prefixes: tuple[str, str], read_s: float) -> Any:
    """Without a timeout of its own the client waits for ever."""
    import httpx
    from llama_index.embeddings.ollama import (  # type: ignore[import-untyped]
        OllamaEmbedding,
    )

    question, passage = prefixes
    return OllamaEmbedding(
        model_name=model,
        base_url=base_url,
        embed_batch_size=BATCH,
        query_instruction=question or None,
        text_instruction=passage or None,
        client_kwargs={"timeout": httpx.Timeout(read_s, connect=CONNECT_TIMEOUT_S)},
    )
