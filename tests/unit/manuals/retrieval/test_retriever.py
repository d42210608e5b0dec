from dataclasses import replace

import pytest

from hydrodiag.errors import EmbedderUnavailable
from hydrodiag.manuals.retrieval.fusion import Weights
from hydrodiag.manuals.retrieval.glossary import build_glossary
from hydrodiag.manuals.retrieval.lexical import IndexedChunk, build_lexical_index
from hydrodiag.manuals.retrieval.questions import ManualNames
from hydrodiag.manuals.retrieval.retriever import Filters, SearchIndex, retrieve
from hydrodiag.manuals.retrieval.verdicts import Verdict

CHUNKS = [
    IndexedChunk(1, 1, "en", "HP-200\nThe relief valve is set to 265 bar.", 3),
    IndexedChunk(2, 1, "en", "HP-200\nReplace filter RF-0850-R-010-BN4 every 1000 hours.", 4),
    IndexedChunk(3, 1, "en", "HP-200\nThe filter cover is tightened to 25 Nm.", 4),
    IndexedChunk(4, 2, "ru", "ПГ-160\nПредохранительный клапан настроить на 30 МПа.", 9),
    IndexedChunk(5, 2, "ru", "ПГ-160\nЗаменить рукава через пять лет.", 12),
    IndexedChunk(6, 2, "ru", "ПГ-160\nЗаменить рукава через пять лет!", 40),
    IndexedChunk(7, 3, "en", "CYL-T\nThe rod seal is pressed in with a sleeve.", 1),
]
NAMES = [ManualNames(1, ("HP-200",)), ManualNames(2, ("ПГ-160", "Пресс цеха номер два"))]


@pytest.fixture
def index():
    return SearchIndex(build_lexical_index(CHUNKS), build_glossary(), NAMES)


def ids(found):
    return [passage.found_id for passage in found.passages]


def test_a_russian_question_finds_english_pages(index):
    found = retrieve(index, "До какого момента затягивать крышку фильтра?")
    assert 3 in found.passages[0].chunk_ids


@pytest.mark.parametrize("question", ["HP-200 hoses", "hp 200 relief valve", "Масло НР-200"])
def test_a_named_manual_is_the_only_one_searched(index, question):
    found = retrieve(index, question)
    assert found.named == {1}
    assert {passage.document_id for passage in found.passages} <= {1}


def test_a_machine_is_named_by_several_words_too(index):
    assert retrieve(index, "клапан на прессе цеха номер два").named == {2}


def test_filters_hold(index):
    only = Filters(document_ids=frozenset({2}), languages=frozenset({"ru"}))
    assert set(ids(retrieve(index, "relief valve", only))) <= {4, 5, 6}
    assert ids(retrieve(index, "relief valve", Filters(languages=frozenset({"de"})))) == []


@pytest.mark.parametrize("text", ["RF-0850-R-010-BN4", "rf0850r010bn4", "RF-0850", "РФ-0850-Р-010"])
def test_a_part_number_matches_exactly_however_it_is_written(index, text):
    best = retrieve(index, f"Interval for {text}?").passages[0]
    assert best.found_id == 2
    assert best.exact == (text,)


def test_quoted_words_match_one_after_the_other(index):
    best = retrieve(index, 'where does it say "pressed in with a sleeve"').passages[0]
    assert (best.found_id, best.exact) == (7, ("pressed in with a sleeve",))
    assert retrieve(index, '"sleeve with pressed"').passages[0].exact == ()


def test_neighbours_on_a_page_are_joined(index):
    best = retrieve(index, "filter").passages[0]
    assert best.chunk_ids == (2, 3)
    assert (best.before, best.after) == (1, None)


def test_what_says_the_same_is_left_out_and_named(index):
    found = retrieve(index, "рукава")
    assert ids(found) == [5]
    assert found.passages[0].duplicates == (6,)


def test_a_follow_up_keeps_manual_and_subject(index):
    found = retrieve(index, "And the other one?", previous="Set the relief valve of HP-200")
    assert found.named == {1}
    assert ids(found)[0] == 1


def test_a_follow_up_that_names_a_manual_leaves_the_one_before(index):
    found = retrieve(index, "А на ПГ-160?", previous="Set the relief valve of HP-200")
    assert ids(found)[0] == 4


def test_what_no_manual_says_is_refused(index):
    found = retrieve(index, "Who won the football match?")
    assert found.verdict is Verdict.NOT_IN_MANUALS
    assert found.passages == ()


def test_a_code_that_no_manual_holds_is_refused(index):
    found = retrieve(index, "Replace filter ZX-777-99")
    assert found.evidence.missing_codes == ("ZX-777-99",)
    assert found.verdict is Verdict.NOT_IN_MANUALS


def test_an_answer_is_said_to_be_there(index):
    assert retrieve(index, "What is the relief valve set to?").verdict is Verdict.ANSWERABLE


def test_an_empty_index_and_an_empty_question_find_nothing(index):
    empty = SearchIndex(build_lexical_index([]), build_glossary())
    assert ids(retrieve(empty, "relief valve")) == []
    assert ids(retrieve(index, " ")) == []
    assert retrieve(index, " ").verdict is Verdict.NOT_IN_MANUALS


class Vectors:
    def __init__(self, cosines):
        self.cosines = cosines

    def find_similar(self, _question, _most):
        return self.cosines

    def compare(self, _question, chunk_ids):
        return {each: self.cosines[each] for each in chunk_ids if each in self.cosines}


class NoVectors:
    def find_similar(self, _question, _most):
        raise EmbedderUnavailable("Ollama does not answer.")

    compare = find_similar


def test_vectors_find_what_words_do_not(index):
    similar = replace(index, vectors=Vectors({7: 0.9, 999: 0.99}), weights=Weights(vectors=0.5))
    assert ids(retrieve(similar, "xyzzy")) == [7]
    assert ids(retrieve(similar, "xyzzy", Filters(document_ids=frozenset({1})))) == []


def test_without_vectors_words_are_searched_and_the_reader_is_told(index):
    found = retrieve(replace(index, vectors=NoVectors()), "relief valve")
    assert ids(found)
    assert found.notice == "Searched by words only: Ollama does not answer."
