import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mnet import cost_derivative, gradient_descent, quadratic_cost

ACTIVATIONS = st.floats(0, 1, allow_subnormal=False)
PAIRS = st.tuples(st.integers(1, 5), st.integers(1, 5)).flatmap(
    lambda shape: st.tuples(*[arrays(float, shape, elements=ACTIVATIONS)] * 2)
)


def slope(v):
    """Return the gradient of the bowl v²."""
    return 2 * v


@given(PAIRS)
def test_the_cost_is_the_formula(pair):
    a, y = pair
    columns = [math.fsum((t - o) ** 2 for o, t in zip(*c, strict=True)) for c in zip(a.T, y.T, strict=True)]
    cost = quadratic_cost(a, y)
    assert type(cost) is float
    assert cost == pytest.approx(math.fsum(columns) / 2 / len(columns), rel=1e-12, abs=1e-300)


@given(PAIRS)
def test_the_cost_is_symmetric_and_0_for_perfect_answers_alone(pair):
    a, y = pair
    assert quadratic_cost(a, y) == quadratic_cost(y, a) >= 0
    assert quadratic_cost(a, a) == 0


@given(PAIRS)
def test_the_derivative_is_the_slope_of_the_cost(pair):
    a, y = pair
    derivative, h = cost_derivative(a, y), 1e-4
    assert derivative.shape == a.shape
    for j, m in np.ndindex(a.shape):
        nudge = np.zeros_like(a)
        nudge[j, m] = h
        # One column at a time: the derivative is not averaged over them.
        up, down = (quadratic_cost((a + n)[:, [m]], y[:, [m]]) for n in (nudge, -nudge))
        assert derivative[j, m] == pytest.approx((up - down) / (2 * h), abs=1e-9)


def test_float32_gives_float32():
    a = np.full((2, 3), 0.5, np.float32)
    assert cost_derivative(a, a).dtype == np.float32
    assert quadratic_cost(a, 0 * a) == 0.25


@pytest.mark.parametrize(
    ("eta", "end"),
    [(0.1, 0), (0.5, 0), (0.9, 0), (1, 1)],  # creeps, jumps to the bottom, overshoots, never settles
)
def test_descent_on_a_bowl(eta, end):
    walk = gradient_descent(slope, [1.0, -1.0], eta, 200)
    assert walk.shape == (201, 2)
    np.testing.assert_array_equal(walk[0], [1, -1])
    np.testing.assert_array_equal(walk[1], np.array([1, -1]) - eta * slope(np.array([1, -1])))
    np.testing.assert_allclose(walk[-1], [end, -end], atol=1e-12)
    if eta == 1:
        np.testing.assert_array_equal(walk[1::2], -walk[::2][:-1])


@pytest.mark.parametrize("eta", [1.5, 3, 100])
def test_a_walk_that_diverges_ends_early(eta):
    walk = gradient_descent(slope, [1.0], eta, 10_000)
    assert 1 < len(walk) < 10_001
    assert np.isfinite(walk).all()
    assert abs(walk[-1, 0]) > 1e100


def test_a_walk_ends_where_the_gradient_is_no_number():
    walk = gradient_descent(lambda v: np.exp(1000 * v) / np.exp(1000 * v), [0.5, 1.0], 1, 10)
    np.testing.assert_array_equal(walk, [[0.5, 1.0]])


@given(st.floats(-100, 100), st.floats(0.01, 0.49), st.integers(0, 30))
def test_every_step_goes_downhill(start, eta, steps):
    heights = gradient_descent(slope, [start], eta, steps)[:, 0] ** 2
    assert len(heights) == steps + 1
    assert (np.diff(heights) <= 0).all()


def test_the_start_is_not_changed():
    v = np.array([1.0, 2.0])

    def spoils_its_argument(v):
        v *= 2
        return v

    walk = gradient_descent(spoils_its_argument, v, 0.5, 1)
    np.testing.assert_array_equal(v, [1, 2])
    np.testing.assert_array_equal(walk, [[1, 2], [0, 0]])


@pytest.mark.parametrize(
    "eta", [0, -1, -0.1, math.nan, math.inf, 1e300, 10**400, "3", None, True, [3.0], 3j, np.complex64(3)]
)
def test_a_learning_rate_that_is_no_positive_number_is_refused(eta):
    with pytest.raises(ValueError, match=r"^eta is .+, wanted a positive number: the learning rate η"):
        gradient_descent(slope, [1.0], eta, 1)


def test_the_largest_learning_rate_is_a_billion():
    np.testing.assert_array_equal(gradient_descent(slope, [0.5], 1e9, 1), [[0.5], [0.5 - 1e9]])
    with pytest.raises(ValueError, match=r"^eta is 1000000000\.5, wanted a positive number: .* at most 1e9"):
        gradient_descent(slope, [0.5], 1e9 + 0.5, 1)


@pytest.mark.parametrize("steps", [-1, 1.0, "1", None, True])
def test_steps_that_cannot_be_counted_are_refused(steps):
    with pytest.raises(ValueError, match=r"^steps is .+, wanted a whole number from 0 up"):
        gradient_descent(slope, [1.0], 1, steps)


@pytest.mark.parametrize(
    ("v", "kind", "wanted"),
    [
        ([[1.0]], ValueError, r"\(d,\)"),
        (1.0, ValueError, r"\(d,\)"),
        ([np.nan], ValueError, "finite"),
        ([np.inf], ValueError, "finite"),
        (["a"], TypeError, "real numbers"),
        (None, TypeError, "real numbers"),
    ],
)
def test_a_start_that_is_no_vector_is_refused(v, kind, wanted):
    with pytest.raises(kind, match=rf"^gradient_descent: v .+wanted .*{wanted}"):
        gradient_descent(slope, v, 1, 1)


@pytest.mark.parametrize("gradient", [lambda v: 1.0, lambda v: [1.0], lambda v: 1j * v, lambda v: ["a", "b"]])
def test_a_gradient_of_another_kind_is_refused(gradient):
    with pytest.raises(ValueError, match=r"^gradient_descent: the gradient .+wanted .*\(2,\)"):
        gradient_descent(gradient, [1.0, 2.0], 1, 1)


@pytest.mark.parametrize("gradient", [None, [2.0], "slope"])
def test_a_gradient_that_is_no_function_is_refused(gradient):
    with pytest.raises(TypeError, match=r"^gradient_descent: gradient is a \w+, wanted a function of v\.$"):
        gradient_descent(gradient, [1.0], 1, 1)
