"""One epoch of the same training, written for each library the way its users write it.

Each contestant takes (train, test, sizes, mini_batch_size, eta) and returns two functions: `epoch()` trains
for one pass over the images, `correct()` counts the test images it then reads correctly. What happens before
they are returned, conversion to the library's own arrays and compilation, is not timed. Each shuffles anew
in every epoch. The cost is the quadratic cost and the arithmetic float32 unless the docstring, which the
table prints, says otherwise.
"""

import itertools
import threading
import warnings

import numpy as np

import mnet
from tests.support.per_example import floats, per_example


def matrices(train, test, sizes, mini_batch_size, eta, seed=0):
    """`mnet.sgd`, from bytes"""
    rng = np.random.default_rng(seed)
    net = mnet.Network(sizes, rng)

    def epoch():
        for _ in mnet.sgd(net, train, 1, mini_batch_size, eta, rng):
            pass

    return epoch, lambda: mnet.evaluate(net, test)


def first_edition(train, test, sizes, mini_batch_size, eta, seed=0):
    """as mnet's first edition: each mini-batch made floats alone, σ(z) computed twice, each call guarded"""
    rng = np.random.default_rng(seed)
    net = mnet.Network(sizes, rng)
    guard = threading.local()
    guard.inside = True

    def guarded(function):
        return lambda *args: function(*args) if guard.inside else None

    @guarded
    def squash(z):
        with np.errstate(over="ignore"):
            return 1 / (1 + np.exp(-z))

    @guarded
    def slope(z):
        a = squash(z)
        return a * (1 - a)

    difference = guarded(lambda a, y: a - y)
    output_error = guarded(lambda a, y, z: difference(a, y) * slope(z))
    earlier_error = guarded(lambda w, delta, z: (w.T @ delta) * slope(z))
    bias_slope = guarded(lambda delta: delta.sum(axis=1, keepdims=True) / delta.shape[1])
    weight_slope = guarded(lambda delta, a: (delta / delta.shape[1]) @ a.T)

    @guarded
    def gradient(x, y):
        activations, zs = [x], []
        for w, b in zip(net.weights, net.biases, strict=True):
            zs.append(w @ activations[-1] + b)
            activations.append(squash(zs[-1]))
        delta, nabla_b, nabla_w = output_error(activations[-1], y, zs[-1]), [], []
        for l in reversed(range(len(zs))):
            nabla_b.insert(0, bias_slope(delta))
            nabla_w.insert(0, weight_slope(delta, activations[l]))
            if l > 0:
                delta = earlier_error(net.weights[l], delta, zs[l - 1])
        return nabla_b, nabla_w

    @guarded
    def step(x, y):
        nabla_b, nabla_w = gradient(x, y)
        for w, b, nw, nb in zip(net.weights, net.biases, nabla_w, nabla_b, strict=True):
            w -= eta * nw
            b -= eta * nb

    def epoch():
        for batch in mnet.mini_batches(len(train), mini_batch_size, rng):
            step(*train.columns(batch))

    return epoch, lambda: mnet.evaluate(net, test)


def torch_eager(train, test, sizes, mini_batch_size, eta, seed=0):
    """`nn.Linear`, autograd, `optim.SGD`"""
    import torch
    from torch import nn

    torch.set_num_threads(1)
    torch.manual_seed(seed)
    layers = [(nn.Linear(k, j), nn.Sigmoid()) for k, j in itertools.pairwise(sizes)]
    model = nn.Sequential(*(part for layer in layers for part in layer))
    optimizer = torch.optim.SGD(model.parameters(), lr=eta)
    x, y = map(torch.from_numpy, floats(train))

    def epoch():
        for batch in torch.randperm(len(x)).split(mini_batch_size):
            optimizer.zero_grad()
            cost = (model(x[batch]) - y[batch]).square().sum() / (2 * len(batch))
            cost.backward()
            optimizer.step()

    def correct():
        with torch.no_grad():
            answers = model(torch.from_numpy(floats(test)[0])).argmax(1)
        return int((answers.numpy() == test.labels).sum())

    return epoch, correct


def scikit_learn(train, test, sizes, mini_batch_size, eta, seed=0):
    """`MLPClassifier.fit` with its log-loss, at a tenth of the learning rate"""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    # It knows no quadratic cost. The log-loss has no σ′ to shrink its gradient, so a tenth of η steps as far.
    model = MLPClassifier(
        sizes[1:-1],
        activation="logistic",
        solver="sgd",
        alpha=0,
        batch_size=mini_batch_size,
        learning_rate_init=eta / 10,
        max_iter=1,
        momentum=0,
        nesterovs_momentum=False,
        random_state=seed,
    )
    x = floats(train)[0]

    def epoch():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # one epoch is all we want
            model.fit(x, train.labels)

    return epoch, lambda: int((model.predict(floats(test)[0]) == test.labels).sum())


def jax_scan(train, test, sizes, mini_batch_size, eta, seed=0):
    """`jit` of a `lax.scan` over the epoch, `grad`; compilation not counted"""
    import jax
    import jax.numpy as jnp

    net = mnet.Network(sizes, np.random.default_rng(seed))
    parameters = [(jnp.asarray(w), jnp.asarray(b.T)) for w, b in zip(net.weights, net.biases, strict=True)]
    key = jax.random.key(seed)
    x, y = map(jnp.asarray, floats(train))

    def answer(parameters, a):
        for w, b in parameters:
            a = jax.nn.sigmoid(a @ w.T + b)
        return a

    def cost(parameters, a, target):
        return ((answer(parameters, a) - target) ** 2).sum() / (2 * len(a))

    def one_epoch(parameters, key, x, y):
        def step(parameters, batch):
            slopes = jax.grad(cost)(parameters, x[batch], y[batch])
            return jax.tree.map(lambda p, slope: p - eta * slope, parameters, slopes), None

        key, used = jax.random.split(key)
        order = jax.random.permutation(used, len(x))
        whole = len(x) // mini_batch_size * mini_batch_size
        return jax.lax.scan(step, parameters, order[:whole].reshape(-1, mini_batch_size))[0], key

    compiled = jax.jit(one_epoch).lower(parameters, key, x, y).compile()

    def epoch():
        nonlocal parameters, key
        parameters, key = jax.block_until_ready(compiled(parameters, key, x, y))

    def correct():
        return int((np.asarray(answer(parameters, floats(test)[0])).argmax(1) == test.labels).sum())

    return epoch, correct


def numba_loop(train, test, sizes, mini_batch_size, eta, seed=0):
    """`njit` of the epoch in matrix form; compilation not counted"""
    from numba import njit

    rng = np.random.default_rng(seed)
    net = mnet.Network(sizes, rng)
    (w1, w2), (b1, b2) = net.weights, net.biases  # three layers, by name: what numba users write
    x, y = floats(train)
    one = np.float32(1)

    @njit
    def train_on(w1, b1, w2, b2, x, y, order, m, rate):
        for k in range(0, len(order), m):
            a0, target = x[order[k : k + m]].T, y[order[k : k + m]].T
            a1 = one / (one + np.exp(-(np.dot(w1, a0) + b1)))
            a2 = one / (one + np.exp(-(np.dot(w2, a1) + b2)))
            delta2 = (a2 - target) * a2 * (one - a2) * rate
            delta1 = np.dot(w2.T, delta2) * a1 * (one - a1)
            w2 -= np.dot(delta2, a1.T)
            w1 -= np.dot(delta1, a0.T)
            b2[:, 0] -= delta2.sum(axis=1)
            b1[:, 0] -= delta1.sum(axis=1)

    def epoch(order=None):
        order = rng.permutation(len(x)) if order is None else order
        train_on(w1, b1, w2, b2, x, y, order, mini_batch_size, np.float32(eta / mini_batch_size))

    epoch(np.arange(0))  # an empty epoch compiles it and changes nothing
    return epoch, lambda: mnet.evaluate(net, test)


def products(train, test, sizes, mini_batch_size, eta, seed=0):
    """five a mini-batch and nothing else: the floor for NumPy"""
    draw = np.random.default_rng(seed).standard_normal
    batches = len(train) // mini_batch_size
    pairs = []
    for l, (k, j) in enumerate(itertools.pairwise(sizes)):
        w, a, delta = (
            draw(shape, np.float32) for shape in ((j, k), (mini_batch_size, k), (j, mini_batch_size))
        )
        pairs += [(w, a.T), (delta, a)] + [(w.T, delta)] * (l > 0)

    def epoch():
        for _ in range(batches):
            for left, right in pairs:
                left @ right

    return epoch, None


# What the table calls each, in its order; mnet comes first, for the ratios.
CONTESTANTS = {
    "mnet": matrices,
    "per-example original": per_example,
    "first edition": first_edition,
    "PyTorch eager": torch_eager,
    "scikit-learn": scikit_learn,
    "JAX": jax_scan,
    "numba": numba_loop,
    "matrix products alone": products,
}
