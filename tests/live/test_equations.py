"""Equations that may be broken: what verifies them turns red, and the cost tells what it can."""

import numpy as np
import pytest

from mnet import Network, feedforward, quadratic_cost, update_mini_batch
from mnet.live import equations


@pytest.mark.parametrize(
    ("broken", "red", "verdict"),
    [
        ("nothing", [], "learns"),
        ("BP1: forget σ′", ["BP1"], "learns"),  # it even learns faster: the comparison alone sees the fault
        ("BP1: wrong sign", ["BP1"], "climbs"),
        ("BP2: forget σ′", ["BP2"], "learns"),
        ("BP2: w, not its transpose", ["BP2"], "no step"),
        ("BP3: sum, not mean", ["BP3"], "learns"),
        ("BP4: product transposed", ["BP4"], "no step"),
    ],
)
def test_a_broken_equation_turns_its_comparison_red_and_shows_in_the_cost(mnist, broken, red, verdict):
    found = equations.verify(equations.BREAKS[broken])
    assert [one.name for one in found if not one.passed] == [*red, *(["all four"] if red else [])]
    costs = equations.learning(mnist.train, equations.BREAKS[broken], mini_batches=300)
    assert len(costs) == (1 if verdict == "no step" else 31)
    assert {"learns": costs[-1] < 0.6, "climbs": costs[-1] > 4, "no step": True}[verdict]
    if broken != "nothing" and verdict == "learns":
        assert costs[1:] != equations.learning(mnist.train, {}, mini_batches=300)[1:]


def test_intact_it_learns_what_the_training_learns(mnist):
    net = Network([784, 30, 10], np.random.default_rng(0))
    for k in range(50):
        update_mini_batch(net, *mnist.train.columns(slice(10 * k, 10 * k + 10)), 3.0)
    x, y = mnist.train.columns(slice(0, 250))
    cost = quadratic_cost(feedforward(net, x), y)
    assert equations.learning(mnist.train, {}, mini_batches=50)[-1] == pytest.approx(cost, rel=1e-5)
