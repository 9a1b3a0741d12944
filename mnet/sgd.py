"""Lesson 06: learning from 50,000 pictures, a handful at a time: stochastic gradient descent."""

from collections import namedtuple

from mnet.backprop import backprop
from mnet.feedforward import predict
from mnet.guards import batches_of, count, generator, guarded, learning_rate, network, reader
from mnet.guards import split as a_split


class Epoch(namedtuple("Epoch", "number correct total")):
    """One pass over the training images; correct is None where there was no test split.

    >>> print(Epoch(0, 9013, 10000))
    Epoch 0: 9013 / 10000
    """

    def __str__(self):
        score = "done" if self.correct is None else f"{self.correct} / {self.total}"
        return f"Epoch {self.number}: {score}"


@guarded(n=count(1, 10**8), mini_batch_size=count(1, "n"), rng=generator)
def mini_batches(n, mini_batch_size, rng):
    """Shuffle the numbers 0 … n-1 and deal them out: a list of int arrays, each number in exactly one.

    n : int from 1 to 100,000,000, how many examples there are; mini_batch_size : int from 1 to n, the last
    array is shorter where n is no multiple; rng : numpy.random.Generator. Raises TypeError or ValueError
    for other arguments. Lesson 06; Nielsen, chapter 1, the code of `SGD`.

    >>> import numpy as np
    >>> from mnet import mini_batches
    >>> [len(batch) for batch in mini_batches(5, 2, np.random.default_rng(0))]
    [2, 2, 1]
    """
    order = rng.permutation(n)
    return [order[k : k + mini_batch_size] for k in range(0, n, mini_batch_size)]


@guarded(net=network, x="inputs m", y="outputs m", eta=learning_rate)
def update_mini_batch(net, x, y, eta):
    """Change the network in place by one step downhill: w ← w - η ∂C/∂w, b ← b - η ∂C/∂b.

    x, y : ndarrays of shape (sizes[0], m) and (sizes[-1], m), the mini-batch; eta : positive number, the
    learning rate η. Raises TypeError or ValueError for other arguments; the network is then unchanged.
    Lesson 06, equations (14) and (15); Nielsen, chapter 1, equations (20) and (21).

    >>> import numpy as np
    >>> from mnet import Network, update_mini_batch
    >>> net = Network([2, 1], rng=np.random.default_rng(0))
    >>> before = net.weights[0].copy()
    >>> update_mini_batch(net, [[0.0], [1.0]], [[1.0]], eta=1.0)
    >>> (net.weights[0] == before).tolist()  # the first input is 0: its weight has no say
    [[True, False]]
    """
    steps_b, steps_w = backprop(net, x, y, eta)  # η ∂C/∂b and η ∂C/∂w
    for w, b, step_w, step_b in zip(net.weights, net.biases, steps_w, steps_b, strict=True):
        w -= step_w
        b -= step_b


@guarded(
    net=reader,
    train=a_split,
    test=a_split,
    epochs=count(0),
    mini_batch_size=count(1, "train"),
    eta=learning_rate,
    rng=generator,
)
def sgd(net, train, epochs, mini_batch_size, eta, rng, test=None):
    """Train the network in place; an iterator of one Epoch an epoch, which trains while you ask for the next.

    net : Network; train : Split to learn from; test : Split to score after each epoch, never learnt from
    epochs : int from 0 up; mini_batch_size : int from 1 to len(train); eta : positive number
    rng : numpy.random.Generator; the same rng and net give the same training on one machine

    Raises TypeError or ValueError for other arguments, before any training.
    Lesson 06; Nielsen, chapter 1, the code of `SGD`.

    >>> from mnet import Network, load_mnist, sgd
    >>> import numpy as np
    >>> mnist, rng = load_mnist(), np.random.default_rng(0)
    >>> for epoch in sgd(Network([784, 30, 10], rng=rng), mnist.train, 1, 10, 3.0, rng, mnist.test):
    ...     print(epoch.number, epoch.correct > 8500)
    0 True
    """
    for number in range(epochs):
        train_on(net, train, mini_batches(len(train), mini_batch_size, rng), eta)
        correct, total = (None, None) if test is None else (evaluate(net, test), len(test))
        yield Epoch(number, correct, total)


@guarded(net=reader, train=a_split, batches=batches_of("train"), eta=learning_rate)
def train_on(net, train, batches, eta):
    """Update the network once for each index array in `batches`, in place: the inner loop of `sgd`.

    train : Split to learn from; batches : a list, as `mini_batches` deals it; eta : positive number. Raises
    TypeError or ValueError for other arguments, before any training. Lesson 06.

    >>> from mnet import Network, load_mnist, train_on
    >>> net, train = Network([784, 30, 10]), load_mnist().train
    >>> train_on(net, train, [[0, 1, 2], [3, 4]], eta=3.0)
    """
    for x, y in train.deal(batches):
        update_mini_batch(net, x, y, eta)


@guarded(net=reader, split=a_split)
def evaluate(net, split):
    """Return how many of the split's images the network reads correctly, an int from 0 to len(split).

    TypeError or ValueError unless the network has 784 inputs and 10 outputs. Lesson 06; Nielsen,
    chapter 1, the code of `evaluate`.
    """
    chunks = (slice(k, k + 1000) for k in range(0, len(split), 1000))  # 3 MB of pixels at a time
    return sum(int((predict(net, split.columns(c)[0]) == split.labels[c]).sum()) for c in chunks)
