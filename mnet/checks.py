"""Checks of the exercises, which name the mistake.

Not a lesson. A check asks your function and ours the same small questions. It knows the common mistakes as
code, a wrong function for each sentence that explains one: where your function gives the numbers of a wrong
one, that sentence is the answer. Otherwise it shows the first thing that differs.
"""

import copy
import inspect
import io
import re
import sys
import traceback
import warnings
from collections import namedtuple
from contextlib import ExitStack, redirect_stdout

import numpy as np

import mnet
from mnet.questions import QUESTIONS

EXERCISES = ("one_hot", "sigmoid", "sigmoid_prime", "feedforward")
EXERCISES += ("quadratic_cost", "cost_derivative", "backprop", "update_mini_batch")
_OURS = {name: getattr(mnet, name) for name in EXERCISES}  # kept, since `plugged_in` exchanges what mnet has
_σ, _slope, _feed, _gradient = (_OURS[n] for n in ("sigmoid", "sigmoid_prime", "feedforward", "backprop"))


class Verdict(namedtuple("Verdict", "passed message")):
    """What a check found. passed: True, False, or None for an answer not written yet; message: why.

    >>> Verdict(True, "sigmoid: right"), bool(Verdict(None, "sigmoid: not yet"))
    (✓ sigmoid: right, False)
    """

    __slots__ = ()

    def __bool__(self):
        return self.passed is True

    def __repr__(self):
        return f"{ {True: '✓', False: '✗', None: '○'}[self.passed] } {self.message}"


# The exercises. In a table of mistakes, each sentence stands before the wrong function that it explains.
# fmt: off


def one_hot(fn):
    """Check a function that turns labels (n,) into one-hot columns (10, n): lesson 01.

    >>> one_hot(lambda labels: np.eye(10)[labels])
    ✗ one_hot: one_hot(labels) has shape (3, 10), expected (10, 3): each label is a row here: transpose it.
      Asked: one_hot([3, 0, 7])
    """
    rows, ask = np.eye(10), ([3, 0, 7], [9], [2, 7, 1, 8, 2, 8, 4, 5, 9, 0])
    return _judge("one_hot", fn, [(np.array(labels),) for labels in ask], {
        "each label is a row here: transpose it": lambda d: rows[d],
        "these are the labels themselves: each becomes a column of ten numbers": lambda d: d,
        "rows count from 0: the 1 stands one row too high": lambda d: rows[d - 1].T,
        "rows count from 0: the 1 stands one row too low": lambda d: rows[(d + 1) % 10].T,
        "row 0 is at the top: this is upside down": lambda d: rows[9 - d].T,
        "0 and 1 are exchanged: the 1 marks the digit": lambda d: 1 - rows[d].T,
        "the row of the digit holds a 1, not the digit itself": lambda d: rows[d].T * d,
        "there are ten digits, 0 to 9, so ten rows": lambda d: rows[d].T[:9],
        "ten rows always, not one more than the largest label": lambda d: np.eye(d.max() + 1)[d].T,
        "hang the columns side by side with np.hstack": lambda d: rows[d][..., None],
        "only the first label is there: return stands inside the loop": lambda d: rows[d[:1]].T,
        "all labels share one column: each has its own": lambda d: rows[d].max(axis=0)[:, None],
        "no 1 has been written": lambda d: np.zeros((10, len(d))),
    })


def sigmoid(fn):
    """Check a function that squashes each number of an array z: lesson 02.

    >>> sigmoid(lambda z: 1 / (1 + np.exp(z)))
    ✗ sigmoid: sigmoid(z)[0, 0] is 0.880797, expected 0.119203: this is σ(-z): the exponent is -z.
      Asked: sigmoid([[-2.0, -0.5, 0.25], [0.5, 1.0, 3.0]])
    """
    return _judge("sigmoid", fn, _SLOPES, {
        "this is σ(-z): the exponent is -z": lambda z: _σ(-z),
        "this is 1 + e^(-z): write 1 / (1 + np.exp(-z)), with the brackets": lambda z: 1 + np.exp(-z),
        "this is e^(-z): write 1 / (1 + np.exp(-z))": lambda z: np.exp(-z),
        "the sign before e^(-z) is plus": lambda z: 1 / (1 - np.exp(-z)),
        "e^1000 overflows to infinity, and inf / inf is NaN: 1 / (1 + np.exp(-z)) has no infinity on top":
            lambda z: np.exp(z) / (1 + np.exp(z)),
        "this divides by a sum over all of z: squash each z alone": lambda z: np.exp(z) / np.exp(z).sum(),
        "this is the slope σ′(z), wanted is σ(z)": _slope,
        "this is tanh, from -1 to 1: the sigmoid runs from 0 to 1": np.tanh,
        "this is a step: the sigmoid is soft, it takes all values from 0 to 1": lambda z: z > 0,
        "// cuts the fraction off: divide with /": lambda z: 1 // (1 + np.exp(-z)),
        "this is max(0, z), wanted is 1 / (1 + np.exp(-z))": lambda z: np.maximum(z, 0),
    })


def sigmoid_prime(fn):
    """Check a function that gives the slope of the sigmoid at each number of an array z: lesson 02.

    >>> sigmoid_prime(mnet.sigmoid)  # doctest: +ELLIPSIS
    ✗ sigmoid_prime: sigmoid_prime(z)[0, 0] ...: this is σ(z), the slope is σ(z)(1 - σ(z)).
      Asked: sigmoid_prime([[-2.0, -0.5, 0.25], [0.5, 1.0, 3.0]])
    """
    return _judge("sigmoid_prime", fn, _SLOPES, {
        "this is σ(z), the slope is σ(z)(1 - σ(z))": _σ,
        "this is z(1 - z): put σ(z) where z stands": lambda z: z * (1 - z),
        "the second factor is 1 - σ(z), not 1 - z": lambda z: _σ(z) * (1 - z),
        "the second factor is 1 - σ(z), with a minus": lambda z: _σ(z) * (1 + _σ(z)),
        "this is the slope at the activation, σ′(σ(z)): take it at z": lambda z: _slope(_σ(z)),
        "the sign is wrong: the sigmoid rises everywhere": lambda z: -_slope(z),
        "the first factor, σ(z), is missing": lambda z: 1 - _σ(z),
        "this is σ(z) squared: the second factor is 1 - σ(z)": lambda z: _σ(z) ** 2,
        "this is 0 everywhere: brackets are missing in σ(z)(1 - σ(z)), or fractions cut off": np.zeros_like,
        "this is the slope of tanh, not of the sigmoid": lambda z: 1 - np.tanh(z) ** 2,
        "e^1000 overflows to infinity, and inf / inf is NaN: σ(z)(1 - σ(z)) needs no new exponentials":
            lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2,
    })


def feedforward(fn):
    """Check a function that carries the columns of x through every layer of net: lesson 03.

    >>> feedforward(lambda net, x: ...)
    ○ feedforward: not yet: write your answer, with a return, and check again.
    """
    def walk(step=lambda w, b, a, net, x: _σ(w @ a + b), layers=slice(None)):
        def wrong(net, x):
            a = x
            for w, b in list(zip(net.weights, net.biases, strict=True))[layers]:
                a = step(w, b, a, net, x)
            return a
        return wrong

    return _judge("feedforward", fn, [case[:2] for case in _nets()], {
        "row j of w belongs to neuron j: w @ a, no transpose": walk(lambda w, b, a, *_: _σ(w.T @ a + b)),
        "* multiplies number by number: the product is w @ a": walk(lambda w, b, a, *_: _σ(w * a + b)),
        "the bias is missing: w @ a + b": walk(lambda w, b, a, *_: _σ(w @ a)),
        "the bias is added: w @ a + b": walk(lambda w, b, a, *_: _σ(w @ a - b)),
        "the bias comes before the sigmoid: σ(w a + b)": walk(lambda w, b, a, *_: _σ(w @ a) + b),
        "net.biases is the list of all: add this layer's b": walk(
            lambda w, b, a, net, x: _σ(w @ a + net.biases)),
        "the sigmoid is missing: a = σ(w a + b)": walk(lambda w, b, a, *_: w @ a + b),
        "each layer hears a, the answer of the layer before, not x": walk(
            lambda w, b, a, net, x: _σ(w @ x + b)),
        "the order of layers is wrong: the first weights come first": walk(layers=slice(None, None, -1)),
        "only the first layer is there: return stands inside the loop": walk(layers=slice(1)),
        "the last layer is missing: one layer too few": walk(layers=slice(-1)),
        "the first layer is missing: it is weights[0]": walk(layers=slice(1, None)),
        "the last layer has its sigmoid too": lambda net, x: -np.log(1 / _feed(net, x) - 1),
        "the last answer is squashed twice": lambda net, x: _σ(_feed(net, x)),
        "x goes in as it is, with no sigmoid": lambda net, x: _feed(net, _σ(x)),
        "this is predict, with argmax: wanted are all outputs": mnet.predict,
        "only the first column is answered: each column is an example": lambda net, x: _feed(net, x[:, :1]),
    })


def quadratic_cost(fn):
    """Check a function that says in one number how far the columns of a are from y: lesson 04.

    >>> quadratic_cost(lambda a, y: ((y - a) ** 2).sum() / 2)  # doctest: +ELLIPSIS
    ✗ quadratic_cost: ... is 1.0625, expected 0.354167: this is the sum over the batch: divide by m.
      Asked: ...
    """
    return _judge("quadratic_cost", fn, _COSTS, {
        "this is the sum over the batch: divide by m": lambda a, y: ((y - a) ** 2).sum() / 2,
        "the half is missing: 1 / (2 m)": lambda a, y: ((y - a) ** 2).sum() / a.shape[1],
        "the factor 1 / (2 m) is missing": lambda a, y: ((y - a) ** 2).sum(),
        "this divides by the number of outputs as well: by m alone": lambda a, y: ((y - a) ** 2).mean() / 2,
        "this is the mean over all numbers: take the sum over 2 m": lambda a, y: ((y - a) ** 2).mean(),
        "len(a) counts rows: m is a.shape[1]": lambda a, y: ((y - a) ** 2).sum() / 2 / len(a),
        "1 / 2 * m multiplies by m: 1 / (2 * m)": lambda a, y: ((y - a) ** 2).sum() / 2 * a.shape[1],
        "// cuts the fraction off: divide with /": lambda a, y: ((y - a) ** 2).sum() // (2 * a.shape[1]),
        "this is the distance, not its square: ** 2": lambda a, y: abs(y - a).sum() / 2 / a.shape[1],
        "the length is squared: no root": lambda a, y: np.linalg.norm(y - a, axis=0).mean() / 2,
        "square first, then sum: here errors cancel": lambda a, y: (y - a).sum() ** 2 / 2 / a.shape[1],
        "the square is missing: here errors cancel": lambda a, y: (y - a).sum() / 2 / a.shape[1],
        "the sign is wrong: no cost is negative": lambda a, y: -((y - a) ** 2).sum() / 2 / a.shape[1],
        "these are the examples' own costs: take their mean": lambda a, y: ((y - a) ** 2).sum(axis=0) / 2,
        "axis=1 keeps the outputs apart: sum over all": lambda a, y: ((y - a) ** 2).mean(axis=1) / 2,
    })


def cost_derivative(fn):
    """Check a function that gives the slope of each example's cost along its outputs: lesson 04.

    >>> cost_derivative(lambda a, y: y - a)  # doctest: +ELLIPSIS
    ✗ cost_derivative: cost_derivative(a, y)[0, 0] is 0.5, expected -0.5: the sign is wrong: a - y.
      Asked: ...
    """
    return _judge("cost_derivative", fn, _COSTS, {
        "the sign is wrong: a - y": lambda a, y: y - a,
        "the 2 is gone: the half in the cost takes it away": lambda a, y: 2 * (a - y),
        "the half is gone: the square in the cost brings a 2": lambda a, y: (a - y) / 2,
        "each example keeps its own slope: do not divide by m": lambda a, y: (a - y) / a.shape[1],
        "this is squared: the slope of (y - a)²/2 along a is a - y": lambda a, y: (a - y) ** 2,
        "this is the cost of each output: wanted is its slope": lambda a, y: (a - y) ** 2 / 2,
        "a slope has a sign: no abs": lambda a, y: abs(a - y),
        "this is the sign alone: the slope grows with the distance": lambda a, y: np.sign(a - y),
        "σ′ does not belong here: the slope is along a, not z": lambda a, y: (a - y) * a * (1 - a),
        "each example keeps its own column: no mean": lambda a, y: (a - y).mean(axis=1, keepdims=True),
        "axis=0 adds the outputs up: each has its own slope": lambda a, y: (a - y).sum(axis=0),
        "this is the cost itself: wanted is its slope": _OURS["quadratic_cost"],
        "the difference is wanted: a - y": lambda a, y: a + y,
    })


def backprop(fn):
    """Check a function that gives (nabla_b, nabla_w), the mean gradient over the columns: lesson 05.

    >>> backprop(lambda net, x, y: mnet.backprop(net, x, y)[::-1])  # doctest: +ELLIPSIS
    ✗ backprop: nabla_b[0] has shape (3, 4), expected (3, 1): nabla_b comes first, nabla_w second.
      Asked: backprop(Network([4, 3, 2]), x (4, 5), ...)
    """
    def walk(
        bp1=lambda a, y, z: (a - y) * _slope(z),
        bp2=lambda l, w, d, z, a, y: (w[l].T @ d) * _slope(z[l - 1]),
        bp3=lambda d: d.mean(axis=1, keepdims=True),
        bp4=lambda d, a_prev, a: d @ a_prev.T / d.shape[1],
        forward=lambda w, a, b: w @ a + b,
    ):
        def wrong(net, x, y):
            a, z, nabla_b, nabla_w = [x], [], [], []
            for w, b in zip(net.weights, net.biases, strict=True):
                z.append(forward(w, a[-1], b))
                a.append(_σ(z[-1]))
            d = bp1(a[-1], y, z[-1])
            for l in reversed(range(len(z))):
                nabla_b.insert(0, bp3(d))
                nabla_w.insert(0, bp4(d, a[l], a[l + 1]))
                d = bp2(l, net.weights, d, z, a, y) if l else None
            return nabla_b, nabla_w
        return wrong

    bare = {"bp1": lambda a, y, z: a - y, "bp2": lambda l, w, d, *_: w[l].T @ d}
    at_a = {"bp1": lambda a, y, z: (a - y) * _slope(a),
            "bp2": lambda l, w, d, z, a, y: (w[l].T @ d) * _slope(a[l])}
    sums = {"bp3": lambda d: d.sum(axis=1, keepdims=True), "bp4": lambda d, a, _: d @ a.T}
    return _judge("backprop", fn, _nets(), {
        "σ′(z) is missing in BP1: (a - y) σ′(z)": walk(bp1=bare["bp1"]),
        "σ′(z) is missing in BP2: (wᵀ δ) σ′(z)": walk(bp2=bare["bp2"]),
        "σ′(z) is missing in BP1 and BP2": walk(**bare),
        "this is σ′ of the activation in BP1: sigmoid_prime(z), not (a)": walk(bp1=at_a["bp1"]),
        "this is σ′ of the activation in BP2: sigmoid_prime(z), not (a)": walk(bp2=at_a["bp2"]),
        "this is σ′ of the activation in BP1 and BP2: sigmoid_prime(z), not (a)": walk(**at_a),
        "the sign is wrong: BP1 begins with a - y": walk(bp1=lambda a, y, z: (y - a) * _slope(z)),
        "nabla_b is the sum over the batch: divide by m": walk(bp3=sums["bp3"]),
        "nabla_w is the sum over the batch: divide by m": walk(bp4=sums["bp4"]),
        "the gradient is the sum over the batch: divide by m": walk(**sums),
        "// cuts the fraction off: divide by m with /": walk(
            bp3=lambda d: sums["bp3"](d) // d.shape[1], bp4=lambda d, a, _: d @ a.T // d.shape[1]),
        "BP3 is the mean of δ over the examples, axis=1": walk(bp3=lambda d: d),
        "BP3: axis=0 adds the neurons up, axis=1 the examples": walk(
            bp3=lambda d: d.mean(axis=0, keepdims=True)),
        "BP3 gives a column (j, 1): keepdims=True": walk(bp3=lambda d: d.mean(axis=1)),
        "transpose BP4: delta @ a.T": walk(bp4=lambda d, a, _: a @ d.T / d.shape[1]),
        "BP4 is one layer off: its a comes in before w": walk(bp4=lambda d, _, a: d @ a.T / d.shape[1]),
        "transpose w in BP2: w.T @ delta": walk(bp2=lambda l, w, d, z, *_: (w[l] @ d) * _slope(z[l - 1])),
        "w is one layer off in BP2: it belongs to the later layer": walk(
            bp2=lambda l, w, d, z, *_: (w[l - 1].T @ d) * _slope(z[l - 1])),
        "z is one layer off in BP2: it belongs to the earlier layer": walk(
            bp2=lambda l, w, d, z, *_: (w[l].T @ d) * _slope(z[l])),
        "a - y is the error of the last layer alone: others get (wᵀ δ) σ′(z)": walk(
            bp2=lambda l, w, d, z, a, y: (a[l] - y) * _slope(z[l - 1])),
        "δ is the same in each layer: carry it back with BP2": walk(bp2=lambda l, w, d, *_: d),
        "the bias is missing on the way forward: w a + b": walk(forward=lambda w, a, b: w @ a),
        "nabla_b comes first, nabla_w second": lambda *args: _gradient(*args)[::-1],
        "the order of layers is wrong: nabla_w[0] belongs to weights[0]":
            lambda *args: [nablas[::-1] for nablas in _gradient(*args)],
        "this is the gradient of the first example": lambda net, x, y: _gradient(net, x[:, :1], y[:, :1]),
        "only the last layer has its gradient: carry δ back to the others": lambda *args: [
            [*(0 * n for n in nablas[:-1]), nablas[-1]] for nablas in _gradient(*args)],
    })


def update_mini_batch(fn):
    """Check a function that moves net, in place, one step downhill: lesson 06.

    >>> update_mini_batch(mnet.update_mini_batch)
    ✓ update_mini_batch: right, in all 2 questions.
    """
    def walk(step=lambda p, nabla, eta, m: p - eta * nabla, parts=("biases", "weights"), first=None):
        def wrong(net, x, y, eta):
            nablas = _gradient(net, x[:, :first], y[:, :first])
            for part in parts:
                for p, nabla in zip(getattr(net, part), getattr(nablas, f"nabla_{part[0]}"), strict=True):
                    p[...] = step(p, nabla, eta, x.shape[1])
        return wrong

    biases, weights = walk(parts=["biases"]), walk(parts=["weights"])
    return _judge("update_mini_batch", fn, [(*case, 0.5) for case in _nets()], {
        "the network is as it was: w -= eta * nw changes w itself, w = w - eta * nw makes a new array that is"
        " lost, and so is one that you return": lambda net, *_: net.sizes,
        "the sign is wrong: this is uphill": walk(lambda p, nabla, eta, m: p + eta * nabla),
        "w - is missing: the step replaces what was learnt": walk(lambda p, nabla, eta, m: eta * nabla),
        "w is missing: the step replaces what was learnt": walk(lambda p, nabla, eta, m: -eta * nabla),
        "the learning rate eta is missing": walk(lambda p, nabla, eta, m: p - nabla),
        "eta multiplies the gradient": walk(lambda p, nabla, eta, m: p - nabla / eta),
        "backprop is a mean already: do not divide by m again": walk(
            lambda p, nabla, eta, m: p - eta / m * nabla),
        "this is the step of the sum: backprop gives the mean": walk(
            lambda p, nabla, eta, m: p - eta * m * nabla),
        "the biases have not moved": weights,
        "the weights have not moved": biases,
        "take both gradients first: here the biases' comes after the weights have moved":
            lambda *args: (weights(*args), biases(*args)),
        "take both gradients first: here the weights' comes after the biases have moved":
            lambda *args: (biases(*args), weights(*args)),
        "the step is taken twice": lambda *args: (walk()(*args), walk()(*args)),
        "this is a step for each example: wanted is one, with their mean": lambda net, x, y, eta: [
            walk()(net, x[:, [i]], y[:, [i]], eta) for i in range(x.shape[1])],
        "only the first example has a say": walk(first=1),
    }, in_place=True)


# fmt: on
def answer(question, value):
    """Check your answer, a number, some numbers or a word, to a question of a lesson.

    Raises ValueError for a question that no lesson asks.

    >>> answer("02 bias", 12)
    ✗ 02 bias: 12 is not right: the sign is wrong: w x + b = 0 gives b = -w x.
    >>> answer("02 bias", ...)
    ○ 02 bias: not yet: put your answer in the place of the three dots, and run the cell again.
    """
    if question not in QUESTIONS:
        raise ValueError(f"answer: no lesson asks {question!r}, wanted one of {', '.join(QUESTIONS)}.")
    right, mistakes, hint, within = QUESTIONS[question]
    if value is ... or value is None:
        dots = "put your answer in the place of the three dots, and run the cell again"
        return Verdict(None, f"{question}: not yet: {dots}.")
    if _is_answer(value, right, within):
        return Verdict(True, f"{question}: right.")
    why = next((why for why, wrong in mistakes.items() if _is_answer(value, wrong, within)), hint)
    return Verdict(False, f"{question}: {_brief(value)} is not right: {why}.")


def goal(panel, accuracy, epochs):
    """Check that a run in a training panel reads a share of the validation images within so many epochs.

    panel : what `panels.training` returns; accuracy : 0 to 1; epochs : passes over the training images. The
    runs that stay in the picture count as well.

    >>> from types import SimpleNamespace as Record
    >>> run = Record(validation=[(0, 2.0, 0.1), (3, 0.2, 0.93)], ghosts=[], verdict=lambda: "Learning.")
    >>> goal(Record(training=run), 0.92, 5), bool(goal(Record(training=run), 0.92, 2))
    (✓ goal: right: 93.0 % after 3.0 epochs, wanted 92 % within 5., False)
    """
    training = panel.training
    points = [*training.validation, *(point for ghost in training.ghosts for point in ghost["validation"])]
    wanted = f"wanted {accuracy:.0%} within {epochs}".replace("%", " %")
    if all(at == 0 for at, *_ in points):
        return Verdict(None, f"goal: not yet: press Run in the panel, and check again; {wanted} epochs.")
    reached = [(at, share) for at, _, share in points if share >= accuracy]
    at, share = min(reached) if reached else max((share, -at) for at, _, share in points if at)[::-1]
    best = f"{share:.1%} after {abs(at):.1f} epochs, {wanted}".replace("%", " %", 1)
    if reached and at <= epochs:
        return Verdict(True, f"goal: right: {best}.")
    if reached:
        return Verdict(False, f"goal: too slow: {best}: a better η or mini-batch size gets there sooner.")
    return Verdict(False, f"goal: not there: {best} epochs at best. {training.verdict()}")


def _is_answer(value, wanted, within):
    """Say whether a value is the wanted one; nothing a learner gives raises."""
    if callable(wanted):
        try:
            return bool(wanted(value))
        except Exception:
            return False
    if isinstance(wanted, str):
        return isinstance(value, str) and value.strip().casefold() == wanted.casefold()
    try:
        found = np.asarray(value, float)
    except (TypeError, ValueError):
        return False
    wanted = np.asarray(wanted, float)
    return found.shape == wanted.shape and np.allclose(found, wanted, 1e-6, within)


def _brief(value):
    text = " ".join(repr(value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value).split())
    return re.sub(r" at 0x\w+", "", text) if len(text) <= 60 else f"{text[:57]}..."


# fmt: off
_SLOPES = [(np.array([[-2.0, -0.5, 0.25], [0.5, 1.0, 3.0]]),), (np.array([[-1000.0, 1000.0]]),)]
_COSTS = [
    (np.array([[0.5, 0.0, 0.75], [0.25, 0.5, 0.0]]), np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]])),
    (np.array([[0.25], [0.5], [1.0]]), np.array([[0.0], [0.0], [1.0]])),
]

_CAUSES = {  # the likely cause of an exception: the first pattern found in "Type: message"
    r"^UnboundLocalError": "it is used before it has a value",
    r"^NameError": "is it spelled right, and did the cell run that defines or imports it?",
    r"(positional|keyword) argument": "the course calls it as {call}",
    r"matmul|broadcast|not aligned|inhomogeneous|has shape": "the shapes do not fit, print each .shape "
        "before this line: is a transpose .T missing, a list taken for an array, or a layer one off?",
    r"only .*(length-1|size-1|0-dim)": "math takes one number, np.exp whole arrays",
    r"truth value": "if decides once, np.where for each number of an array",
    r"^OverflowError": "e^1000 is larger than any float: np.exp makes it infinity, and 1 / infinity is 0",
    r"^(Index|Key)Error": "counting starts at 0, so the last of n is n - 1, or [-1]",
    r"^AttributeError": "a Network has sizes, weights and biases, an array .T and .shape, a list none",
    r"^TypeError.*(list|sequence)": "a list is no array, np.array(...) makes it one",
    r"^RecursionError": "the function calls itself without end",
    r"^ZeroDivisionError": "what it divides by is 0",
    r"^SystemExit": "exit() ends the whole program, return ends the function",
    r"unpack": "the names on the left are more or fewer than the things on the right",
    r"": "print what this line works with before it",
}
# fmt: on

_Answer = namedtuple("_Answer", "returned value error printed warned changed")
_Parameters = namedtuple("_Parameters", "biases weights")


def _nets():
    """Return (net, x, y) twice: with layers of different sizes, and of one size, where no shape complains."""
    rng = np.random.default_rng(0)
    nets = [(mnet.Network(s, rng, np.float64), m) for s, m in (([4, 3, 2], 5), ([3, 3, 3, 3], 3))]
    return [(n, rng.random((n.sizes[0], m)), np.eye(n.sizes[-1])[:, np.arange(m) % 2]) for n, m in nets]


def _judge(name, fn, cases, mistakes, in_place=False):
    """Return the Verdict on fn, asked each of the cases; mistakes: sentences and their wrong functions."""
    names = [*inspect.signature(_OURS[name]).parameters]
    call = f"{name}({', '.join(names)})"
    if not callable(fn) and fn is not None and fn is not ...:
        found = f"found a {type(fn).__name__}, wanted the function itself"
        return Verdict(False, f"{name}: {found}: checks.{name}({name}), nothing after the second name.")
    answers = [_ask(fn, case, in_place) for case in cases] if callable(fn) else []
    if not answers or any(_is_unwritten(fn, answer, in_place) for answer in answers):
        end = "" if in_place else ", with a return"
        return Verdict(None, f"{name}: not yet: write your answer{end}, and check again.")
    for case, answer in zip(cases, answers, strict=True):
        right, again = (_ask(f, case, in_place) for f in (_OURS[name], fn))
        if fault := _fault(fn, answer, again, right, call, names):
            known = (why for why, f in mistakes.items() if _is_mistake(answers, f, cases, in_place))
            why = f"{name}: {fault[0]}: {next(known, fault[1])}.".replace("?.", "?")
            return Verdict(False, f"{why}\n  Asked: {name}({', '.join(map(_show, names, case))})")
    return Verdict(True, f"{name}: right, in all {len(cases)} questions.")


def _ask(fn, case, in_place):
    """Call fn with copies of the arguments: note what it gives, raises, prints, warns of and changes."""
    args, returned, error = copy.deepcopy(case), None, None
    usual = np.errstate(divide="warn", over="warn", invalid="warn", under="ignore")
    with usual, warnings.catch_warnings(record=True) as warned, redirect_stdout(io.StringIO()) as printed:
        warnings.simplefilter("always")
        try:
            returned = fn(*args)
        except (Exception, SystemExit) as problem:
            error = problem
    before, after = ([*map(_plain, arguments)] for arguments in (case, args))
    changed = [i for i in range(in_place, len(case)) if _difference("", after[i], before[i])]
    warned = [str(w.message) for w in warned if issubclass(w.category, RuntimeWarning)]
    return _Answer(returned, after[0] if in_place else returned, error, printed.getvalue(), warned, changed)


def _plain(argument):
    """Return the numbers of an argument; of a network that a learner has taken apart, too."""
    if isinstance(argument, mnet.Network):
        return _Parameters(getattr(argument, "biases", None), getattr(argument, "weights", None))
    return argument


def _is_unwritten(fn, answer, in_place):
    if answer.error is not None:
        return isinstance(answer.error, NotImplementedError)
    if in_place:  # such a function rightly returns None: an empty one mentions no name at all
        code = _code(fn)
        return code is not None and not code.co_names + code.co_freevars
    return answer.returned is ... or (answer.returned is None and not answer.printed)


def _is_mistake(answers, mistake, cases, in_place):
    """Say whether a wrong function gives these answers: the same numbers, exceptions where they are."""
    pairs = [(a, _ask(mistake, case, in_place)) for a, case in zip(answers, cases, strict=True)]
    both = [(a.value, m.value) for a, m in pairs if a.error is None and m.error is None]
    alike = all((a.error is None) == (m.error is None) for a, m in pairs)
    return alike and not any(_difference("", *values) for values in both)


def _fault(fn, answer, again, right, call, names):
    """Return what is wrong with an answer and a hint, or None."""
    if answer.error is not None:
        return _explain(answer.error, fn, call)
    if answer.value is None:
        return "it prints and returns nothing", "return the answer in place of printing it"
    fault = _difference(call, answer.value, right.value)
    if fault != _difference(call, again.value, right.value):
        return "asked twice, it answers differently", "does it use chance, or keep something for later?"
    if answer.changed:
        name = names[answer.changed[0]]
        return f"it changes its argument {name}", "work on a copy: a - y is a new array, a -= y writes into a"
    if fault is None and answer.printed:
        return "the numbers are right, but it prints", "take the print out: training calls it very often"
    if fault is None and answer.warned:
        remedy = "where you expect that, say so: with np.errstate(over='ignore'):"
        return f"the numbers are right, but NumPy warns of {answer.warned[0]}", remedy
    return fault


def _difference(name, found, goal):
    """Return the first difference in words and a hint, or None where every number is close."""
    if isinstance(goal, (list, tuple)):
        names = getattr(goal, "_fields", None) or [f"{name}[{i}]" for i in range(len(goal))]
        if isinstance(found, (list, tuple)) and len(found) == len(goal):
            return next(filter(None, map(_difference, names, found, goal)), None)
        count = f" of {len(found)}" if isinstance(found, (list, tuple)) else ""
        wanted = ", ".join(names)
        return f"{name} is a {type(found).__name__}{count}, expected {wanted}", "give them all, in this order"
    goal = np.asarray(goal, float)
    try:
        array = np.asarray(found)
    except Exception:  # rows of different lengths, or whatever an object does when asked for numbers
        array = np.array(None)
    if array.dtype.kind not in "biuf":
        hint = "give one array of numbers, all rows of one length"
        return f"{name} is a {type(found).__name__}, expected numbers of shape {goal.shape}", hint
    array = array.astype(float)
    if array.shape != goal.shape:
        hint = "print .shape after each line, to see where it comes in"
        if goal.ndim == 0:
            hint = "one number for all is wanted: sum over rows and columns"
        elif array.ndim == 2 and array.shape == goal.shape[::-1]:
            hint = "transpose it with .T"
        elif array.size == goal.size:
            hint = f"the dimensions count: .reshape{goal.shape}, or keepdims=True in a sum or mean"
        return f"{name} has shape {array.shape}, expected {goal.shape}", hint
    close = np.isclose(array, goal, 1e-4, 1e-6, equal_nan=True)
    if close.all():
        return None
    at = tuple(int(i) for i in np.argwhere(~close)[0])
    with np.errstate(all="ignore"):
        ratio = (array * goal).sum() / ((goal**2).sum() or 1)
    hint = f"this is the first of {(~close).sum()} wrong numbers among {close.size}: compute it by hand"
    if np.isnan(array[at]):
        hint = "NaN comes from inf / inf, inf - inf or 0 / 0: does np.exp overflow?"
    elif np.allclose(array, ratio * goal, 1e-4, 1e-6):
        hint = f"every number is {ratio:.4g} times the right one"
    return f"{name}{[*at] if at else ''} is {array[at]:.6g}, expected {goal[at]:.6g}", hint


def _explain(error, fn, call):
    """Return what was raised, in which line of the learner's code, and the likely cause."""
    kind, _, text = " ".join("".join(traceback.format_exception_only(error)).split()).partition(": ")
    file = getattr(_code(fn), "co_filename", None)
    lines = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    where = f" in line {lines[-1].lineno}, `{lines[-1].line}`" if lines else ""
    text = re.sub(r" at 0x\w+", "", text)[:200].rstrip(".")  # an address differs each time
    cause = next(cause for pattern, cause in _CAUSES.items() if re.search(pattern, f"{kind}: {text}"))
    return f"{kind}{where}" + (f": {text}" if text else ""), cause.format(call=call)


def _code(fn):
    return getattr(inspect.unwrap(fn), "__code__", None)


def _show(name, argument):
    if isinstance(argument, mnet.Network):
        return f"Network({argument.sizes})"
    return f"{np.asarray(argument).tolist()}" if np.size(argument) <= 10 else f"{name} {argument.shape}"


# Your functions in place of ours


def plugged_in(**answers):
    """Let mnet work with your functions: in a `with` block, or until you close() what this returns.

    answers : sigmoid=your_sigmoid, and so on: each passes its check, or ValueError; one that is not written
    yet leaves ours in place, and of two for one name the newer counts. Training, pictures and panels then use
    it. Returns a contextlib.ExitStack.

    >>> with plugged_in(sigmoid=lambda z: (1 + np.tanh(z / 2)) / 2):
    ...     mnet.feedforward(mnet.Network([2, 1]), [[0.0], [1.0]]).shape
    (1, 1)
    """
    with ExitStack() as stack:
        for name, fn in answers.items():
            if name not in EXERCISES:
                raise ValueError(f"plugged_in: {name} is no exercise, wanted one of {', '.join(EXERCISES)}.")
            verdict = globals()[name](fn)
            if verdict.passed is None:
                continue
            if not verdict:
                raise ValueError(verdict.message)
            yours = _like_ours(name, fn)
            _swap(name, getattr(mnet, name), yours)
            stack.callback(_swap, name, yours, _OURS[name])
        return stack.pop_all()


def _like_ours(name, fn):
    """Wrap fn to give the types that ours gives: an answer may be a list, and mnet computes with arrays."""

    def gradient(pair):
        return mnet.Gradient(*([np.asarray(nabla) for nabla in nablas] for nablas in pair))

    kinds = {"quadratic_cost": float, "backprop": gradient, "update_mini_batch": lambda _: None}
    return lambda *args: kinds.get(name, np.asarray)(fn(*args))


def _swap(name, old, new):
    """Exchange a function in each module that uses it."""
    for key, module in [*sys.modules.items()]:
        if f"{key}.".startswith("mnet.") and vars(module).get(name) is old:
            setattr(module, name, new)
