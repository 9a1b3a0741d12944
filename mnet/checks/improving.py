"""The exercises of lessons 07a and 08, as those in `exercises`: each sentence explains a wrong function."""

import numpy as np

import mnet
from mnet.checks import exercises
from mnet.checks.exercises import _COSTS, OURS, _nets


# fmt: off
def scale_weights(fn):
    """Check a function that divides each layer's weights, in place, by √(its inputs): lesson 07a.

    >>> scale_weights(lambda net: [w.__itruediv__(28) for w in net.weights])  # doctest: +ELLIPSIS
    ✗ scale_weights: ...: all are divided by 28, the root of 784: each layer has inputs of its own...
      Asked: scale_weights(Network([4, 3, 2]))
    """
    def walk(divisor, layers=slice(None), biases=False):
        def wrong(net):
            divisors = [divisor(w, net) for w in net.weights]
            for w, by in list(zip(net.weights, divisors, strict=True))[layers]:
                w /= by
            for b, by in zip(net.biases, divisors, strict=True):
                b /= by if biases else 1
        return wrong

    def root(w, _):
        return np.sqrt(w.shape[1])

    alike = "each layer has inputs of its own, the number of columns of its w"
    return exercises.judge(OURS["scale_weights"], fn, [case[:1] for case in _nets()], {
        "the network is as it was: w /= changes w itself, w = w / makes a new array that is lost":
            lambda net: net.sizes,
        "the rows are the neurons: the inputs are the columns, w.shape[1]": walk(
            lambda w, _: np.sqrt(w.shape[0])),
        "the root is missing: np.sqrt(w.shape[1])": walk(lambda w, _: w.shape[1]),
        "the rows are the neurons, the columns the inputs, and the root is missing": walk(
            lambda w, _: w.shape[0]),
        "this is the root of the number of weights: each neuron hears w.shape[1] of them": walk(
            lambda w, _: np.sqrt(w.size)),
        **{f"all are divided by {by}{why}: {alike}": walk(lambda w, _, by=by: by) for by, why in (
            (28, ", the root of 784"), (10, ", the root of 100"), (5, ""), (2, ""), (100, ""), (784, ""))},
        f"all are divided by the first layer's root: {alike}": walk(
            lambda w, net: np.sqrt(net.sizes[0])),
        "this multiplies: the sums grow even wider": walk(lambda w, net: 1 / root(w, net)),
        "only the first layer is divided: a loop over net.weights reaches all": walk(root, slice(1)),
        "only the last layer is divided: a loop over net.weights reaches all": walk(root, slice(-1, None)),
        "the biases are divided too: weights alone, for a bias is one number and no sum": walk(
            root, biases=True),
    }, in_place=True)


def cross_entropy(fn):
    """Check a function that says in one number how surprised the columns of y are by a: lesson 08.

    >>> cross_entropy(lambda a, y: -(y * np.log(a)).sum() / a.shape[1])  # doctest: +ELLIPSIS
    ✗ cross_entropy: ...: the outputs that should say 0 cost as well: + (1 - y) * np.log(1 - a).
      Asked: ...
    """
    def terms(a, y):
        return y * np.log(a) + (1 - y) * np.log(1 - a)

    cases = [(np.clip(a, 0.125, 0.875), y) for a, y in _COSTS]
    return exercises.judge(OURS["cross_entropy"], fn, cases, {
        "this is the sum over the batch: divide by m": lambda a, y: -terms(a, y).sum(),
        "the sign is wrong: logarithms of shares are negative, a cost is not":
            lambda a, y: terms(a, y).sum() / a.shape[1],
        "this divides by the number of outputs as well: by m alone": lambda a, y: -terms(a, y).mean(),
        "len(a) counts rows: m is a.shape[1]": lambda a, y: -terms(a, y).sum() / len(a),
        "the half belongs to the quadratic cost": lambda a, y: -terms(a, y).sum() / 2 / a.shape[1],
        "the outputs that should say 0 cost as well: + (1 - y) * np.log(1 - a)":
            lambda a, y: -(y * np.log(a)).sum() / a.shape[1],
        "the outputs that should say 1 cost as well: y * np.log(a)":
            lambda a, y: -((1 - y) * np.log(1 - a)).sum() / a.shape[1],
        "a and y are exchanged: the logarithm is of the answer": lambda a, y: -(
            a * np.log(np.maximum(y, 1e-30)) + (1 - a) * np.log(np.maximum(1 - y, 1e-30))).sum() / a.shape[1],
        "the two terms are added: plus between them":
            lambda a, y: -(y * np.log(a) - (1 - y) * np.log(1 - a)).sum() / a.shape[1],
        "1 - y belongs to 1 - a, and y to a": lambda a, y: -(
            (1 - y) * np.log(a) + y * np.log(1 - a)).sum() / a.shape[1],
        "the weights y and 1 - y are missing": lambda a, y: -(np.log(a) + np.log(1 - a)).sum() / a.shape[1],
        "log2 is to another base: np.log is the natural one": lambda a, y: -terms(a, y).sum()
            / a.shape[1] / np.log(2),
        "log10 is to another base: np.log is the natural one": lambda a, y: -terms(a, y).sum()
            / a.shape[1] / np.log(10),
        "these are the examples' own costs: take their mean": lambda a, y: -terms(a, y).sum(axis=0),
        "axis=1 keeps the outputs apart: sum over all": lambda a, y: -terms(a, y).mean(axis=1),
        "this is the quadratic cost of lesson 04": OURS["quadratic_cost"],
    })


def update_with_decay(fn):
    """Check a function that moves net, in place, one step of cross-entropy with weight decay: lesson 08.

    >>> update_with_decay(lambda net, x, y, eta, decay: ...)
    ○ update_with_decay: not yet: write your answer, and check again.
    """
    def walk(shrink=lambda eta, decay: 1 - eta * decay, biases=False, after=False, sign=1, m=False,
             error=mnet.cross_entropy_error):
        def wrong(net, x, y, eta, decay):
            nablas, factor = OURS["backprop"](net, x, y, output_error=error), shrink(eta, decay)
            step = sign * eta / (x.shape[1] if m else 1)
            for b, nabla in zip(net.biases, nablas.nabla_b, strict=True):
                b[...] = b * (factor if biases else 1) - step * nabla
            for w, nabla in zip(net.weights, nablas.nabla_w, strict=True):
                w[...] = (w - step * nabla) * factor if after else w * factor - step * nabla
        return wrong

    return exercises.judge(OURS["update_with_decay"], fn, [(*case, 0.4, 0.3) for case in _nets()], {
        "the network is as it was: w *= and w -= change w itself, w = makes a new array that is lost":
            lambda net, *_: net.sizes,
        "the weights do not decay: w *= 1 - eta * decay": walk(lambda eta, decay: 1),
        "the learning rate is missing in 1 - eta * decay": walk(lambda eta, decay: 1 - decay),
        "the learning rate is missing in 1 - eta * decay, and the biases decay too": walk(
            lambda eta, decay: 1 - decay, biases=True),
        "the weights grow: 1 - eta * decay": walk(lambda eta, decay: 1 + eta * decay),
        "the decay is missing in 1 - eta * decay": walk(lambda eta, decay: 1 - eta),
        "1 - is missing: this keeps what should go": walk(lambda eta, decay: eta * decay),
        "the biases decay too: weights alone do": walk(biases=True),
        "the step shrinks as well: the decay comes before it": walk(after=True),
        "the sign of the step is wrong: this is uphill": walk(sign=-1),
        "the half of λ/2 w² is gone in its slope, λ w": walk(lambda eta, decay: 1 - eta * decay / 2),
        "the slope of λ/2 w² is λ w: no factor 2": walk(lambda eta, decay: 1 - 2 * eta * decay),
        "this is the step of the quadratic cost: hand output_error=cross_entropy_error to backprop":
            walk(error=mnet.output_error),
        "backprop is a mean already: do not divide by m again": walk(m=True),
        "the gradient is missing: after the decay, w -= eta * nabla_w": walk(sign=0),
        "the weights decay twice": walk(lambda eta, decay: (1 - eta * decay) ** 2),
    }, in_place=True)
