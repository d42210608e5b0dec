from hydrodiag.manuals.retrieval.extract import FoundText, extract_answer, split_units
from hydrodiag.manuals.retrieval.questions import read_question
from tests.manuals import judged_manuals

TABLE = "Table 10 | M8 | 35 Nm | | M16 | 295 Nm | | M20 | 580 Nm |"


def test_prose_is_cut_at_sentences_and_not_at_abbreviations():
    text = "Unscrew the cover (order no. RF-0850). Take out the element. See fig. 3 for it."
    assert split_units(text) == [
        "Unscrew the cover (order no. RF-0850).",
        "Take out the element.",
        "See fig. 3 for it.",
    ]


def test_tables_are_cut_at_rows():
    assert split_units("| a | 1 |\n| b | 2 |") == ["a | 1", "b | 2"]
    assert split_units(TABLE)[1] == "M16 | 295 Nm"
    assert split_units("| Replace element | | x (first), then | x | |") == [
        "Replace element | | x (first), then | x"
    ]


def answer(question, *texts):
    index = judged_manuals().index
    asked = read_question(question, index.lexical, index.glossary, index.manuals)
    found = [FoundText(n, 10 + n, text, 1.0) for n, text in enumerate(texts)]
    return extract_answer(asked, found, index.lexical)


def test_the_decisive_row_is_marked_and_its_page_given():
    extracts = answer("What is the torque for M16?", TABLE)
    assert [(each.text, each.page) for each in extracts if each.is_decisive] == [
        ("M16 | 295 Nm", 10)
    ]


def test_the_next_sentence_stands_beside_the_decisive_one():
    text = "Wear gloves. The relief valve is set to 265 bar. Seal it with lead. Call us."
    extracts = answer("What is the relief valve set to?", text)
    assert [each.text for each in extracts] == [
        "The relief valve is set to 265 bar.",
        "Seal it with lead.",
    ]
    assert [each.is_decisive for each in extracts] == [True, False]


def test_nothing_is_extracted_where_nothing_matches():
    assert answer("football", "The relief valve is set to 265 bar.") == []
