"""Backpropagation by equations that may be broken: step by step, verified one by one, and learnt with.

Lesson 05's panel shows it, and the exercise's check knows mistakes by it.
"""

from collections import namedtuple
from contextlib import suppress
from functools import cache

import numpy as np

from mnet.backprop import bias_gradient, numerical_gradient, output_error, propagate_error, weight_gradient
from mnet.cost import quadratic_cost
from mnet.feedforward import Network, feedforward
from mnet.sigmoid import sigmoid, sigmoid_prime

EQUATIONS = {"BP1": output_error, "BP2": propagate_error, "BP3": bias_gradient, "BP4": weight_gradient}

BROKEN = [  # what the learner reads, the equation it breaks, how that is then written, and what it does
    ("BP1: forget σ′", "BP1", "δ = a - y", lambda a, y, z: a - y),
    ("BP1: wrong sign", "BP1", "δ = (y - a) ⊙ σ′(z)", lambda a, y, z: (y - a) * sigmoid_prime(z)),
    ("BP2: forget σ′", "BP2", "δ = wᵀ δ", lambda w, delta, z: w.T @ delta),
    ("BP2: w, not its transpose", "BP2", "δ = (w δ) ⊙ σ′(z)",
     lambda w, delta, z: (w @ delta) * sigmoid_prime(z)),
    ("BP3: sum, not mean", "BP3", "∂C/∂b = Σ δ", lambda delta: delta.sum(axis=1, keepdims=True)),
    ("BP4: product transposed", "BP4", "∂C/∂w = {a} δᵀ", lambda delta, a: a @ delta.T / delta.shape[1]),
]  # fmt: skip
BREAKS = {"nothing": {}} | {words: {name: function} for words, name, _, function in BROKEN}
WRITTEN = {function: formula for _, _, formula, function in BROKEN} | {
    output_error: "δ = (a - y) ⊙ σ′(z)",
    propagate_error: "δ = (wᵀ δ) ⊙ σ′(z)",
    bias_gradient: "∂C/∂b = δ",
    weight_gradient: "∂C/∂w = δ {a}ᵀ",
}

Comparison = namedtuple("Comparison", "name passed words")
Step = namedtuple(
    "Step", "name formula values links broken"
)  # links: a layer's number and what its lines show


def backward(net, x, y, broken, w_off=0, z_off=0, a_off=0):
    """Yield δ, nabla_b and nabla_w of each layer, the last layer's first, by these equations.

    `broken` is a value of BREAKS: functions in the place of ours. The others are mistakes too: by how many
    layers the w or the z that BP2 gets is off, or the a that BP4 gets.
    """
    bp1, bp2, bp3, bp4 = (EQUATIONS | broken).values()
    activations, zs = _forward(net, x)
    delta = bp1(activations[-1], y, zs[-1])
    for l in reversed(range(len(zs))):
        yield delta, bp3(delta), bp4(delta, activations[l + a_off])
        if l > 0:
            delta = bp2(net.weights[l + w_off], delta, zs[l - 1 + z_off])


def steps(net, x, y, broken):
    """Return the Steps of one example (784, 1) through a network of one hidden layer and back.

    `broken` is a value of BREAKS. Where a broken equation cannot be computed, values are None.
    """
    (w, w_out), (b, b_out) = net.weights, net.biases
    (_, a, a_out), (z, z_out) = _forward(net, x)
    (delta, _, nabla), (delta_out, _, nabla_out) = _layers(net, x, y, broken)
    says = {name: WRITTEN[equation] for name, equation in (EQUATIONS | broken).items()}
    gradient = f"{says['BP3']}, {says['BP4']}"
    product = f"{w_out.shape}ᵀ {delta_out.shape} ⊙ {z.shape}"
    table = [
        ("the image", "x", x.reshape(28, 28)),
        ("forward, hidden layer", f"a = σ(w x + b): σ({w.shape} {x.shape} + {b.shape})", a),
        ("forward, output layer", f"a = σ(w a + b): σ({w_out.shape} {a.shape} + {b_out.shape})", a_out),
        ("cost", f"C = ‖y - a‖² / 2 = {quadratic_cost(a_out, y):.2f}; its slope along a is a - y", a_out - y),
        ("output error, BP1", f"{says['BP1']}: {a_out.shape} ⊙ {z_out.shape}", delta_out),
        ("one layer back, BP2", f"{says['BP2']}: {product}", delta),
        ("output gradient, BP3 and BP4", f"{gradient.format(a='a')}: {z_out.shape} {a.shape}ᵀ", nabla_out),
        ("hidden gradient, BP3 and BP4", f"{gradient.format(a='x')}: {z.shape} {x.shape}ᵀ", nabla),
    ]  # fmt: skip
    lines = {
        1: (0, w * x.T),
        2: (1, w_out * a.T),
        5: (1, w_out * delta_out),
        6: (1, nabla_out),
        7: (0, nabla),
    }
    return [Step(*row, _fitting(lines.get(k), net), any(name in row[0] for name in broken))
            for k, row in enumerate(table)]  # fmt: skip


def _fitting(lines, net):
    """Return the lines if there is one for each weight; a broken equation may give other shapes."""
    return lines if lines and np.shape(lines[1]) == net.weights[lines[0]].shape else None


def verify(broken):
    """Return five Comparisons on a small network: each equation alone, by central differences, then all."""
    equations = EQUATIONS | broken
    net, x, y, slow, inputs, wanted = _small()
    found = {name: _attempt(equations[name], *inputs[name]) for name in EQUATIONS}
    alone = [_compare(name, found[name], wanted[name]) for name in EQUATIONS]

    _, nabla_b, nabla_w = zip(*_layers(net, x, y, broken), strict=True)
    names = "nabla_b[0]", "nabla_b[1]", "nabla_w[0]", "nabla_w[1]"
    pairs = zip(names, nabla_b + nabla_w, [*slow.nabla_b, *slow.nabla_w], strict=True)
    wrong = [name for name, f, s in pairs if not _compare(name, f, s).passed]
    words = f"fails:\n{', '.join(wrong[:2])}\n{', '.join(wrong[2:])}" if wrong else "agrees"
    return [*alone, Comparison("all four", not wrong, words)]


@np.errstate(all="ignore")  # a broken equation may lead anywhere
def learning(split, broken, mini_batches=1000, eta=3.0, start=0):
    """Return the costs while a network learns with these equations: one every ten mini-batches.

    Each mini-batch is the next ten images of the split, from the first again after the last. One cost alone
    where no step can be taken, since the shapes do not fit.
    """
    net = Network([784, 30, 10], np.random.default_rng(start))
    sample, wanted = split.columns(slice(0, 250))
    costs = []
    for k in range(mini_batches):
        if k % 10 == 0:
            costs.append(quadratic_cost(feedforward(net, sample), wanted))
        at = 10 * k % len(split)
        x, y = split.columns(slice(at, at + 10))
        _, nabla_b, nabla_w = zip(*_layers(net, x, y, broken), strict=True)
        pairs = [*zip(net.biases + net.weights, nabla_b + nabla_w, strict=True)]
        if any(nabla is None or nabla.shape != p.shape for p, nabla in pairs):
            return costs
        for p, nabla in pairs:
            p -= eta * nabla
    return [*costs, quadratic_cost(feedforward(net, sample), wanted)]


def slopes(function, v, h=1e-5):
    """Return the central difference of a function along each number of the array v."""
    found = np.zeros_like(v)
    for place in np.ndindex(v.shape):
        nudge = np.zeros_like(v)
        nudge[place] = h
        found[place] = (function(v + nudge) - function(v - nudge)) / (2 * h)
    return found


def _layers(net, x, y, broken):
    """Return δ, nabla_b and nabla_w of each layer, the first first; Nones where the shapes do not fit."""
    layers = []
    with suppress(ValueError):
        for layer in backward(net, x, y, broken):
            layers.insert(0, layer)
    return [(None, None, None)] * (len(net.weights) - len(layers)) + layers


def _forward(net, x):
    activations, zs = [x], []
    for w, b in zip(net.weights, net.biases, strict=True):
        zs.append(w @ activations[-1] + b)
        activations.append(sigmoid(zs[-1]))
    return activations, zs


@cache
def _small():
    """Return a network, five examples, their gradient, and each equation's inputs and wanted result."""
    rng = np.random.default_rng(0)
    net, x, y = Network([4, 3, 2], rng, np.float64), rng.random((4, 5)), np.eye(2)[:, [0, 1, 1, 0, 1]]
    (_, a, a_out), (z, z_out) = _forward(net, x)
    w_out, b_out = net.weights[1], net.biases[1]
    m = 5  # δ is the slope of one example's cost, quadratic_cost the mean over five
    delta_out = m * slopes(lambda z: quadratic_cost(sigmoid(z), y), z_out)
    delta = m * slopes(lambda z: quadratic_cost(sigmoid(w_out @ sigmoid(z) + b_out), y), z)
    slow = numerical_gradient(net, x, y)
    inputs = {"BP1": (a_out, y, z_out), "BP2": (w_out, delta_out, z), "BP3": (delta,), "BP4": (delta_out, a)}
    wanted = {"BP1": delta_out, "BP2": delta, "BP3": slow.nabla_b[0], "BP4": slow.nabla_w[1]}
    return net, x, y, slow, inputs, wanted


def _attempt(equation, *arrays):
    """Return what the equation gives, or None where the shapes do not fit."""
    try:
        return equation(*arrays)
    except ValueError:
        return None


def _compare(name, found, wanted):
    if found is None:
        words = "fails: shapes do not fit"
    elif found.shape != wanted.shape:
        words = f"fails: {found.shape}, not {wanted.shape}"
    elif abs(found - wanted).max() > 1e-8:
        words = f"fails: off by up to {abs(found - wanted).max():.2f}"
    else:
        words = "agrees"
    return Comparison(name, words == "agrees", words)
