"""The mistake catalogue: wrong answers are refused by name, right ones accepted however they are written."""

import inspect
import io
import itertools
import math
import random
import re
import sys
from contextlib import redirect_stdout
from pathlib import Path
from types import FunctionType, SimpleNamespace

import numpy as np
import pytest

import mnet
from mnet import Network, checks, figures
from mnet import backprop as gradient
from mnet import sigmoid as σ
from mnet import sigmoid_prime as slope
from mnet.checks import exercises
from mnet.checks.exercises import OURS
from mnet.checks.handover import packed, unpacked
from mnet.checks.judge import AS_GIVEN, Given, _Answer
from mnet.checks.questions import QUESTIONS


def column(digit):
    return [[1.0 if row == digit else 0.0] for row in range(10)]


def elementwise(f):
    return lambda z: np.array([[f(float(t)) for t in row] for row in z])


def logistic(t):
    return 1 / (1 + math.exp(-t)) if t > -700 else 0.0


def quiet(f):
    def calm(*args):
        with np.errstate(over="ignore"):
            return f(*args)

    return calm


def own(ours):
    """Return a function like ours, as a learner types it."""
    bare = inspect.unwrap(ours)
    return FunctionType(bare.__code__.replace(), bare.__globals__, bare.__name__, bare.__defaults__)


# Answers that need statements


def one_hot_in_a_loop(labels):
    y = np.zeros((10, len(labels)))
    for i, label in enumerate(labels):
        y[label, i] = 1
    return y


def one_hot_by_index(labels):
    y = np.zeros((10, labels.size), dtype=np.float32)
    y[labels, np.arange(labels.size)] = 1.0
    return y


def one_hot_along_the_wrong_axis(labels):
    y = np.zeros((len(labels), 10))
    y[np.arange(len(labels)), labels] = 1
    return y


def one_hot_that_returns_too_early(labels):
    y = np.zeros((10, 1))
    for label in labels:
        y[label] = 1
        return y
    return None


def one_hot_in_one_column(labels):
    y = np.zeros((10, 1))
    for label in labels:
        y[label] = 1
    return y


def one_hot_that_sorts(labels):
    y = one_hot_in_a_loop(labels)
    labels.sort()
    return y


def one_hot_with_indices_exchanged(labels):
    y = np.zeros((10, len(labels)))
    for i in range(len(labels)):
        y[i, labels[i]] = 1
    return y


def one_hot_of_the_first(labels):
    y = np.zeros((10, len(labels)))
    for i, label in enumerate(labels):
        y[label, i] = 1
        return y
    return None


def one_hot_in_a_list(labels):
    y = np.zeros(10)
    y[labels] = 1
    return y


def one_hot_with_whole_rows(labels):
    y = np.zeros((10, len(labels)))
    for label in labels:
        y[label] = 1
    return y


def sigmoid_in_place(z):
    z *= -1
    np.exp(z, out=z)
    z += 1
    return 1 / z


def sigmoid_by_masks(z):
    a = np.empty_like(z)
    a[z >= 0] = 1 / (1 + np.exp(-z[z >= 0]))
    e = np.exp(z[z < 0])
    a[z < 0] = e / (1 + e)
    return a


def sigmoid_by_pieces(z):
    e = np.exp(-abs(z))
    return np.where(z > 0, 1, e) / (1 + e)


def sigmoid_that_prints(z):
    print(σ(z))


def sigmoid_that_shows(z):
    print("z is", z)
    return σ(z)


def slope_by_differences(z):
    h = 1e-5
    return (σ(z + h) - σ(z - h)) / (2 * h)


def slope_in_place(z):
    z[...] = σ(z)
    return z * (1 - z)


def layers(net):
    return list(zip(net.weights, net.biases, strict=True))


def forward(step, which=slice(None), last=None):
    """Return a feedforward that takes these steps."""

    def run(net, x):
        a = x
        for w, b in layers(net)[which]:
            a = step(w, a, b)
        return a if last is None else last(a)

    return run


def forward_per_example(net, x):
    answers = []
    for i in range(x.shape[1]):
        a = x[:, i : i + 1]
        for w, b in layers(net):
            a = σ(np.dot(w, a) + b)
        answers.append(a)
    return np.hstack(answers)


def forward_per_neuron(net, x):
    a = x.tolist()
    for w, b in layers(net):
        a = [
            [logistic(sum(w[j, k] * a[k][i] for k in range(len(a))) + b[j, 0]) for i in range(len(a[0]))]
            for j in range(len(w))
        ]
    return a


def forward_recursive(net, x, l=0):
    if l == len(net.weights):
        return x
    return forward_recursive(net, σ(net.weights[l] @ x + net.biases[l]), l + 1)


def forward_with_memory(net, x):
    activations = [x]
    for l in range(len(net.sizes) - 1):
        activations.append(σ(net.weights[l].dot(activations[l]) + net.biases[l]))
    return activations[-1]


def forward_that_forgets(net, x):
    a = x
    for w, b in layers(net):
        z = w @ a + b
        σ(z)
    return a


def forward_by_number(numbers):
    def run(net, x):
        a = x
        for l in numbers(net):
            a = σ(net.weights[l] @ a + net.biases[l])
        return a

    return run


def forward_while(net, x):
    l = 0
    while l < len(net.weights):
        x = σ(net.weights[l] @ x + net.biases[l])
        l += 1
    return x


def forward_without_last_sigmoid(net, x):
    for w, b in layers(net)[:-1]:
        x = σ(w @ x + b)
    return net.weights[-1] @ x + net.biases[-1]


def forward_with_the_list_of_biases(net, x):
    for w in net.weights:
        x = σ(w @ x + net.biases)
    return x


def forward_with_the_first_biases(net, x):
    for w in net.weights:
        x = σ(w @ x + net.biases[0])
    return x


def forward_into_x(net, x):
    a = x.copy()
    x -= 1
    for w, b in layers(net):
        a = σ(w @ a + b)
    return a


def forward_from_x(net, x):
    for w, b in layers(net):
        a = σ(w @ x + b)
    return a


def forward_with_sigmoid_after_the_loop(net, x):
    a = x
    for w, b in layers(net):
        z = w @ a + b
    return σ(z)


def forward_without_zip(net, x):
    a = x
    for w, b in net.weights, net.biases:
        a = σ(w @ a + b)
    return a


def forward_in_nested_loops(net, x):
    a = x
    for w in net.weights:
        for b in net.biases:
            a = σ(w @ a + b)
    return a


def forward_two_layers(net, x):
    hidden = σ(net.weights[0] @ x + net.biases[0])
    return σ(net.weights[1] @ hidden + net.biases[1])


def forward_without_a_bias(at):
    def run(net, x):
        without = Network(net.sizes)
        without.weights, without.biases = net.weights, [*net.biases]
        without.biases[at] = 0 * net.biases[at]
        return forward_while(without, x)

    return run


def cost_in_loops(a, y):
    total = 0
    for i in range(a.shape[1]):
        for j in range(a.shape[0]):
            total += (y[j, i] - a[j, i]) ** 2
    return total / (2 * a.shape[1])


def cost_into_a(a, y):
    a -= y
    return (a**2).sum() / 2 / a.shape[1]


def derivative_into_a(a, y):
    a -= y
    return a


def derivative_in_loops(a, y):
    d = np.zeros(a.shape)
    for j, i in np.ndindex(a.shape):
        d[j, i] = a[j, i] - y[j, i]
    return d


def back(
    bp1=lambda a, y, z: (a - y) * slope(z),
    bp2=lambda w, delta, z: np.dot(w.T, delta) * slope(z),
    bp3=lambda delta: np.mean(delta, axis=1).reshape(-1, 1),
    bp4=lambda delta, a: np.dot(delta, a.T) / delta.shape[1],
    slope_at=0,
    behind=0,
    w_at=1,
    z_at=0,
    biased=1,
    first=slice(None),
):
    """Return Nielsen's backprop, with negative indices, made of these pieces."""

    def run(net, x, y):
        x, y = x[:, first], y[:, first]
        activation, activations, zs = x, [x], []
        for w, b in layers(net):
            zs.append(np.dot(w, activation) + biased * b)
            activation = σ(zs[-1])
            activations.append(activation)
        at = activations[1:] if slope_at else zs
        nabla_b, nabla_w = [None] * len(zs), [None] * len(zs)
        delta = bp1(activations[-1], y, at[-1])
        nabla_b[-1], nabla_w[-1] = bp3(delta), bp4(delta, activations[-2 + behind])
        for l in range(2, len(net.sizes)):
            delta = bp2(net.weights[-l + w_at], delta, at[-l + z_at])
            nabla_b[-l], nabla_w[-l] = bp3(delta), bp4(delta, activations[-l - 1 + behind])
        return nabla_b, nabla_w

    return run


def back_with_rows(which):
    def run(net, x, y):
        nablas = dict(zip("bw", back()(net, x, y), strict=True))
        return [[n * x.shape[1] / len(x) if key in which else n for n in nablas[key]] for key in "bw"]

    return run


def on_the_way(net, x):
    a, zs = [x], []
    for w, b in layers(net):
        zs.append(w @ a[-1] + b)
        a.append(σ(zs[-1]))
    return a, zs


def back_from_the_front(net, x, y):
    a, zs = on_the_way(net, x)
    delta, nabla_b, nabla_w = (a[-1] - y) * slope(zs[-1]), [], []
    for l in range(len(zs)):
        nabla_b.append(delta.mean(axis=1, keepdims=True))
        nabla_w.append(delta @ a[l].T / len(x.T))
        if l > 0:
            delta = net.weights[l].T @ delta * slope(zs[l - 1])
    return nabla_b, nabla_w


def back_that_moves_first(which):
    def run(net, x, y):
        a, zs = on_the_way(net, x)
        nabla_b, nabla_w = [None] * len(zs), [None] * len(zs)
        delta = (a[-1] - y) * slope(zs[-1])
        for l in range(len(zs) - 1, -1, -1):
            here = {"b": delta, "w": delta}
            if l > 0:
                delta = (net.weights[l].T @ delta) * slope(zs[l - 1])
            here |= dict.fromkeys(which, delta)
            nabla_b[l] = here["b"].mean(axis=1, keepdims=True)
            nabla_w[l] = here["w"] @ a[l].T / x.shape[1]
        return nabla_b, nabla_w

    return run


def back_in_a_loop(behind=0, first=0):
    def run(net, x, y):
        a, zs = on_the_way(net, x)
        delta, nabla_b, nabla_w = (a[-1] - y) * slope(zs[-1]), [], []
        for i in reversed(range(len(zs))):
            nabla_b.insert(0, delta.mean(axis=1, keepdims=True))
            nabla_w.insert(0, delta @ a[i + behind].T / len(x.T))
            if i > first:
                delta = net.weights[i].T @ delta * slope(zs[i - 1])
        return nabla_b, nabla_w

    return run


def back_that_stops_early(gap):
    def run(net, x, y):
        nabla_b, nabla_w = back()(net, x, y)
        nabla_b[0] = gap if gap is None else gap * nabla_b[0]
        nabla_w[0] = gap if gap is None else gap * nabla_w[0]
        return nabla_b, nabla_w

    return run


def back_per_example(net, x, y):
    nabla_b = [np.zeros(b.shape) for b in net.biases]
    nabla_w = [np.zeros(w.shape) for w in net.weights]
    m = x.shape[1]
    for i in range(m):
        more_b, more_w = back()(net, x[:, [i]], y[:, [i]])
        nabla_b = [n + d / m for n, d in zip(nabla_b, more_b, strict=True)]
        nabla_w = [n + d / m for n, d in zip(nabla_w, more_w, strict=True)]
    return nabla_b, nabla_w


def back_that_learns(net, x, y):
    nabla_b, nabla_w = gradient(net, x, y)
    for w, n in zip(net.weights, nabla_w, strict=True):
        w -= 3.0 * n
    return nabla_b, nabla_w


def back_without_the_hidden_layers(net, x, y):
    nabla_b, nabla_w = gradient(net, x, y)
    for l in range(len(nabla_b) - 1):
        nabla_b[l][:], nabla_w[l][:] = 0, 0
    return nabla_b, nabla_w


def back_by_our_equations(net, x, y):
    zs, activations = [], [x]
    for w, b in layers(net):
        zs += [w @ activations[-1] + b]
        activations += [mnet.sigmoid(zs[-1])]
    deltas = [mnet.output_error(activations[-1], y, zs[-1])]
    for w, z in zip(net.weights[:0:-1], zs[-2::-1], strict=True):
        deltas = [mnet.propagate_error(w, deltas[0], z), *deltas]
    nabla_w = [mnet.weight_gradient(d, a) for d, a in zip(deltas, activations[:-1], strict=True)]
    return [mnet.bias_gradient(d) for d in deltas], nabla_w


def back_with_the_output_error_everywhere(net, x, y):
    a, z = [x], []
    for w, b in layers(net):
        z.append(w @ a[-1] + b)
        a.append(σ(z[-1]))
    deltas = [(a[l + 1] - y) * slope(z[l]) for l in range(len(z))]
    nabla_w = [delta @ a[l].T / x.shape[1] for l, delta in enumerate(deltas)]
    return [delta.mean(axis=1, keepdims=True) for delta in deltas], nabla_w


def back_in_float32(net, x, y):
    small = Network(net.sizes)
    small.weights = [w.astype(np.float32) for w in net.weights]
    small.biases = [b.astype(np.float32) for b in net.biases]
    return own(gradient)(small, x.astype(np.float32), y.astype(np.float32))


def update(step=lambda p, n, eta: p - eta * n, w=True, b=True, grad=gradient):
    """Return an update that moves weights, biases or both by this step."""

    def run(net, x, y, eta):
        nabla_b, nabla_w = grad(net, x, y)
        for l in range(len(net.weights)):
            if w:
                net.weights[l] = step(net.weights[l], nabla_w[l], eta)
            if b:
                net.biases[l] = step(net.biases[l], nabla_b[l], eta)

    return run


def update_half(wrong):
    def run(net, x, y, eta):
        nabla_b, nabla_w = gradient(net, x, y)
        for l in range(len(net.weights)):
            net.weights[l] -= eta * nabla_w[l]
            net.biases[l] = wrong(net.biases[l], nabla_b[l], eta)

    return run


def update_in_place(net, x, y, eta):
    for p, n in zip([*net.biases, *net.weights], itertools.chain(*gradient(net, x, y)), strict=True):
        p -= eta * n


def update_with_the_gradients_exchanged(net, x, y, eta):
    nabla_w, nabla_b = gradient(net, x, y)
    for w, b, nw, nb in zip(net.weights, net.biases, nabla_w, nabla_b, strict=True):
        w -= eta * nw
        b -= eta * nb


def update_on_the_lists(net, x, y, eta):
    net.weights -= eta * gradient(net, x, y).nabla_w


def update_per_example(net, x, y, eta):
    m = x.shape[1]
    grads = [gradient(net, x[:, [i]], y[:, [i]]) for i in range(m)]
    for g in grads:
        for l in range(len(net.weights)):
            net.weights[l] -= eta / m * g.nabla_w[l]
            net.biases[l] -= eta / m * g.nabla_b[l]


def update_by_loops(net, x, y, eta):
    nabla_b, nabla_w = gradient(net, x, y)
    for l, (w, b) in enumerate(layers(net)):
        for j, k in np.ndindex(w.shape):
            w[j, k] = w[j, k] - eta * nabla_w[l][j, k]
        for j in range(len(b)):
            b[j] -= eta * nabla_b[l][j]


def update_by_differences(*args):
    update(grad=mnet.numerical_gradient)(*args)


def update_that_forgets(net, x, y, eta):
    nabla_b, nabla_w = gradient(net, x, y)
    for w, b, nw, nb in zip(net.weights, net.biases, nabla_w, nabla_b, strict=True):
        w = w - eta * nw
        b = b - eta * nb


def update_that_returns(net, x, y, eta):
    nabla_b, nabla_w = gradient(net, x, y)
    new_w = [w - eta * n for w, n in zip(net.weights, nabla_w, strict=True)]
    return new_w, [b - eta * n for b, n in zip(net.biases, nabla_b, strict=True)]


def update_example_by_example(net, x, y, eta):
    for i in range(x.shape[1]):
        update_in_place(net, x[:, i : i + 1], y[:, i : i + 1], eta)


def update_that_scales_x(net, x, y, eta):
    update_in_place(net, x, y, eta)
    x /= 256


def chance(f):
    """Return f, now and then a little off."""
    return lambda *args: f(*args) + np.random.normal()  # noqa: NPY002


DIVERGED = "e^1000 overflows"

# Two questions for each of a network's thousands of parameters: right, and too slow to train with.
SLOW = mnet.numerical_gradient, update_by_differences


def surprise(a, y, log=np.log):
    return y * log(a) + (1 - y) * log(1 - a)


def decayed(shrink=lambda eta, decay: 1 - eta * decay, biases=False, last=False, sign=1,
            error=mnet.cross_entropy_error, write=lambda w, factor, step: w * factor - step):  # fmt: skip
    """Return an update that may decay wrongly."""

    def update(net, x, y, eta, decay):
        nabla_b, nabla_w = gradient(net, x, y, output_error=error)
        factor = shrink(eta, decay)
        for w, b, nw, nb in zip(net.weights, net.biases, nabla_w, nabla_b, strict=True):
            w[...] = (w - sign * eta * nw) * factor if last else write(w, factor, sign * eta * nw)
            b[...] = b * (factor if biases else 1) - sign * eta * nb

    return update


DECAYS = [  # the same in other words
    lambda w, factor, step: factor * w - step,
    lambda w, factor, step: w - ((1 - factor) * w + step),
    lambda w, factor, step: np.subtract(np.multiply(w, factor), step),
    lambda w, factor, step: w * factor + -step,
    lambda w, factor, step: -(step - w * factor),
    lambda w, factor, step: (w - step / factor) * factor,
]


def root(w):
    return w.shape[1] ** 0.5


def divided(by):
    """Return a function that divides each layer's weights by what `by` makes of them."""

    def scale(net):
        for w in net.weights:
            w /= by(w)

    return scale


def biases_too(net):
    for w, b in zip(net.weights, net.biases, strict=True):
        b /= root(w)
        w /= root(w)


def scaled_by_index(net):
    for l in range(len(net.weights)):
        net.weights[l][:] = net.weights[l] / net.sizes[l] ** 0.5


def scaled_anew(net):
    net.weights = [w / root(w) for w in net.weights]


WRONG = {
    "one_hot": [
        (one_hot_with_indices_exchanged, "row and column are exchanged"),
        (one_hot_with_whole_rows, "y[label] is a whole row"),
        (one_hot_of_the_first, "only the first column has its 1"),
        (one_hot_in_a_list, "one list for all labels"),
        (lambda d: np.eye(10)[d].reshape(10, -1), "reshape folds"),
        (one_hot_along_the_wrong_axis, "transpose it"),
        (lambda d: [[float(l == row) for row in range(10)] for l in d], "transpose it"),
        (lambda d: np.array(d), "the labels themselves"),
        (lambda d: one_hot_in_a_loop(d).argmax(axis=0), "the labels themselves"),
        (lambda d: one_hot_in_a_loop((d.astype(int) - 1) % 10), "one row too high"),
        (lambda d: one_hot_in_a_loop(d)[::-1], "upside down"),
        (lambda d: (np.arange(10)[:, None] != d).astype(float), "0 and 1 are exchanged"),
        (lambda d: np.where(np.arange(10)[:, None] == d, d, 0), "not the digit itself"),
        (lambda d: np.eye(max(d) + 1)[:, d], "ten rows always"),
        (lambda d: [column(l) for l in d], "np.hstack"),
        (one_hot_that_returns_too_early, "return stands inside the loop"),
        (one_hot_in_one_column, "all labels share one column"),
        (lambda d: np.zeros((10, d.size)), "no 1 has been written"),
        (lambda d: np.eye(10)[d].ravel(), "the dimensions count"),
        (one_hot_that_sorts, "it changes its argument labels"),
        (lambda d: np.eye(9)[d].T, "expected (10, 3)"),
        (lambda d: [[float(l == row) for l in d] for row in range(9)], "so ten rows"),
        (lambda d: np.roll(one_hot_in_a_loop(d), 1, axis=0), "one row too low"),
    ],
    "sigmoid": [
        (quiet(lambda z: 1 / (1 + np.exp(-np.clip(z, -20, 20)))), "cut off at ±20"),
        (quiet(lambda z: 1 / (1 + np.exp(-np.clip(z, -30, 30)))), "cut off at ±30"),
        (quiet(lambda z: 1 / (1 + np.exp(-np.clip(z, -7, 7)))), "expected"),
        (lambda z: 1 / (1 + math.e ^ -z), "^ is no power"),
        (lambda z: 1 / (1 + np.exp(z)), "the exponent is -z"),
        (lambda z: 1 / 1 + np.exp(-z), "with the brackets"),
        (lambda z: 1 / (1 - np.exp(-z)), "the sign before e^(-z) is plus"),
        (lambda z: math.e**-z, "this is e^(-z)"),
        (lambda z: np.exp(z) / (np.exp(z) + 1), DIVERGED),
        (lambda z: 1 / (1 + np.exp(-z)), "NumPy warns of overflow"),
        (elementwise(lambda t: 1 / (1 + math.exp(-t))), "OverflowError in line"),
        (lambda z: 1 / (1 + math.exp(-z)), "math takes one number"),
        (lambda z: np.exp(z) / sum(sum(np.exp(z))), "squash each z alone"),
        (lambda z: σ(z) * (1 - σ(z)), "this is the slope"),
        (lambda z: np.tanh(z), "this is tanh"),
        (lambda z: np.tanh(z / 2), "this is tanh(z / 2)"),
        (lambda z: (1 + np.tanh(z)) / 2, "twice as steep"),
        (lambda z: (z >= 0).astype(float), "this is a step"),
        (lambda z: np.rint(σ(z)), "this is a step"),
        (lambda z: quiet(np.exp)(-z) // 1, "sigmoid(z)[0, 0] is 7, expected 0.119203"),
        (quiet(lambda z: 1 // (1 + np.exp(-z))), "divide with /"),
        (lambda z: z * (z > 0), "this is max(0, z)"),
        (lambda z: σ(z).ravel(), "the dimensions count"),
        (lambda z: σ(z).sum(axis=0), "has shape (3,), expected (2, 3)"),
        (quiet(sigmoid_in_place), "it changes its argument z"),
        (chance(σ), "asked twice"),
        (sigmoid_that_prints, "it prints and returns nothing"),
        (sigmoid_that_shows, "the numbers are right, but it prints"),
        (lambda z: 3 * σ(z), "every number is 3 times the right one"),
    ],
    "sigmoid_prime": [
        (σ, "this is σ(z), the slope is σ(z)(1 - σ(z))"),
        (lambda z: z * (1 - z), "put σ(z) where z stands"),
        (lambda z: σ(z) - z * σ(z), "not 1 - z"),
        (lambda z: σ(z) + σ(z) ** 2, "with a minus"),
        (lambda z: σ(σ(z)) * (1 - σ(σ(z))), "slope at the activation"),
        (lambda z: σ(z) * (σ(z) - 1), "the sign is wrong"),
        (lambda z: σ(-z), "the first factor, σ(z), is missing"),
        (lambda z: σ(z) * σ(z), "this is σ(z) squared"),
        (lambda z: σ(z) * 1 - σ(z), "brackets are missing"),
        (lambda z: 1 / np.cosh(np.clip(z, -300, 300)) ** 2, "the slope of tanh"),
        (lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2, DIVERGED),
        (lambda z: 2 * slope(z), "every number is 2 times the right one"),
        (slope_in_place, "it changes its argument z"),
        (lambda z: float(slope(z).sum()), "has shape (), expected (2, 3)"),
        (lambda z: slope(z).astype(int), "fractions cut off"),
        (chance(slope), "asked twice"),
    ],
    "feedforward": [
        (forward_with_sigmoid_after_the_loop, "inside the loop, a ="),
        (lambda net, x: σ(forward(lambda w, a, b: w @ a + b)(net, x)), "each layer has its own"),
        (forward_without_zip, "zip is missing"),
        (forward_in_nested_loops, "one loop stands inside the other"),
        (forward_two_layers, "two layers are written out"),
        (forward_with_the_first_biases, "net.biases[0] is the first layer's"),
        (lambda net, x: σ(net.weights[-1] @ σ(net.weights[0] @ x + net.biases[0]) + net.biases[-1]),
         "the first and the last layer are written out"),
        (forward_that_forgets, "changes none"),
        (forward_by_number(lambda net: range(1, len(net.sizes))), "weights[0] is the first"),
        (lambda net, x: σ(net.weights @ x + net.biases), "weights and biases are lists"),
        (lambda net, x: σ(np.array(net.weights) @ x + net.biases), "weights and biases are lists"),
        (forward(lambda w, a, b: σ(a @ w + b)), "in this order"),
        (forward(lambda w, a, b: σ(a.T @ w.T + b)), "images are columns"),
        (forward(lambda w, a, b: σ(w.reshape(w.shape[1], -1) @ a + b)), "reshape folds"),
        (forward_without_a_bias(0), "the bias is missing in the first layer"),
        (forward_without_a_bias(-1), "the bias is missing in the last layer"),
        (lambda net, x: mnet.feedforward(net, x), "they are the course's"),
        (mnet.feedforward, "they are the course's"),
        (lambda net, x: [σ(w @ x + b) for w, b in net][-1], "a for loop walks through a list"),
        (forward(lambda w, a, b: σ(np.dot(w.T, a) + b)), "no transpose"),
        (forward(lambda w, a, b: σ(w * a + b)), "the product is w @ a"),
        (forward(lambda w, a, b: σ(np.dot(w, a))), "the bias is missing"),
        (forward(lambda w, a, b: σ(w @ a - b)), "the bias is added"),
        (forward(lambda w, a, b: σ(np.hstack([b, w]) @ np.vstack([a, np.ones((1, len(a.T)))]))), "same side"),
        (forward(lambda w, a, b: σ(np.hstack([w, b]) @ np.vstack([a, [[1.0]]]))), "as many columns"),
        (forward(lambda w, a, b: σ(w @ a) + b), "the bias comes before the sigmoid"),
        (forward(lambda w, a, b: b + w @ a), "the sigmoid is missing"),
        (forward_from_x, "each layer hears a"),
        (forward(lambda w, a, b: σ(w @ a + b), slice(None, None, -1)), "the order of layers is wrong"),
        (forward(lambda w, a, b: σ(w @ a + b), slice(1)), "return stands inside the loop"),
        (forward(lambda w, a, b: σ(w @ a + b), slice(-1)), "one layer too few"),
        (forward(lambda w, a, b: σ(w @ a + b), slice(1, None)), "it is weights[0]"),
        (forward_without_last_sigmoid, "the last layer has its sigmoid too"),
        (forward(lambda w, a, b: σ(w @ a + b), last=σ), "squashed twice"),
        (lambda net, x: forward_while(net, σ(x)), "with no sigmoid"),
        (lambda net, x: np.argmax(forward_while(net, x), axis=0), "this is predict"),
        (lambda net, x: forward_while(net, x).T, "transpose it with .T"),
        (lambda net, x: forward_while(net, x[:, [0]]), "only the first column"),
        (forward_with_the_list_of_biases, "add this layer's b"),
        (forward_into_x, "it changes its argument x"),
        (chance(forward_while), "asked twice"),
    ],
    "quadratic_cost": [
        (lambda a, y: np.sum(((a - y) / 2) ** 2) / a.shape[1], "the half stands outside"),
        (lambda a, y: np.sum(y - a**2) / (2 * a.shape[1]), "in brackets"),
        (lambda a, y: np.sum(y**2 - a**2) / (2 * a.shape[1]), "the difference is squared"),
        (lambda a, y: np.sum((a - y) @ (a - y).T) / (2 * a.shape[1]), "@ multiplies matrices"),
        (lambda a, y: np.linalg.norm(y - a) / (2 * a.shape[1]), "not squared"),
        (lambda a, y: np.linalg.norm(y - a), "square it"),
        (lambda a, y: ((y - a) ^ 2).sum() / 2 / a.shape[1], "^ is no power"),
        (lambda a, y: sum((p - q) ^ 2 for p, q in zip(a.flat, y.flat, strict=True)), "^ is no power"),
        (lambda a, y: 0.5 * np.sum((y - a) ** 2), "divide by m"),
        (lambda a, y: np.sum((y - a) ** 2, axis=0).mean(), "the half is missing"),
        (lambda a, y: np.linalg.norm(a - y) ** 2, "the factor 1 / (2 m) is missing"),
        (lambda a, y: 0.5 * np.mean((y - a) ** 2), "by m alone"),
        (lambda a, y: np.mean((y - a) ** 2), "the mean over all numbers"),
        (lambda a, y: np.sum((y - a) ** 2) / (2 * len(y)), "len(a) counts rows"),
        (lambda a, y: 1 / 2 * y.shape[1] * np.sum((y - a) ** 2), "1 / (2 * m)"),
        (lambda a, y: np.sum((y - a) ** 2) // 2 // y.shape[1], "divide with /"),
        (lambda a, y: np.abs(a - y).sum() / (2 * y.shape[1]), "not its square"),
        (lambda a, y: np.mean([np.linalg.norm(a[:, i] - y[:, i]) for i in range(y.shape[1])]) / 2, "no root"),
        (lambda a, y: np.sum(y - a) ** 2 / 2 / y.shape[1], "square first"),
        (lambda a, y: np.sum(y - a) / 2 / y.shape[1], "the square is missing"),
        (lambda a, y: -cost_in_loops(a, y), "no cost is negative"),
        (lambda a, y: [sum((y[:, i] - a[:, i]) ** 2) / 2 for i in range(y.shape[1])], "take their mean"),
        (lambda a, y: np.sum((y - a) ** 2, axis=1) / 2 / y.shape[1], "axis=1 keeps the outputs apart"),
        (cost_into_a, "it changes its argument a"),
        (chance(cost_in_loops), "asked twice"),
        (lambda a, y: a - y, "one number for all is wanted"),
    ],
    "cost_derivative": [
        (lambda a, y: y - a, "the sign is wrong"),
        (lambda a, y: 2 * (a - y), "the 2 is gone"),
        (lambda a, y: y + a, "the difference is wanted"),
        (lambda a, y: 0.5 * (a - y), "the half is gone"),
        (lambda a, y: (a - y) / y.shape[1], "do not divide by m"),
        (lambda a, y: (a - y) ** 2, "this is squared"),
        (lambda a, y: 0.5 * (y - a) ** 2, "this is the cost of each output"),
        (lambda a, y: np.abs(a - y), "no abs"),
        (lambda a, y: np.where(a > y, 1, np.where(a < y, -1, 0)), "the slope grows with the distance"),
        (lambda a, y: (a - y) * (a - a * a), "σ′ does not belong here"),
        (lambda a, y: np.mean(a - y, axis=1, keepdims=True), "no mean"),
        (lambda a, y: np.sum(a - y, axis=0), "axis=0 adds the outputs up"),
        (cost_in_loops, "this is the cost itself"),
        (lambda a, y: (a - y).T, "transpose it with .T"),
        (lambda a, y: (a - y).ravel(), "the dimensions count"),
        (derivative_into_a, "it changes its argument a"),
        (lambda a, y: (a - y).astype(int), "is 0, expected -0.5"),
        (chance(lambda a, y: a - y), "asked twice"),
    ],
    "backprop": [
        (back(bp1=lambda a, y, z: 2 * (a - y) * slope(z)), "the half in the cost"),
        (back(bp1=lambda a, y, z: (a - y) / 2 * slope(z)), "the 2 of the square"),
        (back(bp1=lambda a, y, z: abs(a - y) * slope(z)), "a δ has a sign"),
        (back(bp1=lambda a, y, z: (a - y) ** 2 * slope(z)), "this is squared"),
        (back(bp1=lambda a, y, z: (a - y) * slope(z) / len(a.T)), "BP1 divides by m"),
        (back(bp2=lambda w, d, z: w.T @ d * slope(z) / len(d.T)), "BP2 divides by m"),
        (back(bp2=lambda w, d, z: w.T @ d * z * (1 - z)), "z (1 - z) in BP2"),
        (back_from_the_front, "from the first layer to the last"),
        (back(bp1=lambda a, y, z: (a - y) * σ(z)), "σ(z) in BP1: "),
        (back(bp2=lambda w, delta, z: w.T @ delta * σ(z)), "σ(z) in BP2: "),
        (back(lambda a, y, z: (a - y) * σ(z), lambda w, d, z: w.T @ d * σ(z)), "σ(z) in BP1 and BP2"),
        (back(bp2=lambda w, d, z: w.T @ (d * slope(z))), "the slope comes after the product"),
        (back(bp2=lambda w, d, z: w.T @ (d * slope(z)), z_at=1), "the slope of the layer it arrives in"),
        (back_with_rows("b"), "BP3 divides by len(x)"),
        (back_with_rows("w"), "BP4 divides by len(x)"),
        (back_with_rows("bw"), "len(x) counts rows"),
        (back(bp3=lambda d: d.sum(1)[:, None] / len(d), bp4=lambda d, a: d @ a.T / len(d)), "len(delta)"),
        (back_in_a_loop(first=-1), "BP2 stands behind if i > 0"),
        (back(bp3=lambda d: d.mean()), "delta.mean() is one number for the whole layer"),
        (back_in_a_loop(behind=-1), "comes activations[i], not [i - 1]"),
        (back_that_moves_first("b"), "BP3 stands behind BP2"),
        (back_that_moves_first("w"), "BP4 stands behind BP2"),
        (back_that_moves_first("bw"), "BP3 and BP4 stand behind BP2"),
        (back_that_stops_early(None), "nothing is written into nabla_b[0]"),
        (back_that_stops_early(0), "and nabla_b[0] and nabla_w[0] stay 0"),
        (back(bp4=lambda d, a: d @ a.reshape(-1, len(a)) / d.shape[1]), "delta @ a.T in BP4"),
        (back(bp2=lambda w, d, z: w.reshape(len(w.T), -1) @ d * slope(z)), "w.T @ delta in BP2"),
        (lambda *args: mnet.backprop(*args), "they are the course's"),
        (back(bp1=lambda a, y, z: a - y), "missing in BP1: "),
        (back(bp2=lambda w, delta, z: w.T @ delta), "missing in BP2: "),
        (back(lambda a, y, z: a - y, lambda w, delta, z: w.T @ delta), "missing in BP1 and BP2"),
        (back(slope_at=1), "σ′ of the activation in BP1 and BP2"),
        (back(bp1=lambda a, y, z: (a - y) * slope(a)), "σ′ of the activation in BP1: "),
        (back(bp1=lambda a, y, z: (y - a) * slope(z)), "the sign is wrong"),
        (back(bp3=lambda d: d.sum(1).reshape(-1, 1)), "nabla_b is the sum over the batch"),
        (back(bp4=lambda d, a: d @ a.T), "nabla_w is the sum over the batch"),
        (back(bp3=lambda d: d.sum(1)[:, None], bp4=lambda d, a: d @ a.T), "the gradient is the sum over"),
        (back(bp3=lambda d: d.sum(1)[:, None] // len(d.T), bp4=lambda d, a: d @ a.T // len(d.T)), "with /"),
        (back(bp3=lambda d: d), "BP3 is the mean"),
        (back(bp3=lambda d: d.mean(axis=0).reshape(1, -1)), "axis=0 adds the neurons up"),
        (back(bp2=lambda w, delta, z: w.T @ delta * slope(σ(z))), "σ′ of the activation in BP2: "),
        (back(w_at=0), "w is one layer off in BP2"),
        (back(z_at=1), "z is one layer off in BP2"),
        (back(biased=0), "the bias is missing on the way forward"),
        (back(bp3=lambda d: d.sum(axis=1) / d.shape[1]), "keepdims=True"),
        (back(bp4=lambda d, a: a @ d.T / d.shape[1]), "transpose BP4: delta @ a.T"),
        (back(behind=1), "BP4 is one layer off"),
        (back(bp2=lambda w, delta, z: (w @ delta) * slope(z)), "transpose w in BP2"),
        (back(bp2=lambda w, delta, z: delta), "carry it back with BP2"),
        (back_with_the_output_error_everywhere, "the error of the last layer alone"),
        (lambda *args: tuple(reversed(back()(*args))), "nabla_b comes first"),
        (lambda *args: tuple(list(reversed(n)) for n in back()(*args)), "the order of layers is wrong"),
        (back(first=[0]), "the first example"),
        (back_without_the_hidden_layers, "only the last layer has its gradient"),
        (lambda *args: back()(*args)[1], "nabla_b"),
        (lambda *args: [n[1:] for n in back()(*args)], "expected nabla_b[0], nabla_b[1]"),
        (back_that_learns, "it changes its argument net"),
        (lambda net, x, y: back(first=[random.randrange(x.shape[1])])(net, x, y + np.random.random(y.shape)),  # noqa: NPY002
         "asked twice"),
    ],
    "scale_weights": [
        (lambda net: [w / 2 for w in net.weights] and None, "the network is as it was"),
        (divided(lambda w: len(w) ** 0.5), "the inputs are the columns, w.shape[1]"),
        (divided(lambda w: w.shape[1]), "the root is missing: np.sqrt"),
        (divided(len), "the columns the inputs, and the root is missing"),
        (divided(lambda w: np.sqrt(w.size)), "the root of the number of weights"),
        (divided(lambda w: 28), "all are divided by 28, the root of 784"),
        (divided(lambda w: 5), "all are divided by 5: each layer"),
        (divided(lambda w: 1 / np.sqrt(w.shape[1])), "this multiplies"),
        (lambda net: divided(root)(SimpleNamespace(weights=net.weights[:1])), "only the first layer"),
        (lambda net: divided(root)(SimpleNamespace(weights=net.weights[-1:])), "only the last layer"),
        (lambda net: divided(lambda _: np.sqrt(net.sizes[0]))(net), "by the first layer's root"),
        (biases_too, "the biases are divided too"),
    ],
    "cross_entropy": [
        (lambda a, y: -surprise(a, y).sum(), "this is the sum over the batch"),
        (lambda a, y: surprise(a, y).sum() / len(y[0]), "the sign is wrong: logarithms"),
        (lambda a, y: -np.mean(surprise(a, y)), "divides by the number of outputs as well"),
        (lambda a, y: -surprise(a, y).sum() / len(y), "len(a) counts rows"),
        (lambda a, y: -surprise(a, y).sum() / (2 * y.shape[1]), "the half belongs to the quadratic cost"),
        (lambda a, y: -np.sum(y * np.log(a)) / y.shape[1], "the outputs that should say 0 cost as well"),
        (lambda a, y: -np.sum((1 - y) * np.log(1 - a)) / y.shape[1], "the outputs that should say 1"),
        (lambda a, y: -(2 * y * np.log(a) - surprise(a, y)).sum() / y.shape[1], "the two terms are added"),
        (lambda a, y: -surprise(1 - a, y).sum() / y.shape[1], "1 - y belongs to 1 - a"),
        (lambda a, y: -np.log(a - a * a).sum() / y.shape[1], "the weights y and 1 - y are missing"),
        (lambda a, y: -surprise(a, y, np.log2).sum() / y.shape[1], "log2 is to another base"),
        (lambda a, y: -surprise(a, y, np.log10).sum() / y.shape[1], "log10 is to another base"),
        (lambda a, y: -surprise(a, y).sum(0), "these are the examples' own costs"),
        (lambda a, y: -surprise(a, y).mean(1), "axis=1 keeps the outputs apart"),
        (mnet.quadratic_cost, "this is the quadratic cost of lesson 04"),
    ],
    "update_with_decay": [
        (lambda net, x, y, eta, decay: gradient(net, x, y) and None, "the network is as it was"),
        (decayed(lambda eta, decay: 1), "the weights do not decay"),
        (decayed(lambda eta, decay: 1 - decay), "the learning rate is missing in"),
        (decayed(lambda eta, decay: 1 + eta * decay), "the weights grow"),
        (decayed(lambda eta, decay: 1 - eta), "the decay is missing in"),
        (decayed(lambda eta, decay: eta * decay), "1 - is missing"),
        (decayed(biases=True), "the biases decay too"),
        (decayed(lambda eta, decay: 1 - decay, biases=True), "1 - eta * decay, and the biases decay too"),
        (decayed(last=True), "the step shrinks as well"),
        (decayed(sign=-1), "the sign of the step is wrong"),
        (decayed(lambda eta, decay: 1 - eta * decay / 2), "the half of λ/2 w² is gone"),
        (decayed(lambda eta, decay: 1 - 2 * eta * decay), "no factor 2"),
        (decayed(error=mnet.output_error), "this is the step of the quadratic cost"),
        (decayed(sign=0), "the gradient is missing"),
        (decayed(lambda eta, decay: (1 - eta * decay) ** 2), "the weights decay twice"),
    ],
    "update_mini_batch": [
        (update_half(lambda p, n, eta: p + eta * n), "in the biases alone, the sign"),
        (update_half(lambda p, n, eta: -eta * n), "in the biases alone, b is missing"),
        (lambda net, x, y, eta: update()(net, x, y, eta / len(x)), "len(x) counts rows"),
        (update(lambda p, n, eta: p + eta * n), "this is uphill"),
        (update(lambda p, n, eta: eta * n), "w - is missing"),
        (update(lambda p, n, eta: -eta * n), "w is missing"),
        (update(lambda p, n, eta: p - n), "eta is missing"),
        (update(lambda p, n, eta: p - n / eta), "eta multiplies"),
        (lambda net, x, y, eta: update()(net, x, y, eta / x.shape[1]), "do not divide by m again"),
        (lambda net, x, y, eta: update()(net, x, y, eta * x.shape[1]), "the step of the sum"),
        (lambda net, x, y, eta: update()(net, x, y, eta * x.shape[1] / len(x)), "number of columns"),
        (update(b=False), "the biases have not moved"),
        (update(w=False), "the weights have not moved"),
        (lambda *args: (update(b=False)(*args), update(w=False)(*args)), "the biases' comes after"),
        (lambda *args: (update(w=False)(*args), update(b=False)(*args)), "the weights' comes after"),
        (update_that_forgets, "makes a new array that is lost"),
        (update_that_returns, "and so is one that you return"),
        (lambda *args: (update()(*args), update()(*args)), "the step is taken twice"),
        (update_example_by_example, "a step for each example"),
        (lambda net, x, y, eta: update()(net, x[:, [0]], y[:, [0]], eta), "only the first example"),
        (update_that_scales_x, "it changes its argument x"),
        (update(grad=lambda *args: gradient(*args)[::-1]), "(3, 1): backprop gives nabla_b first"),
        (update_with_the_gradients_exchanged, "backprop gives nabla_b first"),
        (update_on_the_lists, "needs a loop over its layers"),
        (lambda net, x, y, eta: update()(net, x, y, eta * random.random()), "asked twice"),
    ],
}  # fmt: skip

RIGHT = {
    "one_hot": [
        own(mnet.one_hot),
        one_hot_in_a_loop,
        one_hot_by_index,
        lambda d: np.eye(10)[d].T,
        lambda d: np.eye(10)[:, d],
        lambda d: np.eye(10, dtype=np.float32)[list(d)].T,
        lambda d: (np.arange(10)[:, None] == d).astype(int),
        lambda d: np.arange(10).reshape(10, 1) == d,
        lambda d: [[1 if label == row else 0 for label in d] for row in range(10)],
        lambda d: np.hstack([column(label) for label in d]),
        lambda d: np.where(np.arange(10)[:, None] == d[None, :], 1.0, 0.0),
        lambda d: np.identity(10).take(d, axis=1),
        lambda d: np.transpose([np.bincount([label], minlength=10) for label in d]),
        lambda d: np.column_stack([np.eye(10)[label] for label in d]),
    ],
    "sigmoid": [
        quiet(own(mnet.sigmoid)),
        quiet(lambda z: 1 / (1 + np.exp(-z))),
        quiet(lambda z: (1 + np.exp(-z)) ** -1),
        quiet(lambda z: 1.0 / (1.0 + np.exp(-z.astype(np.float32)))),
        quiet(lambda z: np.divide(1, np.add(1, np.power(math.e, -z)))),
        lambda z: (1 + np.tanh(z / 2)) / 2,
        lambda z: 1 / (1 + np.exp(-np.clip(z, -500, 500))),
        elementwise(logistic),
        np.vectorize(logistic),
        lambda z: [[logistic(t) for t in row] for row in z],
        lambda z: np.exp(-np.logaddexp(0, -z)),
        sigmoid_by_masks,
        sigmoid_by_pieces,
        lambda z: np.where(z < -700, 0, 1 / (1 + np.exp(-np.maximum(z, -700)))),
    ],
    "sigmoid_prime": [
        quiet(own(mnet.sigmoid_prime)),
        lambda z: σ(z) * (1 - σ(z)),
        lambda z: σ(z) * σ(-z),
        lambda z: σ(z) - σ(z) ** 2,
        lambda z: σ(z).astype(np.float32) * (1 - σ(z)).astype(np.float32),
        lambda z: (1 - np.tanh(z / 2) ** 2) / 4,
        lambda z: np.exp(-abs(z)) / (1 + np.exp(-abs(z))) ** 2,
        elementwise(lambda t: logistic(t) * (1 - logistic(t))),
        np.vectorize(lambda t: logistic(t) * logistic(-t)),
        lambda z: [[logistic(t) * (1 - logistic(t)) for t in row] for row in z],
        lambda z: np.multiply(*(lambda a: (a, 1 - a))(σ(z))),
        lambda z: 0.25 - (σ(z) - 0.5) ** 2,
        slope_by_differences,
    ],
    "feedforward": [
        own(mnet.feedforward),
        forward(lambda w, a, b: σ(w @ a + b)),
        forward(lambda w, a, b: σ(np.einsum("jk,km->jm", w, a) + b)),
        forward(lambda w, a, b: σ((a.T @ w.T + b.T).T)),
        forward(lambda w, a, b: σ(np.hstack([w, b]) @ np.vstack([a, np.ones(a.shape[1])]))),
        forward(lambda w, a, b: 1 / (1 + np.exp(-(w.dot(a) + b)))),
        forward(lambda w, a, b: σ((w @ a + b).astype(np.float32))),
        forward(lambda w, a, b: σ((w[:, :, None] * a).sum(axis=1) + b)),
        forward(lambda w, a, b: σ(w @ a + b), last=np.ndarray.tolist),
        forward_per_example,
        forward_per_neuron,
        forward_recursive,
        forward_with_memory,
        forward_while,
    ],
    "quadratic_cost": [
        own(mnet.quadratic_cost),
        cost_in_loops,
        lambda a, y: np.sum((y - a) ** 2) / (2 * a.shape[1]),
        lambda a, y: 0.5 * np.mean(np.sum((a - y) ** 2, axis=0)),
        lambda a, y: np.linalg.norm(a - y) ** 2 / 2 / a.shape[1],
        lambda a, y: np.mean([np.linalg.norm(d) ** 2 / 2 for d in (y - a).T]),
        lambda a, y: np.einsum("jm,jm->", y - a, y - a) / len(a.T) / 2,
        lambda a, y: np.vdot(y - a, y - a) / (2 * y[0].size),
        lambda a, y: np.trace((y - a).T @ (y - a)) / 2 / y.shape[1],
        lambda a, y: np.mean((y - a) ** 2) * len(y) / 2,
        lambda a, y: sum(sum((y - a) ** 2)) / 2 / len(y[0]),
        lambda a, y: np.float32(((y - a).astype(np.float32) ** 2).sum() / 2 / y.shape[1]),
        lambda a, y: math.fsum(d * d for d in (y - a).flat) / (2 * y.shape[-1]),
        lambda a, y: np.array(cost_in_loops(a, y)),
    ],
    "cost_derivative": [
        own(mnet.cost_derivative),
        derivative_in_loops,
        lambda a, y: a - y,
        lambda a, y: -(y - a),
        lambda a, y: np.subtract(a, y),
        lambda a, y: a + (-1) * y,
        lambda a, y: (a - y).astype(np.float32),
        lambda a, y: (a - y).tolist(),
        lambda a, y: [[p - q for p, q in zip(*rows, strict=True)] for rows in zip(a, y, strict=True)],
        lambda a, y: np.array([a[:, i] - y[:, i] for i in range(a.shape[1])]).T,
        lambda a, y: np.hstack([a[:, [i]] - y[:, [i]] for i in range(a.shape[1])]),
        lambda a, y: 2 * (a - y) / 2,
        lambda a, y: np.where(y == 1, a - 1, a),
    ],
    "backprop": [
        own(mnet.backprop),
        mnet.numerical_gradient,
        back(),
        back(bp3=lambda d: d @ np.ones((d.shape[1], 1)) / d.shape[1]),
        back(bp4=lambda d, a: np.einsum("jm,km->jk", d, a) / d.shape[1]),
        back(bp4=lambda d, a: np.mean([np.outer(d[:, i], a[:, i]) for i in range(d.shape[1])], axis=0)),
        back(bp1=lambda a, y, z: (a - y) * a * (1 - a)),
        back(bp2=lambda w, delta, z: (delta.T @ w).T * σ(z) * (1 - σ(z))),
        back(bp3=lambda d: [[sum(row) / len(row)] for row in d]),
        back_per_example,
        back_by_our_equations,
        back_in_float32,
        lambda *args: [[n.tolist() for n in nablas] for nablas in back()(*args)],
        lambda *args: tuple(map(tuple, back()(*args))),
    ],
    "scale_weights": [
        own(mnet.scale_weights),
        divided(root),
        divided(lambda w: np.sqrt(w.shape[-1])),
        divided(lambda w: math.sqrt(w[0].size)),
        divided(lambda w: np.linalg.norm(np.ones(len(w.T)))),
        lambda net: [np.divide(w, root(w), out=w) for w in net.weights] and None,
        lambda net: [w.__imul__(1 / root(w)) for w in net.weights] and None,
        scaled_by_index,
        scaled_anew,
        lambda net: (divided(root)(net), net)[1],
    ],
    "cross_entropy": [
        own(mnet.cross_entropy),
        lambda a, y: -surprise(a, y).sum() / y.shape[1],
        lambda a, y: -surprise(a, y).sum(axis=0).mean(),
        lambda a, y: -np.log(np.where(y == 1, a, 1 - a)).sum() / y.shape[1],
        lambda a, y: -np.log(abs(1 - y - a)).sum() / a.shape[1],
        lambda a, y: (y * np.log(1 / a) + (1 - y) * np.log(1 / (1 - a))).sum() / a.shape[1],
        lambda a, y: np.mean([-surprise(a[:, i], y[:, i]).sum() for i in range(a.shape[1])]),
        lambda a, y: -len(a) * surprise(a, y).mean(),
        lambda a, y: -math.fsum(surprise(a, y).flat) / y.shape[-1],
        lambda a, y: np.float32(-surprise(a, y).sum() / y.shape[1]),
        lambda a, y: np.array(-surprise(a, y).sum() / y.shape[1]),
    ],
    "update_with_decay": [
        own(mnet.update_with_decay),
        decayed(),
        decayed(lambda eta, decay: 1 - decay * eta, error=lambda a, y, z: a - y),
        lambda net, *args: (decayed()(net, *args), net)[1],
        *(decayed(write=write) for write in DECAYS),
    ],
    "update_mini_batch": [
        own(mnet.update_mini_batch),
        update_in_place,
        update(),
        update(lambda p, n, eta: p + -eta * n),
        update(lambda p, n, eta: np.subtract(p, np.multiply(eta, n))),
        update(lambda p, n, eta: (p - eta * n).astype(np.float32)),
        update(grad=back_per_example),
        update_by_differences,
        update(grad=back()),
        update_per_example,
        update_by_loops,
        lambda net, *args: (update_in_place(net, *args), net)[1],
    ],
}


def cases(table):
    rows = [(name, i, answer) for name, answers in table.items() for i, answer in enumerate(answers)]
    return [pytest.param(name, answer, id=f"{name}-{i}") for name, i, answer in rows]


def unquoted(message):
    """Return the message without the line of code it quotes: the catalogue's phrases stand in that line."""
    return re.sub(r"`.*`", "", message)


# The catalogue


@pytest.mark.parametrize("name", checks.EXERCISES)
def test_the_catalogue_is_full(name):
    assert len({phrase for _, phrase in WRONG[name]}) >= 8
    assert len(RIGHT[name]) >= 10


@pytest.mark.parametrize(("name", "wrong"), cases(WRONG))
def test_a_wrong_answer_is_refused_by_name(name, wrong):
    fn, phrase = wrong
    verdict = getattr(checks, name)(fn)
    assert verdict.passed is False
    assert phrase in unquoted(verdict.message)


@pytest.mark.parametrize(("name", "fn"), cases(RIGHT))
def test_a_right_answer_is_accepted_however_it_is_written(name, fn):
    verdict = getattr(checks, name)(fn)
    assert verdict, verdict
    assert repr(verdict).startswith(f"✓ {name}: right")


@pytest.mark.parametrize("name", checks.EXERCISES)
def test_what_is_handed_over_is_judged_alike_elsewhere(name):
    for fn in [*RIGHT[name], *(fn for fn, _ in WRONG[name]), None, 3]:
        here = getattr(checks, name)(fn)
        kind, *both = unpacked(packed(here.given))
        given = Given(kind, *([_Answer(*fields) for fields in answers] for answers in both))
        assert getattr(checks, name)(given) == here


def test_every_sentence_is_what_its_mistake_gets(monkeypatch):
    judge = exercises.judge
    monkeypatch.setattr(exercises, "judge", lambda *args, **kwargs: (*args, kwargs))
    for name in checks.EXERCISES:
        ours, _, cases, mistakes, kwargs = getattr(checks, name)(None)
        for sentence, fn in mistakes.items():
            verdict = judge(ours, fn, cases, mistakes, **kwargs)
            assert verdict.passed is False
            assert sentence in verdict.message


def test_a_bug_to_spot_is_asked_about_as_it_is_given_and_named_elsewhere():
    def named(name, fn):
        def copy(z):
            return fn(z)

        copy.__name__ = name
        return checks.sigmoid_prime(copy).message.partition("\n")[0]

    given = lambda z: σ(z) * (1 - z)  # noqa: E731
    assert named("slope", given).endswith("is the curve level there?")
    assert named("my_slope", given).endswith("the second factor is 1 - σ(z), not 1 - z.")
    assert named("slope", lambda z: σ(z) * (1 + σ(z))).endswith("1 - σ(z), with a minus.")


def test_each_bug_to_spot_stands_for_a_mistake_that_is_known(monkeypatch):
    monkeypatch.setattr(exercises, "judge", lambda ours, fn, cases, mistakes, **_: mistakes)
    known = {why for name in checks.EXERCISES for why in getattr(checks, name)(None)}
    assert {mistake for mistake, _ in AS_GIVEN.values()} <= known


# What a check says


@pytest.mark.parametrize("name", checks.EXERCISES)
def test_an_empty_answer_is_not_yet(name):
    def dots(*args): ...

    def promise(*args):
        raise NotImplementedError

    for fn in (dots, promise, lambda *args: ..., lambda *args: None, None, ...):
        verdict = getattr(checks, name)(fn)
        assert verdict.passed is None
        assert not verdict
        assert repr(verdict).startswith(f"○ {name}: not yet")


def boom(error):
    def fn(z):
        raise error

    return fn


def endless(z):
    return endless(z)


def misspelt(z):
    return 1 / (1 + np.exp(-zz))  # noqa: F821


def early(z):
    a += z  # noqa: F821
    return a


class Hostile(Exception):  # noqa: N818
    def __str__(self):
        raise RuntimeError


@pytest.mark.parametrize(
    ("fn", "name", "kind", "line", "cause"),
    [
        (endless, "sigmoid", "RecursionError", "`return endless(z)`", "calls itself"),
        (misspelt, "sigmoid", "NameError", "`return 1 / (1 + np.exp(-zz))", "spelled right"),
        (lambda a, y: np.ln(a), "cross_entropy", "AttributeError", "np.ln(a)", "ln as np.log"),
        (early, "sigmoid", "UnboundLocalError", "`a += z", "before it has a value"),
        (boom(SystemExit(1)), "sigmoid", "SystemExit", "`raise error`", "ends the whole program"),
        (boom(AssertionError()), "sigmoid", "AssertionError", "`raise error`", "print what this line"),
        (boom(ZeroDivisionError("division by zero")), "sigmoid", "ZeroDivisionError", "line", "is 0"),
        (boom(Hostile()), "sigmoid", "Hostile", "`raise error`", "print what this line"),
        (
            boom(ValueError(f"at {object()}\nand so on")),
            "sigmoid",
            "ValueError",
            "object> and so on",
            "print",
        ),
        (lambda: 0, "sigmoid", "TypeError", "1 was given", "the course calls it as sigmoid(z)"),
        (lambda z: -list(z), "sigmoid", "TypeError", "`(lambda z: -list(z)", "a list is no array"),
        (lambda z: 1 if z > 0 else 0, "sigmoid", "ValueError", "lambda z", "np.where"),
        (lambda net, x: net.w[0] @ x, "feedforward", "AttributeError", "net.w[0]", "weights and biases"),
        (
            lambda net, x: net.weights[3] @ x,
            "feedforward",
            "IndexError",
            "weights[3]",
            "counting starts at 0",
        ),
        (lambda net, x: x @ x, "feedforward", "ValueError", "x @ x, x is (4, 5) (", "is a transpose"),
        (lambda net, x: mnet.feedforward(net, x.T), "feedforward", "ValueError", "x.T", "is a transpose"),
        (
            lambda a, y: [b for b, c in a],
            "quadratic_cost",
            "ValueError",
            "b for b",
            "names on the left",
        ),
        (sys.exit, "sigmoid", "SystemExit", "SystemExit", "return ends the function"),
    ],
)
def test_what_an_answer_raises_is_explained(fn, name, kind, line, cause):
    message = getattr(checks, name)(fn).message
    assert message.startswith(f"{name}: ")
    assert kind in unquoted(message)
    assert line in message
    assert cause in unquoted(message)
    assert " at 0x" not in message
    assert len(message.splitlines()) == 2


def test_a_mistake_is_named_only_if_every_answer_fits():
    verdict = checks.sigmoid(lambda z: σ(-z) if z.size == 2 else 1 / 0)
    assert "ZeroDivisionError" in verdict.message
    assert "exponent" not in verdict.message


def test_the_interrupt_goes_through():
    with pytest.raises(KeyboardInterrupt):
        checks.sigmoid(boom(KeyboardInterrupt()))


class Odd:
    def __array__(self, *args, **kwargs):
        raise RuntimeError


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("0.5", "is a str, expected numbers of shape (2, 3)"),
        ([[1.0], [1.0, 2.0]], "all rows of one length"),
        ({"a": 1}, "is a dict"),
        (1j, "is a complex"),
        (Odd(), "is a Odd"),
        (object, "is a type"),
        ([None] * 2, "is a list"),
        (math.nan, "has shape ()"),
        (np.full((2, 3), np.nan), "NaN comes from"),
        (np.full((2, 3), np.inf), "is inf, expected 0.119203"),
    ],
)
def test_whatever_an_answer_returns_is_refused_in_words(value, words):
    verdict = checks.sigmoid(lambda z: value)
    assert verdict.passed is False
    assert words in verdict.message


@pytest.mark.parametrize("value", [0, None, (), [[], []], ([1, 2], 3), np.zeros(2), np.array(1.0), "ab"])
def test_backprop_refuses_what_is_no_pair_of_lists(value):
    assert not checks.backprop(lambda net, x, y: value)


def test_a_result_instead_of_the_function_is_told_so():
    verdict = checks.sigmoid(0.5)
    assert verdict.passed is False
    assert "checks.sigmoid(sigmoid)" in verdict.message


def test_a_network_taken_apart_is_refused():
    def vandal(net, x, y, eta):
        del net.weights, net.biases[0]

    for fn in (vandal, lambda net, *_: setattr(net, "weights", 3), lambda net, *_: net.weights.pop()):
        assert checks.update_mini_batch(fn).passed is False


def test_a_shape_and_a_number_are_named():
    message = checks.backprop(back(bp4=lambda d, a: a @ d.T / d.shape[1])).message
    assert "nabla_w[0] has shape (4, 3), expected (3, 4): transpose BP4: delta @ a.T" in message
    right, wrong = σ(np.array([-2.0, 2.0]))
    assert f"sigmoid(z)[0, 0] is {wrong:.6g}, expected {right:.6g}" in checks.sigmoid(lambda z: σ(-z)).message


def test_what_is_right_of_several_arrays_is_said():
    assert "Right are nabla_w[0], nabla_w[1] of the 4." in checks.backprop(back_with_rows("b")).message
    assert "Right are none of the 4." in checks.backprop(back(bp1=lambda a, y, z: y - a)).message
    half = checks.update_mini_batch(update_half(lambda p, n, eta: p + eta * n)).message
    assert "Right are weights[0], weights[1] of the 4." in half
    assert "Right are" not in checks.sigmoid(np.tanh).message


def test_the_questions_can_be_worked_out_on_paper():
    for name in "feedforward", "backprop":
        asked = getattr(checks, name)(lambda *args: 0).message.partition("Asked: ")[2]
        assert not re.search(r"\d\.\d\d", asked), asked


@pytest.mark.parametrize("name", checks.EXERCISES)
def test_the_course_s_function_is_no_answer(name):
    ours = getattr(mnet, name)
    for fn in ours, lambda *args: ours(*args):
        verdict = getattr(checks, name)(fn)
        assert verdict.passed is False
        assert f"this calls mnet.{name}: write it yourself" in verdict.message


@pytest.mark.parametrize(
    ("question", "value", "passed"),
    [
        ("00 small", "Hardly  moves.", True),
        ("00 small", "'hardly moves'", True),
        ("05 red", "BP2: forget σ′", True),
        ("05 red", "BP1: forget σ′", False),
        ("04 curves", "b, c, a", True),
        ("04 curves", ["B", "C", "A"], True),
        ("04 curves", "BAC", False),
        ("04 eta", True, False),
        ("04 eta", "1", False),
        ("04 eta", np.True_, False),
        ("04 eta", 0.5, True),
        ("01 pixel", ["14", "8"], False),
        ("01 pixel", (14, 8), True),
        ("00 steps", "5000", False),
    ],
)
def test_a_word_is_taken_as_it_is_meant_and_a_number_as_a_number(question, value, passed):
    assert checks.answer(question, value).passed is passed


def test_another_kind_than_a_number_is_named():
    assert "not True or False" in checks.answer("04 eta", True).message
    assert "without the quotes" in checks.answer("04 eta", "1").message


def test_one_number_in_brackets_is_that_number():
    assert checks.answer("04 eta", np.array([[0.5]])).passed
    assert checks.answer("00 steps", [5000]).passed
    assert "ten images make a step, not a hundred" in checks.answer("00 steps", np.array([500])).message


@pytest.mark.parametrize(("question", "value"), [("07a spread", 35), ("08 half", 9.0), ("03 half", -2)])
def test_a_right_number_of_too_few_digits_is_told_so(question, value):
    verdict = checks.answer(question, value)
    assert verdict.passed is False
    assert "give more digits" in verdict.message


def test_only_the_last_digit_can_be_off():
    assert checks.sigmoid(lambda z: RIGHT["sigmoid"][1](z) * (1 + 1e-7))
    assert checks.sigmoid_prime(lambda z: RIGHT["sigmoid_prime"][1](z) + 1e-7)
    assert not checks.sigmoid(lambda z: σ(z) + 1e-4)
    assert not checks.backprop(lambda *args: [[n + 1e-4 for n in nablas] for nablas in gradient(*args)])


def test_a_verdict_is_the_same_each_time_and_says_it_in_two_lines():
    for name in checks.EXERCISES:
        for fn in [*RIGHT[name], *(fn for fn, _ in WRONG[name])]:
            first, second = (repr(getattr(checks, name)(fn)) for _ in range(2))
            assert first == second
            assert first[:2] in ("✓ ", "✗ ")
            assert len(first.splitlines()) == (1 if first[0] == "✓" or "the course's" in first else 2)
            assert ".." not in first
            assert "?." not in first


def test_the_bare_marks():
    verdicts = [checks.Verdict(True, "a"), checks.Verdict(False, "b"), checks.Verdict(None, "c")]
    assert [*map(repr, verdicts)] == ["✓ a", "✗ b", "○ c"]
    assert [*map(bool, verdicts)] == [True, False, False]


# Who is told


@pytest.fixture
def told(monkeypatch):
    """Return the list of what a watcher is told."""
    told = []
    monkeypatch.setattr(checks, "watchers", [lambda *verdict: told.append(verdict)])
    return told


@pytest.mark.parametrize("name", checks.EXERCISES)
def test_a_watcher_is_told_of_each_verdict_once_and_of_who_asks(name, told):
    mine = getattr(mnet, name)
    verdict = getattr(checks, name)(fn=mine)
    ((check, passed, arguments, names),) = told
    assert (check, passed, arguments) == (name, verdict, (mine,))
    assert names["mine"] is mine


def test_a_watcher_is_told_of_answers_and_goals(told):
    checks.answer("02 bias", -12)
    checks.goal(Run(START), 0.95, 10)
    assert [(name, verdict.passed) for name, verdict, *_ in told] == [("answer", True), ("goal", None)]


def test_a_watcher_is_not_told_of_what_is_plugged_in(told):
    with checks.plugged_in(sigmoid=RIGHT["sigmoid"][1]):
        assert told == []


# What a check leaves alone


def test_what_an_answer_prints_stays_inside():
    with redirect_stdout(io.StringIO()) as printed:
        checks.sigmoid(sigmoid_that_prints)
    assert printed.getvalue() == ""


def test_a_check_leaves_global_settings_and_the_random_numbers_alone():
    before = np.random.get_state()[1].tolist(), np.geterr(), sys.stdout, random.getstate()  # noqa: NPY002
    checks.sigmoid(lambda z: np.seterr(all="raise") and σ(z))
    for name in checks.EXERCISES:
        getattr(checks, name)(getattr(mnet, name))
    assert before == (np.random.get_state()[1].tolist(), np.geterr(), sys.stdout, random.getstate())  # noqa: NPY002


def test_an_argument_that_is_changed_is_changed_for_nobody_else():
    kept = []
    assert "changes its argument z" in checks.sigmoid(lambda z: (kept.append(z), z.fill(7), σ(z))[2]).message
    assert checks.sigmoid(RIGHT["sigmoid"][1])
    assert all((z == 7).all() for z in kept)


# Plugged in


@pytest.fixture
def counted():
    """Return a function that counts the calls of another one."""

    def count(fn):
        def counting(*args):
            counting.calls += 1
            return fn(*args)

        counting.calls = 0
        return counting

    return count


APART = (
    "one_hot",
    "scale_weights",
    "feedforward",
    "quadratic_cost",
    "cross_entropy",
    "update_with_decay",
)  # from lesson 06's loop
TRAINED = [name for name in checks.EXERCISES if name not in APART]


def train(small):
    rng = np.random.default_rng(0)
    net = Network([784, 8, 10], rng)
    list(mnet.sgd(net, small, 1, 10, 3.0, rng))
    return net


@pytest.mark.parametrize("name", TRAINED)
def test_training_runs_on_an_answer_and_learns_the_same(name, small, counted):
    ours, mine = train(small), counted(RIGHT[name][1 if name != "backprop" else 2])
    with checks.plugged_in(**{name: mine}):
        checked = mine.calls
        theirs = train(small)
        used = mine.calls
    assert used - checked >= 100
    for w, mine_w in zip(ours.weights, theirs.weights, strict=True):
        np.testing.assert_allclose(w, mine_w, atol=1e-3)
    train(small)
    assert mine.calls == used


@pytest.mark.parametrize("name", [name for name in checks.EXERCISES if name != "one_hot"])
def test_every_right_answer_can_be_plugged_in(name, small):
    x, y = small.columns(slice(0, 5))
    for fn in (fn for fn in RIGHT[name] if fn not in SLOW):
        net = Network([784, 8, 10], np.random.default_rng(0))
        with checks.plugged_in(**{name: fn}):
            mnet.update_mini_batch(net, x, y, 3.0)
            assert mnet.predict(net, x).shape == (5,)
            assert isinstance(mnet.quadratic_cost(mnet.feedforward(net, x), y), float)


@pytest.mark.parametrize(("name", "slow"), [("backprop", SLOW[0]), ("update_mini_batch", SLOW[1])])
def test_a_measured_gradient_is_right_and_not_to_learn_with(name, slow):
    assert getattr(checks, name)(slow)
    with pytest.raises(ValueError, match=f"{name}: right, but it measures: .* check with it"):
        checks.plugged_in(**{name: slow})
    assert getattr(mnet, name) is OURS[name]


def test_answers_work_together_until_closed():
    ours = {name: getattr(mnet, name) for name in checks.EXERCISES}
    plugs = checks.plugged_in(**{name: RIGHT[name][3] for name in checks.EXERCISES})
    assert not any(getattr(mnet, name) is ours[name] for name in ours)
    assert sys.modules["mnet.backprop"].sigmoid is mnet.sigmoid.__wrapped__
    assert not checks.sigmoid(np.tanh)
    plugs.close()
    assert all(getattr(mnet, name) is ours[name] for name in ours)


def test_a_cell_that_plugs_in_can_be_run_again():
    checks.plugged_in(sigmoid=RIGHT["sigmoid"][1])
    first = mnet.sigmoid
    newer = checks.plugged_in(sigmoid=RIGHT["sigmoid"][2])
    assert mnet.sigmoid is not first
    assert sys.modules["mnet.feedforward"].sigmoid is mnet.sigmoid.__wrapped__
    newer.close()
    assert mnet.sigmoid is σ
    assert sys.modules["mnet.feedforward"].sigmoid is σ.__wrapped__


def test_the_source_that_a_lesson_shows_is_yours(capsys):
    with checks.plugged_in(sigmoid=sigmoid_by_pieces):
        figures.source(mnet.sigmoid)
    assert capsys.readouterr().out.startswith("def sigmoid_by_pieces(z):")


def test_a_design_is_judged_by_the_course_s_feedforward_though_yours_is_plugged_in():
    net = Network([2, 2, 1])
    net.weights = [np.full((2, 2), 20.0), np.array([[20.0, -20.0]])]
    net.biases = [np.array([[-10.0], [-30.0]]), np.array([[-10.0]])]
    with checks.plugged_in(feedforward=forward(lambda w, a, b: σ(w @ a + b * np.ones((1, a.shape[1]))))):
        assert checks.answer("03 design", net)


def test_an_answer_not_written_yet_leaves_ours_in_place():
    with checks.plugged_in(sigmoid=lambda z: ..., sigmoid_prime=RIGHT["sigmoid_prime"][1]):
        assert mnet.sigmoid is σ
        assert mnet.sigmoid_prime is not slope


def test_a_wrong_answer_is_not_plugged_in_and_takes_the_others_out():
    with pytest.raises(ValueError, match="this is tanh"):
        checks.plugged_in(sigmoid_prime=RIGHT["sigmoid_prime"][1], sigmoid=np.tanh)
    assert mnet.sigmoid_prime is slope
    with pytest.raises(ValueError, match="predict is no exercise, wanted one of one_hot, sigmoid"):
        checks.plugged_in(predict=mnet.predict)


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_question_knows_its_answer_and_the_common_mistakes(name):
    right, mistakes, hint, _ = QUESTIONS[name]
    assert checks.answer(name, ...).passed is None
    assert checks.answer(name, None).passed is None
    if not callable(right):
        assert checks.answer(name, right).passed
        assert checks.answer(name, np.asarray(right) if not isinstance(right, str) else f" {right} ").passed
    assert len(mistakes) >= 3
    for why, wrong in mistakes.items():
        if not callable(wrong):
            verdict = checks.answer(name, wrong)
            assert verdict.passed is False, why
            assert why in verdict.message, (why, verdict.message)
    for nonsense in "what?", {}, [[]], object(), np.nan, float("inf"), lambda: 1, [1, 2, 3, 4, 5, 6, 7]:
        verdict = checks.answer(name, nonsense)
        assert verdict.passed is False
        known = [hint, *mistakes, "without the quotes"]
        assert any(why in verdict.message for why in known)
        assert " at 0x" not in verdict.message


@pytest.mark.parametrize(
    ("hidden", "output", "said"),
    [
        ([[2, 2, -1], [2, 2, -3]], [2, -2, -1], "all four lean the right way"),
        ([[20, 20, -10], [20, 20, -10]], [20, -20, -10], "both hidden neurons ask the same"),
        ([[20, 20, -10], [20, 20, -10]], [20, 20, -10], "both hidden neurons ask the same"),
        ([[0, 0, 0], [0, 0, 0]], [1, 1, 0], "the same to all four"),
        ([[20, 20, -10], [20, 20, -30]], [20, -20, 0], "yes to the 1"),
        ([[20, 20, -10], [20, 20, -30]], [20, 0, -10], "yes to the 8"),
        ([[0, 20, -10], [20, 20, -30]], [20, -20, -10], "no to the 9"),
        ([[20, 0, -10], [20, 20, -30]], [20, -20, -10], "no to the 6"),
    ],
)
def test_a_network_of_one_s_own_is_told_what_it_lacks(hidden, output, said):
    net = Network([2, 2, 1])
    (w, b), (w_out, b_out) = (np.split(np.array(rows, float), [2], axis=1) for rows in (hidden, [output]))
    net.weights, net.biases = [w, w_out], [b, b_out]
    assert said in checks.answer("03 design", net).message


def test_a_question_that_no_lesson_asks_is_refused():
    with pytest.raises(ValueError, match="no lesson asks 'who', wanted one of 0"):
        checks.answer("who", 3)


def test_each_question_is_asked_in_its_lesson():
    for name in QUESTIONS:
        (source,) = (Path(__file__).parents[1] / "notebooks" / "src").glob(f"{name.partition(' ')[0]}_*.py")
        assert source.read_text(encoding="utf-8").count(f'checks.answer("{name}",') == 2, name


class Run:
    """What `checks.goal` looks at in a panel."""

    def __init__(self, *points, ghosts=()):
        self.training, self.validation = self, points
        self.net = Network([784, 40, 10])
        self.ghosts = [{"validation": ghost, "sizes": [784, 30, 10]} for ghost in ghosts]

    def verdict(self):
        return "The cost hardly moves."


START = (0, 2.0, 0.1)


@pytest.mark.parametrize(
    ("run", "passed", "words"),
    [
        (Run(START), None, "not yet: press Run in the panel, and check again; wanted 95 % within 10 epochs."),
        (Run(START, (9.5, 0.2, 0.951)), True, "right: 95.1 % after 9.5 epochs, wanted 95 % within 10."),
        (Run(START, (10, 0.2, 0.95)), True, "right: 95.0 % after 10.0 epochs"),
        (Run(START, (12, 0.2, 0.96)), False, "too slow: 96.0 % after 12.0 epochs, wanted 95 % within 10: a "),
        (
            Run(START, (4, 0.9, 0.91), (5, 1, 0.9)),
            False,
            "not there: 91.0 % after 4.0 epochs, wanted 95 % wi",
        ),
        (Run(START, ghosts=[[START, (3, 0.2, 0.97)]]), True, "right: 97.0 % after 3.0 epochs"),
        (Run(START, (1, 2, 0.1), ghosts=[[START, (3, 0.2, 0.93)]]), False, "93.0 % after 3.0 epochs"),
    ],
)
def test_a_goal_is_reached_in_time_or_says_what_is_short(run, passed, words):
    verdict = checks.goal(run, 0.95, 10)
    assert verdict.passed is passed
    assert words in verdict.message
    if "not there" in words:
        assert "The cost hardly moves." in verdict.message


def test_a_goal_for_small_networks_is_reached_by_no_larger_one():
    fast = START, (1, 0.1, 0.97)
    assert checks.goal(Run(*fast), 0.95, 10, hidden=40)
    assert "more than 30 hidden neurons" in checks.goal(Run(*fast), 0.95, 10, hidden=30).message
    assert checks.goal(Run(*fast, ghosts=[[START, (2, 0.1, 0.5)]]), 0.95, 10, hidden=30).passed is False
    assert checks.goal(Run(START, ghosts=[fast]), 0.95, 10, hidden=30)


def test_a_plugged_in_answer_takes_arguments_by_name():
    net, x, y = Network([3, 2], np.random.default_rng(0)), np.ones((3, 1)), np.ones((2, 1))
    calls = []

    def mine(n, pixels, targets, rate):
        calls.append(rate)
        update_in_place(n, pixels, targets, rate)

    with checks.plugged_in(update_mini_batch=mine, backprop=RIGHT["backprop"][2]):
        mnet.update_mini_batch(net, x, y, eta=2.5)
        mnet.backprop(net, x, y, output_error=mnet.output_error)
    assert calls[-1] == 2.5


@pytest.mark.parametrize("names", [["sigmoid"], ["sigmoid_prime", "backprop"], [*checks.EXERCISES]])
def test_a_training_with_your_functions_is_the_training_with_ours(small, names):
    nets = []
    for answers in {}, {name: RIGHT[name][0] for name in names}:
        with checks.plugged_in(**answers):
            rng = np.random.default_rng(0)
            nets.append(mnet.Network([784, 12, 10], rng))
            list(mnet.sgd(nets[-1], small, 1, 10, 3.0, rng))
    for ours, yours in zip(nets[0].weights + nets[0].biases, nets[1].weights + nets[1].biases, strict=True):
        np.testing.assert_allclose(ours, yours, atol=1e-3)


def test_a_backprop_of_yours_leaves_another_cost_to_ours():
    net, x, y = Network([4, 3, 2], np.random.default_rng(0), np.float64), np.full((4, 2), 0.5), np.eye(2)
    wanted = gradient(net, x, y, output_error=mnet.cross_entropy_error).nabla_w[0]
    moved = net.weights[0] - wanted
    with checks.plugged_in(backprop=RIGHT["backprop"][2]):
        found = mnet.backprop(net, x, y, output_error=mnet.cross_entropy_error)
        mnet.update_with_decay(net, x, y, 1.0, 0.0)
    np.testing.assert_array_equal(found.nabla_w[0], wanted)
    np.testing.assert_array_equal(net.weights[0], moved)
