import copy
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnet import (
    Gradient,
    Network,
    backprop,
    bias_gradient,
    numerical_gradient,
    output_error,
    propagate_error,
    quadratic_cost,
    sigmoid,
    weight_gradient,
)

SEEDS = st.integers(0, 999)
LENGTHS = st.integers(1, 4)
SIZES = st.lists(LENGTHS, min_size=2, max_size=5)


def differences(f, array, h=1e-5):
    """Return ∂f/∂array by central differences; f takes an array like it and returns a number."""
    slopes = np.empty_like(array)
    for i in np.ndindex(array.shape):
        nudge = np.zeros_like(array)
        nudge[i] = h
        slopes[i] = (f(array + nudge) - f(array - nudge)) / (2 * h)
    return slopes


def assert_close(found, wanted, atol):
    assert isinstance(found, Gradient)
    for f, w in zip(found.nabla_b + found.nabla_w, wanted.nabla_b + wanted.nabla_w, strict=True):
        assert f.shape == w.shape
        np.testing.assert_allclose(f, w, rtol=0, atol=atol)


def examples(sizes, m, seed, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return Network(sizes, rng, dtype), rng.random((sizes[0], m)), rng.random((sizes[-1], m))


@given(LENGTHS, LENGTHS, SEEDS)
def test_bp1_output_error_is_the_slope_of_each_cost_along_z(j, m, seed):
    rng = np.random.default_rng(seed)
    z, y = 2 * rng.standard_normal((j, m)), rng.random((j, m))
    wanted = differences(lambda z: m * quadratic_cost(sigmoid(z), y), z)  # times m: not averaged
    np.testing.assert_allclose(output_error(sigmoid(z), y, z), wanted, atol=1e-9)


@given(LENGTHS, LENGTHS, LENGTHS, SEEDS)
def test_bp2_propagate_error_is_the_slope_one_layer_back(j, k, m, seed):
    rng = np.random.default_rng(seed)
    w, b, z, y = (
        rng.standard_normal((k, j)),
        rng.standard_normal((k, 1)),
        rng.standard_normal((j, m)),
        rng.random((k, m)),
    )
    z_next = w @ sigmoid(z) + b
    delta_next = differences(lambda z: m * quadratic_cost(sigmoid(z), y), z_next)
    wanted = differences(lambda z: m * quadratic_cost(sigmoid(w @ sigmoid(z) + b), y), z)
    np.testing.assert_allclose(propagate_error(w, delta_next, z), wanted, atol=1e-8)


@given(LENGTHS, LENGTHS, LENGTHS, SEEDS)
def test_bp3_and_bp4_are_the_slopes_along_biases_and_weights(j, k, m, seed):
    rng = np.random.default_rng(seed)
    w, b, a, y = (
        rng.standard_normal((j, k)),
        rng.standard_normal((j, 1)),
        rng.random((k, m)),
        rng.random((j, m)),
    )
    delta = differences(lambda z: m * quadratic_cost(sigmoid(z), y), w @ a + b)
    along_b = differences(lambda b: quadratic_cost(sigmoid(w @ a + b), y), b)
    along_w = differences(lambda w: quadratic_cost(sigmoid(w @ a + b), y), w)
    np.testing.assert_allclose(bias_gradient(delta), along_b, atol=1e-8)
    np.testing.assert_allclose(weight_gradient(delta, a), along_w, atol=1e-8)


def test_the_four_equations_by_hand():
    np.testing.assert_array_equal(output_error([[0.5]], [[1.0]], [[0.0]]), [[-0.125]])
    np.testing.assert_array_equal(propagate_error([[2.0], [4.0]], [[0.5], [1.0]], [[0.0]]), [[1.25]])
    np.testing.assert_array_equal(bias_gradient([[1.0, 3.0], [0.0, 5.0]]), [[2.0], [2.5]])
    np.testing.assert_array_equal(weight_gradient([[1.0, 3.0]], [[2.0, 0.0], [1.0, 1.0]]), [[1.0, 2.0]])


@settings(max_examples=50)
@given(SIZES, LENGTHS, SEEDS)
def test_backprop_is_the_numerical_gradient(sizes, m, seed):
    net, x, y = examples(sizes, m, seed)
    assert_close(backprop(net, x, y), numerical_gradient(net, x, y), 1e-8)


@settings(max_examples=20)
@given(SIZES, LENGTHS, SEEDS)
def test_the_numerical_gradient_is_the_slope_of_the_cost(sizes, m, seed):
    net, x, y = examples(sizes, m, seed)

    def cost_with(parameters, l):
        def cost(array):
            a, other = x, copy.deepcopy(net)
            getattr(other, parameters)[l] = array
            for w, b in zip(other.weights, other.biases, strict=True):
                a = sigmoid(w @ a + b)
            return quadratic_cost(a, y)

        return cost

    slopes = [
        [differences(cost_with(name, l), array) for l, array in enumerate(getattr(net, name))]
        for name in ("biases", "weights")
    ]
    assert_close(numerical_gradient(net, x, y), Gradient(*slopes), 1e-9)


@given(SIZES, st.integers(1, 8), SEEDS)
def test_the_gradient_of_a_batch_is_the_mean_of_single_gradients(sizes, m, seed):
    net, x, y = examples(sizes, m, seed)
    singles = [backprop(net, x[:, [i]], y[:, [i]]) for i in range(m)]
    mean = Gradient(
        *([sum(layer) / m for layer in zip(*part, strict=True)] for part in zip(*singles, strict=True))
    )
    assert_close(backprop(net, x, y), mean, 1e-12)


@given(SIZES, LENGTHS, SEEDS)
def test_float32_and_float64_agree_roughly(sizes, m, seed):
    net, x, y = examples(sizes, m, seed)
    single = Network(sizes, np.random.default_rng(seed), np.float32)
    gradient = backprop(single, x.astype(np.float32), y.astype(np.float32))
    assert {a.dtype for part in gradient for a in part} == {np.dtype(np.float32)}
    assert_close(gradient, backprop(net, x, y), 1e-5)


@pytest.mark.parametrize("gradient", [backprop, numerical_gradient])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_network_and_the_examples_stay_as_they_were(gradient, dtype):
    net, x, y = examples([4, 3, 2], 5, 0, dtype)
    before = copy.deepcopy((net.__dict__, x, y))
    gradient(net, x, y)
    np.testing.assert_equal((net.__dict__, x, y), before)


def test_the_numerical_gradient_of_a_float32_network_is_exact():
    net, x, y = examples([4, 3, 2], 5, 0, np.float32)
    assert_close(numerical_gradient(net, x, y), backprop(net, x, y), 1e-6)


@pytest.mark.parametrize("h", [0, 1, 1.0, -1e-5, np.nan, np.inf, "1e-5", None, True])
def test_a_nudge_that_is_no_small_number_is_refused(h):
    net, x, y = examples([2, 1], 1, 0)
    with pytest.raises(ValueError, match=r"h is .+, wanted a small positive number"):
        numerical_gradient(net, x, y, h)


@pytest.mark.parametrize("gradient", [backprop, numerical_gradient])
def test_a_network_that_lacks_a_layer_of_biases_is_not_cut_short(gradient):
    net, x, _ = examples([3, 2, 2], 5, 0)
    net.biases.pop()
    with pytest.raises(ValueError, match="net has 1 biases, wanted 2"):
        gradient(net, x, np.zeros((2, 5)))


@pytest.mark.parametrize("gradient", [backprop, numerical_gradient])
def test_examples_and_targets_must_be_of_one_number(gradient):
    net, x, y = examples([4, 3, 2], 5, 0)
    with pytest.raises(ValueError, match=r"y has shape \(2, 4\), wanted \(outputs=2, m=5\)"):
        gradient(net, x, y[:, :4])
    with pytest.raises(ValueError, match=r"y has shape \(3, 5\), wanted \(outputs=2, m=5\)"):
        gradient(net, x, np.zeros((3, 5)))


@pytest.mark.parametrize("eta", [0.5, 3.0, np.float64(7)])
def test_eta_multiplies_the_whole_gradient(eta):
    net, x, y = examples([4, 3, 2], 5, 0)
    gradient, step = backprop(net, x, y), backprop(net, x, y, eta)
    assert_close(step, Gradient(*([eta * nabla for nabla in part] for part in gradient)), 1e-12)


def test_each_layer_is_asked_once_with_its_own_z_and_a(monkeypatch):
    module, asked = sys.modules["mnet.backprop"], []

    def watched(name):
        equation = getattr(module, name)
        return lambda *given: asked.append((name, *given)) or equation(*given)

    monkeypatch.setattr(module, "propagate_error", watched("propagate_error"))
    net, x, y = examples([4, 3, 3, 2], 5, 0)
    backprop(net, x, y, output_error=watched("output_error"))
    assert [name for name, *_ in asked] == ["output_error", "propagate_error", "propagate_error"]
    for (_, first, second, z, *a), w in zip(asked, [None, *net.weights[:0:-1]], strict=True):
        np.testing.assert_allclose(sigmoid(z), a[0] if a else first)
        assert np.array_equal(second, y) if w is None else first is w
