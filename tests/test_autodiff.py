"""Automatic differentiation agrees with central differences, with backprop, and adds up all paths."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mnet
from mnet.autodiff import Value

NUMBERS = st.floats(-2, 2)
FORMULAS = {
    "a sum passes blame on": lambda u, v: u + v,
    "a product exchanges it": lambda u, v: u * v,
    "a difference turns its sign": lambda u, v: u - v * v,
    "numbers come in from both sides": lambda u, v: 2.0 * u * 3.0 + (1.5 + v) * v - 0.5,
    "several paths add up": lambda u, v: (u * v + u) * (u * v + v) + u,
    "a sigmoid": lambda u, v: (u * v + u).sigmoid() * v,
    "a path around another": lambda u, v: ((u.sigmoid() + v) * u.sigmoid()).sigmoid() - u * v,
}


@pytest.mark.parametrize("formula", FORMULAS.values(), ids=FORMULAS)
@given(NUMBERS, NUMBERS)
def test_a_slope_is_the_central_difference(formula, u, v):
    values, h = (Value(u), Value(v)), 1e-5
    formula(*values).backward()

    def cost(u, v):
        return formula(Value(u), Value(v)).number

    wanted = (cost(u + h, v) - cost(u - h, v)) / (2 * h), (cost(u, v + h) - cost(u, v - h)) / (2 * h)
    np.testing.assert_allclose([value.slope for value in values], wanted, atol=1e-7)


def test_a_number_may_come_in_twice_and_be_asked_twice():
    u = Value(3.0)
    cost = u * u + u
    for _ in range(2):
        cost.backward()
        assert (cost.number, cost.slope, u.slope) == (12.0, 1.0, 7.0)


def test_it_gives_what_backprop_gives(rng):
    net, x, y = mnet.Network([2, 2, 1], rng, np.float64), rng.random((2, 1)), np.array([[1.0]])
    biases = [[Value(float(number)) for number in b.ravel()] for b in net.biases]
    weights = [[[Value(float(number)) for number in row] for row in w] for w in net.weights]
    layer = [Value(float(number)) for number in x.ravel()]
    for w, b in zip(weights, biases, strict=True):
        layer = [(sum(v * a for v, a in zip(row, layer, strict=True)) + one).sigmoid()
                 for row, one in zip(w, b, strict=True)]  # fmt: skip
    error = layer[0] - 1.0
    (error * error * 0.5).backward()
    wanted = mnet.backprop(net, x, y)
    for found, nabla in zip(biases, wanted.nabla_b, strict=True):
        np.testing.assert_allclose([[value.slope] for value in found], nabla, atol=1e-12)
    for found, nabla in zip(weights, wanted.nabla_w, strict=True):
        np.testing.assert_allclose([[value.slope for value in row] for row in found], nabla, atol=1e-12)
