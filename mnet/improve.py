"""Lesson 08: from 95 to 98 of 100: another cost, weights that decay, digits that move, steps that shrink."""

import numpy as np

from mnet.backprop import backprop
from mnet.guards import count, decay_rate, function, generator, guarded, learning_rate, network, reader
from mnet.guards import split as a_split
from mnet.sgd import Epoch, evaluate, mini_batches


@guarded(net=network)
def scale_weights(net):
    """Divide each layer's weights, in place, by the root of its number of inputs: the cure of lesson 07a.

    net : Network, fresh, with standard normal weights: then each z spreads about as widely as one of them.
    Raises TypeError or ValueError for anything else. Lesson 08; Nielsen, chapter 3, "Weight initialization".

    >>> from mnet import Network, scale_weights
    >>> net = Network([100, 2], rng=np.random.default_rng(0))
    >>> before = net.weights[0].copy()
    >>> scale_weights(net)
    >>> bool(np.allclose(10 * net.weights[0], before))
    True
    """
    for w in net.weights:
        w /= np.sqrt(w.shape[1], dtype=w.dtype)


@guarded(a="outputs m", y="outputs m")
def cross_entropy(a, y):
    """Return how surprised the targets are by the answers: C = -1/m Σₓ Σⱼ [y ln a + (1 - y) ln(1 - a)].

    a, y : ndarrays of shape (10, m), answers and targets, both from 0 to 1. The mean over the columns; 0 for
    perfect answers; an answer that is sure and wrong costs what ln(1e-30) does, 69, and not infinity.
    Raises TypeError or ValueError for different shapes, NaN and infinity.
    Lesson 08, equation (16); Nielsen, chapter 3, equation (63).

    >>> from mnet import cross_entropy
    >>> round(cross_entropy([[0.5]], [[1.0]]), 3)  # ln 2
    0.693
    """
    said, denied = np.log(np.maximum(a, 1e-30)), np.log(np.maximum(1 - a, 1e-30))
    return float((-y * said - (1 - y) * denied).sum() / y.shape[1])


@guarded(a="j m", y="j m", z="j m")
def cross_entropy_error(a, y, z):
    """Return δ of the last layer where the cost is `cross_entropy`: δ = a - y = ∂Cₓ/∂z, its BP1.

    a, y : ndarrays of shape (j, m), answers and targets; z, which `backprop` hands over, has no say: the
    slope σ′(z) cancels. Returns (j, m), not averaged. Raises TypeError or ValueError for different shapes,
    NaN and infinity.
    Lesson 08, equation (17); Nielsen, chapter 3, "The cross-entropy cost function".

    >>> from mnet import cross_entropy_error
    >>> cross_entropy_error([[0.75]], [[1.0]], [[1.1]])
    array([[-0.25]])
    """
    return a - y


@guarded(net=network, x="inputs m", y="outputs m", eta=learning_rate, decay=decay_rate,
         output_error=function("a, y, z"))  # fmt: skip
def update_with_decay(net, x, y, eta, decay, output_error=cross_entropy_error):
    """Change the network in place by one step: w ← (1 - η λ) w - η ∂C/∂w, b ← b - η ∂C/∂b.

    x, y, eta : as for `update_mini_batch`; decay : number from 0 to below 1, λ: the step goes downhill on
    C + λ/2 Σ w²; output_error : BP1 of the cost C. Raises TypeError or ValueError for other arguments; the
    network is then unchanged. The book writes λ/n for our λ, n being the number of training images.
    Lesson 08, equation (18); Nielsen, chapter 3, equation (93).

    >>> from mnet import Network, update_with_decay
    >>> net = Network([1, 1], rng=np.random.default_rng(0))
    >>> before = net.weights[0].copy()
    >>> update_with_decay(net, [[0.0]], [[1.0]], eta=1.0, decay=0.25)  # the input is 0: no gradient
    >>> (net.weights[0] / before).tolist()
    [[0.75]]
    """
    steps_b, steps_w = backprop(net, x, y, eta, output_error)
    for w, b, step_w, step_b in zip(net.weights, net.biases, steps_w, steps_b, strict=True):
        w *= 1 - eta * decay
        w -= step_w
        b -= step_b


@guarded(split=a_split, pixels=count(0, 28), rng=generator)
def shifted(split, pixels, rng):
    """Move each image by chance, up to so many pixels down or up and right or left: a new Split.

    split : Split, not changed; pixels : int from 0 to 28, how far an image moves at most each way; rng :
    numpy.random.Generator. Paper comes in at one edge, and what leaves at the other is lost. Raises
    TypeError or ValueError for other arguments. Lesson 08; Nielsen, chapter 3, "Artificially expanding".

    >>> from mnet import load_mnist, shifted
    >>> shifted(load_mnist().train, 1, np.random.default_rng(0))
    Split(50,000 images)
    """
    places = 2 * pixels + 1  # on a sheet that is larger by `pixels` at each edge
    sheets = np.pad(split.images.reshape(-1, 28, 28), [(0, 0), (pixels, pixels), (pixels, pixels)])
    views = np.lib.stride_tricks.sliding_window_view(sheets, (28, 28), axis=(1, 2))
    down, right = rng.integers(places, size=(2, len(split)))
    return type(split)(views[np.arange(len(split)), down, right].reshape(-1, 784), split.labels)


@guarded(first=learning_rate, last=learning_rate, epochs=count(1, 10_000))
def falling_rates(first, last, epochs):
    """Return a learning rate for each epoch, from the first to the last by equal factors: a list of floats.

    η_t = η_first (η_last / η_first)^(t / (T - 1)) in epoch t = 0 … T - 1

    first, last : positive numbers; epochs : int from 1 to 10,000, T; of one epoch it is the first. Raises
    ValueError for other arguments.
    Lesson 08, equation (19); Nielsen, chapter 3, "How to choose a neural network's hyper-parameters?".

    >>> from mnet import falling_rates
    >>> falling_rates(1.0, 0.01, 3)
    [1.0, 0.1, 0.01]
    """
    return np.geomspace(first, last, epochs).tolist()


@guarded(net=reader, train=a_split, test=a_split, epochs=count(1, 10_000), mini_batch_size=count(1, "train"),
         eta=learning_rate, rng=generator, last_eta=learning_rate, decay=decay_rate, pixels=count(0, 28),
         output_error=function("a, y, z"))  # fmt: skip
def improved_sgd(net, train, epochs, mini_batch_size, eta, rng, test=None, *,
                 last_eta=None, decay=0.0, pixels=0, output_error=cross_entropy_error):  # fmt: skip
    """Train the network in place as `sgd` does, whose arguments these are, with all of this lesson.

    last_eta : η of the last epoch, to which η falls; decay : λ of `update_with_decay`; pixels : how far
    `shifted` moves each image, anew in each epoch; output_error : BP1 of the cost, `cross_entropy_error`
    unless you hand in another. Left as they are, the first three change nothing. Yields one Epoch an epoch.
    Raises TypeError or ValueError for other arguments, before any training. Lesson 08.

    >>> from mnet import Network, improved_sgd, load_mnist, scale_weights
    >>> mnist, rng = load_mnist(), np.random.default_rng(0)
    >>> scale_weights(net := Network([784, 30, 10], rng))
    >>> for epoch in improved_sgd(net, mnist.train, 1, 10, 0.5, rng, mnist.validation, pixels=1):
    ...     print(epoch.number, epoch.correct > 9000)
    0 True
    """
    etas = [eta] * epochs if last_eta is None else falling_rates(eta, last_eta, epochs)
    for number, eta in enumerate(etas):
        moved = shifted(train, pixels, rng) if pixels else train
        for x, y in moved.deal(mini_batches(len(train), mini_batch_size, rng)):
            update_with_decay(net, x, y, eta, decay, output_error)
        correct, total = (None, None) if test is None else (evaluate(net, test), len(test))
        yield Epoch(number, correct, total)
