"""How models are judged: alarms with persistence, areas under the curve, folds."""

import numpy as np
import pytest

from hydrodiag.diagnostics.evaluation.rules import persist
from hydrodiag.diagnostics.evaluation.unsupervised import find_auroc
from hydrodiag.diagnostics.models.judging import macro_f1


def test_an_alarm_begins_after_three_in_a_row_and_ends_after_five_clean() -> None:
    beyond = np.array([1, 1, 0, 1, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], bool)
    alarmed = persist(beyond)
    assert list(np.flatnonzero(alarmed)) == list(range(5, 15))


def test_the_area_is_the_chance_that_ill_scores_above_well() -> None:
    assert find_auroc(np.array([2.0, 3.0]), np.array([1.0, 0.0])) == 1
    assert find_auroc(np.array([1.0]), np.array([1.0])) == 0.5
    assert find_auroc(np.array([0.0, 2.0]), np.array([1.0])) == 0.5


def test_a_class_that_is_never_said_counts_as_zero() -> None:
    truth, said = np.array(["a", "a", "b"]), np.array(["a", "a", "a"])
    assert macro_f1(truth, said) == pytest.approx((0.8 + 0) / 2)
