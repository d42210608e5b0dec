import pytest

from hydrodiag.errors import InvalidInput
from hydrodiag.manuals.retrieval.evaluation import (
    calibrate_floor,
    evaluate,
    load_items,
    pick_weights,
    run_items,
    summarise,
)
from tests.manuals import judged_manuals, questions


@pytest.fixture(params=["questions", "own-questions"])
def figures(request):
    manuals = judged_manuals()
    return evaluate(manuals.index, questions(request.param), manuals.names_of)


def test_questions_find_their_passages(figures):
    assert figures.ranking.recall_at_5 >= 0.95
    assert figures.ranking.mrr >= 0.83
    assert figures.by_kind["part"].recall_at_5 == 1
    assert figures.by_kind["cross"].recall_at_5 >= 0.9


@pytest.mark.parametrize("name", ["followups", "own-followups"])
def test_follow_ups_find_their_passages(name):
    manuals = judged_manuals()
    figures = evaluate(manuals.index, questions(name), manuals.names_of)
    assert figures.ranking.recall_at_5 >= 0.9


def test_the_calibrated_floor_lets_nine_of_ten_answers_through():
    manuals = judged_manuals()
    outcomes = run_items(manuals.index, questions("own-questions"), manuals.names_of)
    floor = calibrate_floor(outcomes, len(manuals.index.lexical))
    strengths = [each.found.evidence.strength for each in outcomes if each.item.relevant]
    assert sum(each >= floor.refuse for each in strengths) >= 0.9 * len(strengths)


def test_without_vectors_their_weight_is_nothing():
    manuals = judged_manuals()
    weights, tried = pick_weights(manuals.index, questions("own-followups"), manuals.names_of)
    assert weights.vectors == 0
    assert set(tried) == {0.0}


def test_no_questions_give_no_shares():
    figures = summarise([])
    assert figures.refusal.recall is None
    assert figures.ranking.questions == 0


def test_a_line_that_is_no_question_is_named(tmp_path):
    path = tmp_path / "own.jsonl"
    path.write_text('{"question": "?", "relevant": []}\n{"question": 1}\n')
    with pytest.raises(InvalidInput, match="line 2"):
        load_items(path)
