"""Lesson 04: how wrong the network is, as one number, and the way downhill from it."""

import numpy as np

from mnet.guards import count, function, guarded, learning_rate


@guarded(a="outputs m", y="outputs m")
def quadratic_cost(a, y):
    """Return how wrong the answers are: C = 1/(2m) Σₓ ‖y - a‖², a float.

    a : ndarray of shape (10, m), the network's answers, dimensionless; y : the one-hot targets, of the
    same shape. The mean over the columns, not their sum; 0 for perfect answers. It is no share of wrong
    digits. Raises TypeError or ValueError for different shapes, NaN and infinity.
    Lesson 04, equation (6); Nielsen, chapter 1, equation (6).

    >>> from mnet import quadratic_cost
    >>> quadratic_cost([[0.0], [1.0]], [[1.0], [0.0]])
    1.0
    """
    return float(((y - a) ** 2).sum() / 2 / y.shape[1])


@guarded(a="outputs m", y="outputs m")
def cost_derivative(a, y):
    """Return the slope of each example's own cost along each of its outputs: ∂Cₓ/∂a = a - y.

    a, y : ndarrays of shape (10, m), as for `quadratic_cost`, whose errors it raises. Returns the same
    shape, one column an example, not averaged over them.
    Lesson 04, equation (7); Nielsen, chapter 2, the code of `cost_derivative`.

    >>> from mnet import cost_derivative
    >>> cost_derivative([[0.75]], [[1.0]])
    array([[-0.25]])
    """
    return a - y


@guarded(eta=learning_rate, steps=count(0), gradient=function("v", finite=False), v="d")
def gradient_descent(gradient, v, eta, steps):
    """Walk downhill, step by step: v ← v - η ∇C(v).

    gradient : function from an ndarray of shape (d,) to the gradient there, of the same shape
    v : ndarray of shape (d,), where the walk starts; it is not changed
    eta : positive number, the learning rate η; steps : int from 0 up

    Returns each place of the walk, the start first: (steps + 1, d), or fewer where the walk leaves all
    numbers behind. Raises TypeError or ValueError for other arguments and other gradients.
    Lesson 04, equation (8); Nielsen, chapter 1, equation (11).

    >>> from mnet import gradient_descent
    >>> gradient_descent(lambda v: 2 * v, [1.0], eta=0.25, steps=2)
    array([[1.  ],
           [0.5 ],
           [0.25]])
    """
    walk = [v]
    for _ in range(steps):
        step = walk[-1] - eta * gradient(walk[-1])
        if not np.isfinite(step).all():
            break
        walk.append(step)
    return np.array(walk)
