"""Lesson 04: how wrong the network is, as one number, and the way downhill from it."""

import math

import numpy as np

from mnet.shapes import as_floats, shapes


@shapes(a="outputs m", y="outputs m")
def quadratic_cost(a, y):
    """Return how wrong the answers are: C = 1/(2m) Σₓ ‖y - a‖², a float.

    a : ndarray of shape (10, m), the network's answers, dimensionless; y : the one-hot targets, of the
    same shape. The mean over the columns, not their sum; 0 for perfect answers. It is no share of wrong
    digits. Raises TypeError or ValueError for different shapes, NaN and infinity.
    Lesson 04, equation (6); Nielsen, chapter 1, equation (6).

    >>> quadratic_cost([[0.0], [1.0]], [[1.0], [0.0]])
    1.0
    """
    return float(((y - a) ** 2).sum() / 2 / y.shape[1])


@shapes(a="outputs m", y="outputs m")
def cost_derivative(a, y):
    """Return the slope of each example's own cost along each of its outputs: ∂Cₓ/∂a = a - y.

    a, y : ndarrays of shape (10, m), as for `quadratic_cost`, whose errors it raises. Returns the same
    shape, one column an example, not averaged over them.
    Lesson 04, equation (7); Nielsen, chapter 2, the code of `cost_derivative`.

    >>> cost_derivative([[0.75]], [[1.0]])
    array([[-0.25]])
    """
    return a - y


def gradient_descent(gradient, v, eta, steps):
    """Walk downhill, step by step: v ← v - η ∇C(v).

    gradient : function from an ndarray of shape (d,) to the gradient there, of the same shape
    v : ndarray of shape (d,), where the walk starts; it is not changed
    eta : positive number, the learning rate η; steps : int from 0 up

    Returns each place of the walk, the start first: (steps + 1, d), or fewer where the walk leaves all
    numbers behind. Raises TypeError or ValueError for other arguments and other gradients.
    Lesson 04, equation (8); Nielsen, chapter 1, equation (11).

    >>> gradient_descent(lambda v: 2 * v, [1.0], eta=0.25, steps=2)
    array([[1.  ],
           [0.5 ],
           [0.25]])
    """
    check_eta(eta)
    check_count("steps", steps, 0)
    if not callable(gradient):
        raise TypeError(f"gradient_descent: gradient is a {type(gradient).__name__}, wanted a function.")
    walk = [as_floats("gradient_descent: v", v)]
    if walk[0].ndim != 1 or not np.isfinite(walk[0]).all():
        raise ValueError(f"gradient_descent: v is {v!r:.80}, wanted finite numbers of shape (d,).")
    for _ in range(steps):
        with np.errstate(over="ignore", invalid="ignore"):
            slope = np.asarray(gradient(walk[-1].copy()))
            if slope.shape != walk[0].shape or slope.dtype.kind not in "fiu":
                raise ValueError(
                    f"gradient_descent: the gradient is {slope.dtype} {slope.shape}, "
                    f"wanted real numbers {walk[0].shape}."
                )
            step = walk[-1] - eta * slope
        if not np.isfinite(step).all():
            break
        walk.append(step)
    return np.array(walk)


def check_eta(eta):
    """Raise ValueError unless the learning rate is positive and at most 1e9: beyond, floats overflow."""
    numbers = (int, float, np.integer, np.floating)
    if isinstance(eta, bool) or not isinstance(eta, numbers) or not 0 < eta <= 1e9:
        raise ValueError(
            f"eta is {eta!r:.80}, wanted a positive number: the learning rate η, such as 3.0, at most 1e9."
        )


def check_count(name, count, least=1, most=math.inf):
    """Raise ValueError unless `count` is a whole number from `least` to `most`."""
    if isinstance(count, bool) or not isinstance(count, (int, np.integer)) or not least <= count <= most:
        upto = "up" if most == math.inf else f"to {most:,}"
        raise ValueError(f"{name} is {count!r:.80}, wanted a whole number from {least} {upto}.")
