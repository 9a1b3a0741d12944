"""Lesson 06: learning from 50,000 pictures, a handful at a time: stochastic gradient descent."""

from collections import namedtuple

import numpy as np

from mnet.backprop import backprop
from mnet.cost import check_count, check_eta
from mnet.feedforward import Network, predict
from mnet.shapes import check_parameters, shapes


class Epoch(namedtuple("Epoch", "number correct total")):
    """One pass over the training images; correct is None where there was no test split.

    >>> print(Epoch(0, 9013, 10000))
    Epoch 0: 9013 / 10000
    """

    def __str__(self):
        score = "done" if self.correct is None else f"{self.correct} / {self.total}"
        return f"Epoch {self.number}: {score}"


def mini_batches(n, mini_batch_size, rng):
    """Shuffle the numbers 0 … n-1 and deal them out: a list of int arrays, each number in exactly one.

    n : int from 1 to 100,000,000, how many examples there are; mini_batch_size : int from 1 to n, the last
    array is shorter where n is no multiple; rng : numpy.random.Generator. Raises TypeError or ValueError
    for other arguments. Lesson 06; Nielsen, chapter 1, the code of `SGD`.

    >>> [len(batch) for batch in mini_batches(5, 2, np.random.default_rng(0))]
    [2, 2, 1]
    """
    check_count("n", n, 1, 10**8)
    check_count("mini_batch_size", mini_batch_size, 1, n)
    _check_rng(rng)
    order = rng.permutation(n)
    return [order[k : k + mini_batch_size] for k in range(0, n, mini_batch_size)]


@shapes(x="inputs m", y="outputs m")
def update_mini_batch(net, x, y, eta):
    """Change the network in place by one step downhill: w ← w - η ∂C/∂w, b ← b - η ∂C/∂b.

    x, y : ndarrays of shape (sizes[0], m) and (sizes[-1], m), the mini-batch; eta : positive number, the
    learning rate η. Raises TypeError or ValueError for other arguments; the network is then unchanged.
    Lesson 06, equations (14) and (15); Nielsen, chapter 1, equations (20) and (21).

    >>> net = Network([2, 1], rng=np.random.default_rng(0))
    >>> before = net.weights[0].copy()
    >>> update_mini_batch(net, [[0.0], [1.0]], [[1.0]], eta=1.0)
    >>> (net.weights[0] == before).tolist()  # the first input is 0: its weight has no say
    [[True, False]]
    """
    check_eta(eta)
    nabla_b, nabla_w = backprop(net, x, y)
    for w, b, nw, nb in zip(net.weights, net.biases, nabla_w, nabla_b, strict=True):
        w -= eta * nw
        b -= eta * nb


def sgd(net, train, epochs, mini_batch_size, eta, rng, test=None):
    """Train the network in place; an iterator of one Epoch an epoch, which trains while you ask for the next.

    net : Network; train : Split to learn from; test : Split to score after each epoch, never learnt from
    epochs : int from 0 up; mini_batch_size : int from 1 to len(train); eta : positive number
    rng : numpy.random.Generator; the same rng and net give the same training on one machine

    Raises TypeError or ValueError for other arguments, before any training.
    Lesson 06; Nielsen, chapter 1, the code of `SGD`.

    >>> from mnet import load_mnist
    >>> mnist, rng = load_mnist(), np.random.default_rng(0)
    >>> for epoch in sgd(Network([784, 30, 10], rng=rng), mnist.train, 1, 10, 3.0, rng, mnist.test):
    ...     print(epoch.number, epoch.correct > 8500)
    0 True
    """
    check_fit(net, train)
    if test is not None:
        check_fit(net, test)
    check_count("epochs", epochs, 0)
    check_count("mini_batch_size", mini_batch_size, 1, len(train))
    check_eta(eta)
    _check_rng(rng)

    def run():
        for number in range(epochs):
            train_on(net, train, mini_batches(len(train), mini_batch_size, rng), eta)
            yield Epoch(number, *(None, None) if test is None else (evaluate(net, test), len(test)))

    return run()


@shapes()  # names no array: a Split was checked when it was made, so the loop checks nothing again
def train_on(net, train, batches, eta):
    """Update the network once for each index array in `batches`: the inner loop of `sgd`."""
    for batch in batches:
        x, y = train.columns(batch)
        update_mini_batch(net, x, y, eta)


def evaluate(net, split):
    """Return how many of the split's images the network reads correctly, an int from 0 to len(split).

    TypeError or ValueError unless the network has 784 inputs and 10 outputs. Lesson 06; Nielsen,
    chapter 1, the code of `evaluate`.
    """
    check_fit(net, split)
    chunks = (slice(k, k + 1000) for k in range(0, len(split), 1000))  # 3 MB of pixels at a time
    return sum(int((predict(net, split.columns(c)[0]) == split.labels[c]).sum()) for c in chunks)


def check_fit(net, split):
    """Raise TypeError or ValueError unless the network takes this split's images and names its digits."""
    if not isinstance(net, Network):
        raise TypeError(f"net is a {type(net).__name__}, wanted a Network.")
    check_parameters(net)
    if not hasattr(split, "columns"):
        raise TypeError(f"the data are a {type(split).__name__}, wanted a Split such as load_mnist().train.")
    if (net.sizes[0], net.sizes[-1]) != (784, 10):
        raise ValueError(
            f"the network has sizes {net.sizes}, wanted 784 first and 10 last, for images and digits."
        )


def _check_rng(rng):
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng is a {type(rng).__name__}, wanted np.random.default_rng(seed).")
