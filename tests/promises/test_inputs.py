"""Each public function answers bad input as promised, and a guard that is taken away is missed."""

import numpy as np
import pytest

import mnet
from mnet import guards
from tests.promises import inputs

pytestmark = pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")


def test_no_public_function_is_forgotten():
    assert not inputs.missing()


def test_bad_input_is_refused_in_a_sentence_or_answered_rightly():
    for _, figure, _, met in inputs.rows(quick=True):
        assert met, figure


BREAKS = {
    "the arguments": ("feedforward", ["_examine"]),
    "the network": ("numerical_gradient", ["refuse_parameters", "_refuse_overflow"]),
    "the size of numbers": ("quadratic_cost", ["_refuse_huge", "_refuse_overflow"]),
    "NaN": ("sigmoid", ["_refuse", "_refuse_overflow"]),
}


def test_a_learning_rate_that_is_not_looked_at_is_missed(monkeypatch):
    monkeypatch.setitem(mnet.gradient_descent.takes, "eta", lambda where, name, eta, _: eta)
    assert any(fault for _, fault, _ in inputs.answers("gradient_descent"))


@pytest.mark.parametrize("unchecked", BREAKS)
def test_a_check_that_is_taken_away_is_missed(monkeypatch, unchecked):
    name, parts = BREAKS[unchecked]
    for part in parts:
        monkeypatch.setattr(guards, part, lambda *_: None)
    assert any(fault for _, fault, _ in inputs.answers(name))


@pytest.mark.parametrize(
    ("function", "fault"),
    [
        (lambda delta: delta.__imul__(2), "changed"),
        (lambda delta: np.asarray(delta, float) * np.nan, "not finite"),
        (lambda delta: 1 / np.zeros(1), "divide by zero"),
        (lambda delta: delta.no_such, "AttributeError"),
        (lambda delta: int("x"), "no clear sentence"),
        (lambda delta: delta.shape[5], "IndexError"),
    ],
)
def test_a_wrong_answer_is_a_fault(function, fault):
    delta = np.ones((2, 2))
    assert fault in inputs.judged("bias_gradient", function, {"delta": delta}, None)[0]


def test_another_result_for_the_same_numbers_is_a_fault():
    right = mnet.bias_gradient(np.ones((2, 2)))
    assert "another result" in inputs.judged("", lambda: right + 1, {}, right)[0]
