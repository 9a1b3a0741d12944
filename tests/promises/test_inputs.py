"""Each public function answers bad input as promised, and a guard that is taken away is missed."""

import numpy as np
import pytest

import mnet
from mnet import cost, shapes
from tests.promises import inputs

pytestmark = pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")


def test_no_public_function_is_forgotten():
    assert not inputs.missing()


def test_bad_input_is_refused_in_a_sentence_or_answered_rightly():
    for _, figure, _, met in inputs.rows(quick=True):
        assert met, figure


BREAKS = {
    "the arguments": ("feedforward", shapes, ["_check"]),
    "the network": ("numerical_gradient", shapes, ["check_parameters", "_check_result"]),
    "the size of numbers": ("quadratic_cost", shapes, ["_refuse_huge", "_check_result"]),
    "NaN": ("sigmoid", shapes, ["_refuse", "_check_result"]),
    "the learning rate": ("gradient_descent", cost, ["check_eta"]),
}


@pytest.mark.parametrize("unchecked", BREAKS)
def test_a_check_that_is_taken_away_is_missed(monkeypatch, unchecked):
    name, module, checks = BREAKS[unchecked]
    for check in checks:
        monkeypatch.setattr(module, check, lambda *_: None)
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
