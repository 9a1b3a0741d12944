"""Lesson 02: the sigmoid, the soft switch inside each neuron."""

import numpy as np

from mnet.guards import guarded


@guarded(z="...")
def sigmoid(z):
    """Squash any number into the range 0 to 1: σ(z) = 1 / (1 + e^(-z)).

    z : weighted inputs, dimensionless; an array of any shape and float dtype, or a number. Returns
    activations of the same shape. They are not probabilities: ten outputs need not sum to 1.
    Raises TypeError for what is not real numbers, ValueError for NaN.
    Lesson 02, equation (2); Nielsen, chapter 1, equation (3).

    >>> from mnet import sigmoid
    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    # At z = -1000, e^1000 overflows to infinity and 1 / (1 + infinity) is the 0 we want.
    return 1 / (1 + np.exp(-z))


@guarded(z="...", a="...")
def sigmoid_prime(z, a=None):
    """Return the slope of the sigmoid at z: σ′(z) = σ(z) (1 - σ(z)).

    z : weighted inputs, as for `sigmoid`: z itself, not the activation σ(z)
    a : σ(z) of the same shape, where you have it already: it saves computing it again

    Returns slopes from 0 to 1/4 of the same shape; the largest is at z = 0. Raises as `sigmoid` does.
    Lesson 02, equation (3); Nielsen, chapter 2, the code of `sigmoid_prime`.

    >>> from mnet import sigmoid_prime
    >>> sigmoid_prime(np.array([0.0, 1000.0]))
    array([0.25, 0.  ])
    """
    a = sigmoid(z) if a is None else a
    return a * (1 - a)
