"""Lesson 03: layers of neurons, and what they answer.

The book counts layers from 1, and its layer 1, the input, has no weights. Lists in code count from 0:
`weights[0]` and `biases[0]` belong to the book's layer 2.
"""

from functools import partial

import numpy as np

from mnet.files import DataError, read_npz, write_whole
from mnet.guards import float_type, generator, guarded, network, refuse_parameters, storable
from mnet.guards import sizes as layer_sizes
from mnet.sigmoid import sigmoid


class Network:
    """Weights and biases, one pair a layer after the input, drawn from the standard normal distribution.

    sizes : at least two positive ints, the neurons in each layer, the input first: [784, 30, 10]
    rng : numpy.random.Generator, where the draws come from; a fresh one unless given
    dtype : np.float32 or np.float64; both start from the same draws

    `weights[l]` has shape (sizes[l+1], sizes[l]): row j holds what neuron j listens to. `biases[l]` has
    shape (sizes[l+1], 1). Raises TypeError or ValueError for other arguments.
    Lesson 03; Nielsen, chapter 1, the class `Network`.

    >>> net = Network([784, 30, 10], rng=np.random.default_rng(0))
    >>> [w.shape for w in net.weights], [b.shape for b in net.biases]
    ([(30, 784), (10, 30)], [(30, 1), (10, 1)])
    """

    @guarded(sizes=layer_sizes, rng=generator, dtype=float_type)
    def __init__(self, sizes, rng=None, dtype=np.float32):
        self.sizes = sizes
        rng = np.random.default_rng() if rng is None else rng
        layers = list(zip(sizes[1:], sizes[:-1], strict=True))
        self.biases = [rng.standard_normal((j, 1)).astype(dtype) for j, _ in layers]
        self.weights = [rng.standard_normal((j, k)).astype(dtype) for j, k in layers]

    def __repr__(self):
        count = sum(np.size(array) for array in self.weights + self.biases)
        return f"Network({self.sizes}: {count:,} weights and biases)"

    def save(self, path, **more):
        """Write the network, and the arrays in `more`, to an .npz file, whole or not at all (DataError).

        Raises ValueError, and writes nothing, for what `load` would refuse: altered sizes or shapes, NaN.
        """
        layer_sizes("save", "net.sizes", self.sizes)
        refuse_parameters(self)
        for name, array in more.items():
            storable("save", name, array)
        parts = {"sizes": np.array(self.sizes), **more}
        for l, (w, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            parts |= {f"weights_{l}": w, f"biases_{l}": b}
        write_whole(path, partial(np.savez, **parts))

    @classmethod
    def load(cls, path):
        """Read a network that `save` wrote; DataError for anything else. Nothing in the file is run."""
        parts = read_npz(path)
        net = cls.__new__(cls)
        try:
            net.sizes = layer_sizes("Network", "sizes", parts["sizes"].tolist())
            net.weights = [parts[f"weights_{l}"] for l in range(len(net.sizes) - 1)]
            net.biases = [parts[f"biases_{l}"] for l in range(len(net.sizes) - 1)]
            refuse_parameters(net)
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, KeyError):
                error = f"no {error.args[0]} among {', '.join(parts)}"
            found = f"no network in it ({error})"
            raise DataError(path, found, "one saved by mnet", "give its file, or train it again") from None
        return net


@guarded(net=network, x="inputs m")
def feedforward(net, x):
    """Return the network's answer to each column of x: layer by layer, a ← σ(w a + b).

    x : ndarray of shape (sizes[0], m), one image a column; dimensionless, 0.0 is paper, 1.0 full ink
    Returns an ndarray of shape (sizes[-1], m), each value from 0 to 1: not probabilities, a column need
    not sum to 1. Raises TypeError or ValueError if x has another shape, or holds NaN or infinity.
    Lesson 03, equation (5); Nielsen, chapter 1, equation (22).

    >>> from mnet import feedforward
    >>> feedforward(Network([2, 3, 1], rng=np.random.default_rng(0)), [[0.0], [1.0]]).shape
    (1, 1)
    """
    a = x
    for w, b in zip(net.weights, net.biases, strict=True):
        a = sigmoid(w.dot(a) + b)  # w.dot(a) is w @ a, and begins half a microsecond sooner
    return a


@guarded(net=network, x="inputs m")
def predict(net, x):
    """Return (m,) ints: for each column of x, the number of the output neuron that answers loudest.

    x is (sizes[0], m), as for `feedforward`. Lesson 03; Nielsen, chapter 1, `evaluate`.

    >>> from mnet import predict
    >>> predict(Network([2, 3, 4], rng=np.random.default_rng(0)), [[0.0], [1.0]]).shape
    (1,)
    """
    return feedforward(net, x).argmax(axis=0)
