import numpy as np
import pytest

from hydrodiag.errors import IndexUnreadable
from hydrodiag.manuals.retrieval import lexical
from hydrodiag.manuals.retrieval.lexical import IndexedChunk, build_lexical_index
from hydrodiag.manuals.retrieval.lexical_bytes import from_bytes, to_bytes

CHUNKS = [
    IndexedChunk(7, 1, "en", "Relief valve V1 is set to 265 bar"),
    IndexedChunk(8, 1, "en", "Hoses are replaced after six years"),
    IndexedChunk(9, 2, "ru", "Рукава заменять раз в пять лет"),
]


def test_the_chunk_with_the_term_scores_and_the_others_do_not():
    scores = build_lexical_index(CHUNKS).score_terms({"hose": 1.0})
    assert scores[1] > 0
    assert scores[0] == scores[2] == 0


def test_a_weight_scales_the_score():
    index = build_lexical_index(CHUNKS)
    whole, half = (index.score_terms({"hose": each}) for each in (1.0, 0.5))
    assert half == pytest.approx(whole / 2)


def test_scores_are_those_of_bm25():
    index = build_lexical_index(CHUNKS)
    lengths = np.diff(index.row_starts)
    idf = np.log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    tf = 1 / (1 + 1.2 * (1 - 0.75 + 0.75 * lengths[1] / lengths.mean()))
    assert index.score_terms({"hose": 1.0})[1] == pytest.approx(idf * tf, rel=1e-4)


def test_bytes_hold_the_whole_index():
    index = build_lexical_index(CHUNKS)
    again = from_bytes(to_bytes(index))
    assert again.terms == index.terms
    assert again.languages == index.languages
    assert again.tokens_of(2) == index.tokens_of(2)
    assert (again.score_terms({"hose": 1.0}) == index.score_terms({"hose": 1.0})).all()


@pytest.mark.parametrize("damaged", [slice(200), slice(0), slice(5, None)])
def test_damaged_bytes_are_refused(damaged):
    with pytest.raises(IndexUnreadable, match="damaged"):
        from_bytes(to_bytes(build_lexical_index(CHUNKS))[damaged])


def test_bytes_of_another_tokenizer_are_refused(monkeypatch):
    content = to_bytes(build_lexical_index(CHUNKS))
    monkeypatch.setattr("hydrodiag.manuals.retrieval.lexical_bytes.TOKENIZER_VERSION", 999)
    with pytest.raises(IndexUnreadable, match="another version"):
        from_bytes(content)


def test_known_texts_are_not_split_again_and_the_index_is_the_same(monkeypatch):
    known = build_lexical_index(CHUNKS)
    fresh = build_lexical_index([CHUNKS[2], CHUNKS[0]])
    monkeypatch.setattr(lexical, "tokenize", lambda text: pytest.fail(f"split again: {text}"))
    again = build_lexical_index([CHUNKS[2], CHUNKS[0]], known)
    assert again.terms == fresh.terms
    assert (again.scores == fresh.scores).all()


def test_an_index_of_nothing_can_be_asked():
    index = from_bytes(to_bytes(build_lexical_index([])))
    assert len(index) == 0
    assert len(index.score_terms({"hose": 1.0})) == 0
