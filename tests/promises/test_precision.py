"""The figures on numbers turn red when the numbers are wrong."""

import sys

import nbformat
import numpy as np
import pytest

import mnet
from mnet.feedforward import feedforward
from tests.promises import precision


def met():
    return precision.gradient_row("", precision.gradient_errors(3, precision.complex_step))[-1]


def test_the_gradients_are_right_and_a_small_error_is_seen(monkeypatch):
    assert met()
    right = mnet.backprop

    def wrong(net, x, y):
        nabla_b, nabla_w = right(net, x, y)
        return mnet.Gradient(nabla_b, [nw * (1 + 1e-11) for nw in nabla_w])

    monkeypatch.setattr(mnet, "backprop", wrong)
    assert not met()


@pytest.mark.parametrize("eta", [1e-8, 1e8])
def test_a_warning_of_numpy_is_a_fault(monkeypatch, eta):
    monkeypatch.setattr(precision, "SIZES", [[784, 30, 10]])
    assert precision.faulty_steps([eta], 2) == (2, [])
    backprop = sys.modules["mnet.backprop"]  # the module, which the function of its name hides

    def loud(z):  # the public edge silences NumPy, so this one says by itself that it may not be silenced
        with np.errstate(over="raise"):
            return 1 / (1 + np.exp(-9 * z))

    monkeypatch.setattr(backprop, "sigmoid", loud)
    faults = precision.faulty_steps([eta], 2)[1]
    assert faults[0].endswith(f"η {eta:.0e}: overflow encountered in exp")


def test_a_network_that_is_no_longer_finite_is_a_fault(monkeypatch):
    def spoil(net, *_):
        net.weights[0][0, 0] = np.nan

    monkeypatch.setattr(precision, "SIZES", [[1, 1]])
    monkeypatch.setattr(mnet, "feedforward", lambda net, x: feedforward(mnet.Network(net.sizes), x))
    monkeypatch.setattr(mnet, "update_mini_batch", spoil)
    assert "not finite" in precision.faulty_steps([1.0], 1)[1][0]


def test_a_text_that_differs_is_seen_and_named(monkeypatch, tmp_path):
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(
                "print(6 * 7)", execution_count=1, outputs=[nbformat.v4.new_output("stream", text=said)]
            )
            for said in ("42\n", "43\n")
        ]
    )
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    (tmp_path / "notebooks").mkdir()
    nbformat.write(notebook, tmp_path / "notebooks" / "a.ipynb")
    monkeypatch.setattr(precision, "ROOT", tmp_path)
    _, figure, _, met = precision.lessons([sys.executable], 2)
    assert figure == "1 cells the same, 1 different: a.ipynb::Cell 1"
    assert not met
