"""What kind of answer is asked for, and what a passage must hold to give it."""

import pytest

from hydrodiag.manuals.retrieval.asked_kinds import find_kinds
from hydrodiag.manuals.retrieval.retriever import retrieve
from hydrodiag.manuals.retrieval.verdicts import Verdict
from tests.manuals import judged_manuals


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("What is the price of seal kit SK-200-160?", ["price"]),
        ("Сколько стоит новый насос?", ["price"]),
        ("tightening torque for M16", ["torque"]),
        ("Момент затяжки М12", ["torque"]),
        ("Which pressure is RV2 set to?", ["pressure"]),
        ("Какое давление азота?", ["pressure"]),
        ("What is the part number of the pump?", ["part number"]),
        ("Каков номер детали насоса?", ["part number"]),
        ("Через сколько лет менять рукава?", ["time"]),
        ("How do I bleed the press?", []),
        ("press does not build up pressure", []),
    ],
)
def test_kinds_are_known_by_the_words_of_the_question(question: str, kinds: list[str]) -> None:
    assert [each.name for each in find_kinds(question)] == kinds


@pytest.mark.parametrize(
    ("question", "is_there"),
    [
        ("What is the tightening torque for M16 bolts of class 10.9?", True),
        ("What is the price of seal kit SK-200-160?", False),
        ("Сколько стоит ремкомплект РК-140х90-4225?", False),
        ("What colour is the ram of the HP-200 painted?", False),
        ("На какое давление настраивается предохранительный клапан КП1 пресса ПГ-160?", True),
        ("SC-24-30W what is it", True),
    ],
)
def test_a_passage_without_what_is_asked_for_is_no_answer(question: str, is_there: bool) -> None:
    found = retrieve(judged_manuals().index, question)
    assert (found.verdict is not Verdict.NOT_IN_MANUALS) is is_there
