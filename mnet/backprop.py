"""Lesson 05: who is to blame? The four equations of backpropagation, and the slow way that checks them."""

from collections import namedtuple
from functools import cache

import numpy as np

from mnet.cost import cost_derivative, quadratic_cost
from mnet.feedforward import feedforward
from mnet.guards import function, guarded, learning_rate, network, nudge
from mnet.sigmoid import sigmoid, sigmoid_prime

Gradient = namedtuple("Gradient", "nabla_b nabla_w")
Gradient.__doc__ = "∂C/∂b and ∂C/∂w: two lists, shaped as net.biases and net.weights."


@guarded(a="j m", y="j m", z="j m")
def output_error(a, y, z):
    """Return δ of the last layer, the blame of each output neuron (BP1): δ = (a - y) ⊙ σ′(z) = ∂Cₓ/∂z.

    a, y, z : ndarrays of shape (j, m): answers, one-hot targets and weighted inputs of the last layer.
    Returns (j, m), one column an example, not averaged. Raises TypeError or ValueError for different
    shapes, NaN and infinity. Lesson 05, equation (9); Nielsen, chapter 2, BP1.

    >>> from mnet import output_error
    >>> output_error([[0.5]], [[1.0]], [[0.0]])
    array([[-0.125]])
    """
    return cost_derivative(a, y) * sigmoid_prime(z, a)


@guarded(w_next="k j", delta_next="k m", z="j m", a="j m")
def propagate_error(w_next, delta_next, z, a=None):
    """Carry the blame one layer back (BP2).

    δ = (wᵀ δ_next) ⊙ σ′(z)

    w_next (k, j) and delta_next (k, m) belong to the later layer, z (j, m) and the result to this one; so
    does a = σ(z), which may be left out.
    Raises TypeError or ValueError for other shapes, NaN and infinity.
    Lesson 05, equation (10); Nielsen, chapter 2, BP2.

    >>> from mnet import propagate_error
    >>> propagate_error([[2.0]], [[0.5]], [[0.0]])
    array([[0.25]])
    """
    return w_next.T.dot(delta_next) * sigmoid_prime(z, a)


@cache
def _shares(m, dtype):
    return np.full((m, 1), 1 / m, dtype)  # a row of δ times this column is that row's mean


@guarded(delta="j m")
def bias_gradient(delta):
    """Return ∂C/∂b, (j, 1): the mean of δ (j, m) over the examples (BP3).

    Raises TypeError or ValueError for other shapes, NaN and infinity.
    Lesson 05, equation (11); Nielsen, chapter 2, BP3.

    >>> from mnet import bias_gradient
    >>> bias_gradient([[1.0, 3.0]])
    array([[2.]])
    """
    return delta.dot(_shares(delta.shape[1], delta.dtype))


@guarded(delta="j m", a_prev="k m")
def weight_gradient(delta, a_prev):
    """Return ∂C/∂w, (j, k): the mean over the examples of δ times the activation that came in (BP4).

    ∂C/∂w = 1/m δ a_prevᵀ, with delta (j, m) of this layer and a_prev (k, m) of the layer before.
    Raises TypeError or ValueError for other shapes, NaN and infinity.
    Lesson 05, equation (12); Nielsen, chapter 2, BP4.

    >>> from mnet import weight_gradient
    >>> weight_gradient([[1.0, 3.0]], [[2.0, 0.0]])
    array([[1.]])
    """
    # Of 30 neurons, ten images and 784 inputs, δ has 300 numbers, the product 23,520: divide the former.
    return (delta / delta.shape[1]).dot(a_prev.T)


@guarded(net=network, x="inputs m", y="outputs m", eta=learning_rate, output_error=function("a, y, z"))
def backprop(net, x, y, eta=1.0, output_error=output_error):
    """Return how the cost of these examples changes with each bias and weight.

    net : Network, not changed
    x, y : ndarrays of shape (sizes[0], m) and (sizes[-1], m), images and one-hot targets in columns
    eta : multiplies the gradient, so that a learning rate gives the whole step, η ∂C/∂b and η ∂C/∂w
    output_error : BP1 of the cost, (9) unless you hand in that of another cost (lesson 08)

    Returns Gradient(nabla_b, nabla_w), the mean over the m columns, not the sum; one column gives the
    gradient of one example. Raises TypeError or ValueError for other shapes, NaN and infinity.
    Lesson 05, equations (9) to (12); Nielsen, chapter 2, "The backpropagation algorithm".

    >>> from mnet import Network, backprop
    >>> net = Network([1, 1], rng=np.random.default_rng(0))
    >>> [nabla.shape for nabla in backprop(net, [[1.0]], [[0.0]]).nabla_w]
    [(1, 1)]
    """
    activations, zs = [x], []
    for w, b in zip(net.weights, net.biases, strict=True):
        zs.append(w.dot(activations[-1]) + b)
        activations.append(sigmoid(zs[-1]))

    # All that follows is proportional to δ: here η multiplies a few numbers, later it would all weights.
    delta = eta * output_error(activations[-1], y, zs[-1])
    nabla_b, nabla_w = [], []
    for i in reversed(range(len(zs))):
        nabla_b.insert(0, bias_gradient(delta))
        nabla_w.insert(0, weight_gradient(delta, activations[i]))
        if i > 0:
            delta = propagate_error(net.weights[i], delta, zs[i - 1], activations[i])
    return Gradient(nabla_b, nabla_w)


@guarded(net=network, x="inputs m", y="outputs m", h=nudge, cost=function("a, y", one=True))
def numerical_gradient(net, x, y, h=1e-5, cost=quadratic_cost):
    """Return the same Gradient without calculus: nudge each parameter p, ∂C/∂p ≈ (C(p + h) - C(p - h)) / 2h.

    Arguments and errors as for `backprop`; h is the nudge, cost a function of answers and targets. It works
    in float64 on a copy and asks the network two questions a parameter: use it on few examples.
    Lesson 05, equation (13).

    >>> from mnet import Network, backprop, numerical_gradient
    >>> net = Network([1, 1], rng=np.random.default_rng(0), dtype=np.float64)
    >>> slow, fast = numerical_gradient(net, [[1.0]], [[0.0]]), backprop(net, [[1.0]], [[0.0]])
    >>> bool(abs(slow.nabla_w[0] - fast.nabla_w[0]).max() < 1e-9)
    True
    """
    copy = object.__new__(type(net))
    copy.sizes = net.sizes
    copy.biases = [b.astype(float) for b in net.biases]
    copy.weights = [w.astype(float) for w in net.weights]

    def slope(parameters, index):
        kept = parameters[index]
        costs = []
        for nudged in kept + h, kept - h:
            parameters[index] = nudged
            costs.append(cost(feedforward(copy, x), y))
        parameters[index] = kept
        return (costs[0] - costs[1]) / (2 * h)

    def slopes(array):
        return np.array([slope(array, i) for i in np.ndindex(array.shape)]).reshape(array.shape)

    return Gradient([slopes(b) for b in copy.biases], [slopes(w) for w in copy.weights])
