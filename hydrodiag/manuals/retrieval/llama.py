"""Passages for whoever speaks LlamaIndex. Imported only where that is needed: it costs seconds."""

from collections.abc import Callable, Sequence

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from hydrodiag.manuals.retrieval.passages import Passage
from hydrodiag.manuals.retrieval.retriever import EVERYTHING, Filters, SearchIndex, retrieve

LoadTexts = Callable[[Sequence[Passage]], Sequence[str]]


class PassageRetriever(BaseRetriever):
    """`load_texts` gives the text of each passage; `id_` of a node is the id of its best chunk."""

    def __init__(
        self,
        index: SearchIndex,
        load_texts: LoadTexts,
        *,
        filters: Filters = EVERYTHING,
        k: int = 5,
    ) -> None:
        super().__init__()
        self._index = index
        self._load_texts = load_texts
        self._filters = filters
        self._k = k

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = retrieve(self._index, query_bundle.query_str, self._filters, self._k)
        texts = self._load_texts(found.passages)
        pairs = zip(found.passages, texts, strict=True)
        return [NodeWithScore(node=build_node(each, t), score=each.score) for each, t in pairs]


def build_node(passage: Passage, text: str) -> TextNode:
    return TextNode(
        id_=str(passage.found_id),
        text=text,
        metadata={
            "document_id": passage.document_id,
            "chunk_ids": list(passage.chunk_ids),
            "exact": list(passage.exact),
        },
    )
