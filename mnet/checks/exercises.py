"""The exercises: a function checks each, and knows the common mistakes as code.

`blaming` has lesson 05's, `improving` lesson 08's. In a table of mistakes, each sentence stands before the
wrong function that it explains.
"""

import operator

import numpy as np

import mnet
from mnet.checks.judge import judge

EXERCISES = ("one_hot", "sigmoid", "sigmoid_prime", "feedforward")
EXERCISES += ("quadratic_cost", "cost_derivative", "backprop", "update_mini_batch")
EXERCISES += ("scale_weights", "cross_entropy", "update_with_decay")
OURS = {name: getattr(mnet, name) for name in EXERCISES}  # kept, since `plugged_in` exchanges what mnet has
_σ, _slope, _feed, _gradient = (OURS[n] for n in ("sigmoid", "sigmoid_prime", "feedforward", "backprop"))


# fmt: off
def _nets():
    """Return (net, x, y) twice: with layers of different sizes, and of one size, where no shape complains."""
    rng = np.random.default_rng(0)
    nets = [(mnet.Network(s, rng, np.float64), m) for s, m in (([4, 3, 2], 5), ([3, 3, 3, 3], 3))]
    return [(n, rng.random((n.sizes[0], m)).round(1), np.eye(n.sizes[-1])[:, np.arange(m) % 2])
            for n, m in nets]


_SLOPES = [(np.array([[-2.0, -0.5, 0.25], [0.5, 1.0, 3.0]]),), (np.array([[-1000.0, 1000.0]]),)]
_TAILS = (np.array([[-25.0, 25.0]]),)  # where a clipped sigmoid stands still
_COSTS = [
    (np.array([[0.5, 0.0, 0.75], [0.25, 0.5, 0.0]]), np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]])),
    (np.array([[0.25], [0.5], [1.0]]), np.array([[0.0], [0.0], [1.0]])),
]


def one_hot(fn):
    """Check a function that turns labels (n,) into one-hot columns (10, n): lesson 01.

    >>> one_hot(lambda labels: np.eye(10)[labels])
    ✗ one_hot: one_hot(labels) has shape (3, 10), expected (10, 3): each label is a row here: transpose it.
      Asked: one_hot([3, 0, 7])
    """
    rows, ask = np.eye(10), ([3, 0, 7], [9], [2, 7, 1, 8, 2, 8, 4, 5, 9, 0])

    def marked(*at):
        y = np.zeros((10, max(map(np.size, at))))
        y[at] = 1
        return y

    return judge(OURS["one_hot"], fn, [(np.array(labels),) for labels in ask], {
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
        "only the first column has its 1: return stands inside the loop": lambda d: rows[d].T * (
            np.arange(len(d)) == 0),
        "this is one list for all labels: each wants a column of its own, np.zeros((10, n))":
            lambda d: rows[d].max(axis=0),
        "all labels share one column: each has its own": lambda d: rows[d].max(axis=0)[:, None],
        "row and column are exchanged: y[label, i] is row label, column i":
            lambda d: marked(np.arange(len(d)), d),
        "y[label] is a whole row, the same for all: y[label, i] is one number": lambda d: np.tile(
            rows[d].max(axis=0)[:, None], len(d)),
        "reshape folds the same line of numbers anew, .T turns the table: transpose it":
            lambda d: rows[d].reshape(10, -1),
        "no 1 has been written": lambda d: np.zeros((10, len(d))),
    })


def sigmoid(fn):
    """Check a function that squashes each number of an array z: lesson 02.

    >>> sigmoid(lambda z: 1 / (1 + np.exp(z)))
    ✗ sigmoid: sigmoid(z)[0, 0] is 0.880797, expected 0.119203: this is σ(-z): the exponent is -z.
      Asked: sigmoid([[-2.0, -0.5, 0.25], [0.5, 1.0, 3.0]])
    """
    return judge(OURS["sigmoid"], fn, [*_SLOPES, _TAILS], {
        "this is σ(-z): the exponent is -z": lambda z: _σ(-z),
        "this is 1 + e^(-z): write 1 / (1 + np.exp(-z)), with the brackets": lambda z: 1 + np.exp(-z),
        "this is e^(-z): write 1 / (1 + np.exp(-z))": lambda z: np.exp(-z),
        "the sign before e^(-z) is plus": lambda z: 1 / (1 - np.exp(-z)),
        "e^1000 overflows to infinity, and inf / inf is NaN: 1 / (1 + np.exp(-z)) has no infinity on top":
            lambda z: np.exp(z) / (1 + np.exp(z)),
        "this divides by a sum over all of z: squash each z alone": lambda z: np.exp(z) / np.exp(z).sum(),
        "this is the slope σ′(z), wanted is σ(z)": _slope,
        "this is tanh, from -1 to 1: the sigmoid runs from 0 to 1": np.tanh,
        "this is tanh(z / 2), from -1 to 1: the sigmoid runs from 0 to 1": lambda z: np.tanh(z / 2),
        "this is σ(2 z), twice as steep: tanh(u) is as wide as σ where u is half of z": lambda z: (
            1 + np.tanh(z)) / 2,
        "this is a step: the sigmoid is soft, it takes all values from 0 to 1": lambda z: z > 0,
        "// cuts the fraction off: divide with /": lambda z: 1 // (1 + np.exp(-z)),
        "this is max(0, z), wanted is 1 / (1 + np.exp(-z))": lambda z: np.maximum(z, 0),
        **{f"z is cut off at ±{c}, where σ still moves: cut it off at ±500, or not at all":
            lambda z, c=c: _σ(z.clip(-c, c)) for c in (5, 6, 8, 10, 12, 15, 20, 30, 36, 40, 50)},
    }, within=1e-30)


def sigmoid_prime(fn):
    """Check a function that gives the slope of the sigmoid at each number of an array z: lesson 02.

    >>> sigmoid_prime(mnet.sigmoid)  # doctest: +ELLIPSIS
    ✗ sigmoid_prime: sigmoid_prime(z)[0, 0] ...: this is σ(z), the slope is σ(z)(1 - σ(z)).
      Asked: sigmoid_prime([[-2.0, -0.5, 0.25], [0.5, 1.0, 3.0]])
    """
    return judge(OURS["sigmoid_prime"], fn, _SLOPES, {
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

    def unzipped(net, x):
        for w, b in net.weights, net.biases:
            x = _σ(w @ x + b)

    def nested(net, x):
        for w in net.weights:
            for b in net.biases:
                x = _σ(w @ x + b)
        return x

    def counted(numbers):
        def wrong(net, x):
            for l in numbers(net):
                x = _σ(net.weights[l] @ x + net.biases[l])
            return x
        return wrong

    def thrown_away(net, x):
        for w, b in zip(net.weights, net.biases, strict=True):
            _σ(w @ x + b)
        return x

    return judge(OURS["feedforward"], fn, [case[:2] for case in _nets()], {
        "sigmoid gives a new array and changes none: inside the loop, a = sigmoid(w @ a + b)": thrown_away,
        "weights[0] is the first layer that computes: range(len(net.weights)) counts from 0":
            counted(lambda net: range(1, len(net.sizes))),
        "weights and biases are lists: a loop takes each layer's w and b, layer by layer":
            lambda net, x: _σ(net.weights @ x + net.biases),
        "the product is w @ a, in this order: each row of w meets each column of a": walk(
            lambda w, b, a, *_: _σ(a @ w + b)),
        "images are columns here, not rows: w @ a, with no transpose": walk(
            lambda w, b, a, *_: _σ(a.T @ w.T + b)),
        "reshape folds the same line of numbers anew, and w fits as it is: w @ a": walk(
            lambda w, b, a, *_: _σ(w.reshape(w.shape[::-1]) @ a + b)),
        "row j of w belongs to neuron j: w @ a, no transpose": walk(lambda w, b, a, *_: _σ(w.T @ a + b)),
        "* multiplies number by number: the product is w @ a": walk(lambda w, b, a, *_: _σ(w * a + b)),
        "the bias is missing: w @ a + b": walk(lambda w, b, a, *_: _σ(w @ a)),
        "the bias is missing in the last layer: w @ a + b in each": walk(
            lambda w, b, a, net, x: _σ(w @ a + b * (w is not net.weights[-1]))),
        "the bias is missing in the first layer: w @ a + b in each": walk(
            lambda w, b, a, net, x: _σ(w @ a + b * (w is not net.weights[0]))),
        "zip is missing: for w, b in zip(net.weights, net.biases) pairs each layer's w and b": unzipped,
        "one loop stands inside the other: zip walks through both lists at once": nested,
        "two layers are written out: a network may have any number, so write a loop": walk(layers=slice(2)),
        "the first and the last layer are written out: a network may have any number, so write a loop":
            counted(lambda net: (0, -1)),
        "the bias is added: w @ a + b": walk(lambda w, b, a, *_: _σ(w @ a - b)),
        "b stands before w and the ones behind a: what is multiplied must stand on the same side": walk(
            lambda w, b, a, *_: _σ(np.hstack([b, w]) @ np.vstack([a, np.ones((1, a.shape[1]))]))),
        "the bias comes before the sigmoid: σ(w a + b)": walk(lambda w, b, a, *_: _σ(w @ a) + b),
        "net.biases is the list of all: add this layer's b": walk(
            lambda w, b, a, net, x: _σ(w @ a + net.biases)),
        "net.biases[0] is the first layer's: each layer adds its own": walk(
            lambda w, b, a, net, x: _σ(w @ a + net.biases[0])),
        "the sigmoid is missing: a = σ(w a + b)": walk(lambda w, b, a, *_: w @ a + b),
        "each layer hears a, the answer of the layer before, not x: inside the loop, a = sigmoid(w @ a + b)":
            walk(lambda w, b, a, net, x: _σ(w @ x + b)),
        "the sigmoid comes once, after the loop: each layer has its own, inside": lambda net, x: _σ(
            walk(lambda w, b, a, *_: w @ a + b)(net, x)),
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
    return judge(OURS["quadratic_cost"], fn, _COSTS, {
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
        "this is the length of all errors together, not squared: .sum() of their squares, no root":
            lambda a, y: np.linalg.norm(y - a) / 2 / a.shape[1],
        "this is the length of all errors together: square it, and divide by 2 m":
            lambda a, y: np.linalg.norm(y - a),
        "square first, then sum: here errors cancel": lambda a, y: (y - a).sum() ** 2 / 2 / a.shape[1],
        "the square is missing: here errors cancel": lambda a, y: (y - a).sum() / 2 / a.shape[1],
        "the half stands outside the square, or it is a quarter":
            lambda a, y: (((y - a) / 2) ** 2).sum() / a.shape[1],
        "the difference is squared, (y - a) ** 2, in brackets: y - a ** 2 squares the answer alone":
            lambda a, y: (y - a**2).sum() / 2 / a.shape[1],
        "@ multiplies matrices: ** 2 squares each number":
            lambda a, y: ((y - a) @ (y - a).T).sum() / 2 / a.shape[1],
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
    return judge(OURS["cost_derivative"], fn, _COSTS, {
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
        "this is the cost itself: wanted is its slope": OURS["quadratic_cost"],
        "the difference is wanted: a - y": lambda a, y: a + y,
    })


def update_mini_batch(fn):
    """Check a function that moves net, in place, one step downhill: lesson 06.

    >>> update_mini_batch(mnet.update_mini_batch)  # doctest: +ELLIPSIS
    ✗ update_mini_batch: the numbers are right, and they are the course's: this calls mnet.update_mini...
    """
    def right(p, nabla, eta, m):
        return p - eta * nabla

    def walk(biases=right, weights=right, first=None):
        def wrong(net, x, y, eta):
            nablas = _gradient(net, x[:, :first], y[:, :first])
            for p, nabla in zip(net.biases if biases else [], nablas.nabla_b, strict=False):
                p[...] = biases(p, nabla, eta, x.shape[1])
            for p, nabla in zip(net.weights if weights else [], nablas.nabla_w, strict=False):
                p[...] = weights(p, nabla, eta, x.shape[1])
        return wrong

    def rows(what, summed=False):
        def wrong(net, x, y, eta):
            walk()(net, x, y, eta * (x.shape[1] if summed else 1) / len({"x": x, "y": y}[what]))
        return wrong

    steps = {
        "the sign is wrong: this is uphill": lambda p, nabla, eta, m: p + eta * nabla,
        "w - is missing: the step replaces what was learnt": lambda p, nabla, eta, m: eta * nabla,
        "w is missing: the step replaces what was learnt": lambda p, nabla, eta, m: -eta * nabla,
        "the learning rate eta is missing": lambda p, nabla, eta, m: p - nabla,
        "eta multiplies the gradient": lambda p, nabla, eta, m: p - nabla / eta,
        "backprop is a mean already: do not divide by m again": lambda p, nabla, eta, m: p - eta / m * nabla,
        "this is the step of the sum: a mean divides by m": lambda p, nabla, eta, m: p - eta * m * nabla,
    }

    def exchanged(step):
        """Take nabla_w for nabla_b, and nabla_b for nabla_w."""
        def wrong(net, x, y, eta):
            nabla_w, nabla_b = _gradient(net, x, y)
            for parameters, nablas in (net.weights, nabla_w), (net.biases, nabla_b):
                for l, nabla in enumerate(nablas):
                    parameters[l] = step(parameters[l], eta * nabla)
        return wrong

    b_alone, w_alone = walk(weights=None), walk(biases=None)
    return judge(OURS["update_mini_batch"], fn, [(*case, 0.5) for case in _nets()], {
        "the network is as it was: w -= eta * nw changes w itself, w = w - eta * nw makes a new array that is"
        " lost, and so is one that you return": lambda net, *_: net.sizes,
        **{why: walk(step, step) for why, step in steps.items()},
        **{f"in the biases alone, {why}".replace("w ", "b "): walk(biases=step)
            for why, step in steps.items()},
        **{f"in the weights alone, {why}": walk(weights=step) for why, step in steps.items()},
        **{f"backprop is a mean already: do not divide again, and len({what}) counts rows": rows(what)
            for what in "xy"},
        **{f"a mean divides by the number of columns, x.shape[1]: len({what}) counts rows":
            rows(what, summed=True) for what in "xy"},
        **{"backprop gives nabla_b first, nabla_w second: here they are exchanged" + end: exchanged(step)
            for end, step in (("", np.subtract), (", as the shapes say", operator.isub))},
        "the biases have not moved: b -= eta * nb changes b itself, b = b - eta * nb does not": w_alone,
        "the weights have not moved: w -= eta * nw changes w itself, w = w - eta * nw does not": b_alone,
        "take both gradients first: here the biases' comes after the weights have moved":
            lambda *args: (w_alone(*args), b_alone(*args)),
        "take both gradients first: here the weights' comes after the biases have moved":
            lambda *args: (b_alone(*args), w_alone(*args)),
        "the step is taken twice": lambda *args: (walk()(*args), walk()(*args)),
        "this is a step for each example: wanted is one, with their mean": lambda net, x, y, eta: [
            walk()(net, x[:, [i]], y[:, [i]], eta) for i in range(x.shape[1])],
        "only the first example has a say": walk(first=1),
    }, in_place=True)
