"""Lesson 04: how wrong the network is, as one number, and the way downhill from it."""

import math

import numpy as np

from mnet.shapes import as_floats, shapes


@shapes(a="outputs m", y="outputs m")
def quadratic_cost(a, y):
    """Return the mean over the columns of half the squared distance from answer to target.

    C = 1/(2m) Σₓ ‖y - a‖²

    Parameters
    ----------
    a : ndarray of shape (10, m), the network's answers, dimensionless
    y : ndarray of the same shape, the one-hot targets

    Returns
    -------
    float
        0 for perfect answers. It is not a share of wrong digits.

    Raises
    ------
    TypeError, ValueError
        If the shapes differ, or a value is NaN or infinite.

    References
    ----------
    Lesson 04, equation (6); Nielsen, chapter 1, equation (6).

    Examples
    --------
    >>> quadratic_cost([[0.0], [1.0]], [[1.0], [0.0]])
    1.0
    """
    return float(((y - a) ** 2).sum() / 2 / y.shape[1])


@shapes(a="outputs m", y="outputs m")
def cost_derivative(a, y):
    """Return the slope of one example's cost along each of its outputs.

    ∂Cₓ/∂a = a - y

    Parameters
    ----------
    a, y : ndarrays of shape (10, m), as for `quadratic_cost`

    Returns
    -------
    ndarray of shape (10, m)
        One column an example, not yet averaged over them.

    Raises
    ------
    TypeError, ValueError
        If the shapes differ, or a value is NaN or infinite.

    References
    ----------
    Lesson 04, equation (7); Nielsen, chapter 2, the code of `cost_derivative`.

    Examples
    --------
    >>> cost_derivative([[0.75]], [[1.0]])
    array([[-0.25]])
    """
    return a - y


def gradient_descent(gradient, v, eta, steps):
    """Walk downhill: step against the gradient, again and again.

    v ← v - η ∇C(v)

    Parameters
    ----------
    gradient : function from an ndarray of shape (d,) to its gradient, of the same shape
    v : ndarray of shape (d,), where the walk starts; it is not changed
    eta : positive number, the learning rate η
    steps : int from 0 up

    Returns
    -------
    ndarray of shape (steps + 1, d)
        Each place of the walk, the start first. The walk ends early where it leaves all numbers behind.

    Raises
    ------
    TypeError, ValueError
        For an eta, a v or steps other than these, or a gradient of another shape.

    References
    ----------
    Lesson 04, equation (8); Nielsen, chapter 1, equation (11).

    Examples
    --------
    >>> gradient_descent(lambda v: 2 * v, [1.0], eta=0.25, steps=2)
    array([[1.  ],
           [0.5 ],
           [0.25]])
    """
    check_eta(eta)
    check_count("steps", steps, 0)
    walk = [as_floats("gradient_descent: v", v)]
    if walk[0].ndim != 1:
        raise ValueError(f"gradient_descent: v has shape {walk[0].shape}, wanted (d,).")
    for _ in range(steps):
        slope = np.asarray(gradient(walk[-1].copy()))
        if slope.shape != walk[0].shape:
            raise ValueError(
                f"gradient_descent: the gradient has shape {slope.shape}, wanted {walk[0].shape}."
            )
        with np.errstate(over="ignore", invalid="ignore"):
            step = walk[-1] - eta * slope
        if not np.isfinite(step).all():
            break
        walk.append(step)
    return np.array(walk)


def check_eta(eta):
    """Raise ValueError unless the learning rate is a positive, finite number."""
    if isinstance(eta, (bool, str)) or not isinstance(eta, (int, float, np.number)) or not 0 < eta < math.inf:
        raise ValueError(f"eta is {eta!r:.80}, wanted a positive number: the learning rate η, such as 3.0.")


def check_count(name, count, least=1, most=math.inf):
    """Raise ValueError unless `count` is a whole number from `least` to `most`."""
    if isinstance(count, bool) or not isinstance(count, (int, np.integer)) or not least <= count <= most:
        upto = "up" if most == math.inf else f"to {most:,}"
        raise ValueError(f"{name} is {count!r:.80}, wanted a whole number from {least} {upto}.")
