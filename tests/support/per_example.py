"""The original of the book: one example at a time. mnet is compared with it, in results and in time."""

import numpy as np

import mnet


def floats(split):
    """Return x (n, 784) float32 and one-hot y (n, 10): what all but mnet, which keeps bytes, start from."""
    x, y = split.columns()
    return np.ascontiguousarray(x.T), np.ascontiguousarray(y.T)


def per_example(train, test, sizes, mini_batch_size, eta, seed=0):
    """one example at a time, float64 columns, gradients summed in lists"""
    rng = np.random.default_rng(seed)
    net = mnet.Network(sizes, rng, dtype=np.float64)
    x, y = floats(train)
    x, y = x.astype(float)[:, :, None], y.astype(float)[:, :, None]  # each x[i] is a column (784, 1)

    def epoch():
        for batch in mnet.mini_batches(len(x), mini_batch_size, rng):
            per_example_step(net.weights, net.biases, [(x[i], y[i]) for i in batch], eta)

    return epoch, lambda: mnet.evaluate(net, test)


def per_example_step(weights, biases, examples, eta):
    """Take one step downhill along the sum of single gradients; weights and biases are replaced."""
    total_b = [np.zeros(b.shape) for b in biases]
    total_w = [np.zeros(w.shape) for w in weights]
    for x, y in examples:
        nabla_b, nabla_w = per_example_gradient(weights, biases, x, y)
        total_b = [total + new for total, new in zip(total_b, nabla_b, strict=True)]
        total_w = [total + new for total, new in zip(total_w, nabla_w, strict=True)]
    for l in range(len(weights)):
        weights[l] = weights[l] - eta / len(examples) * total_w[l]
        biases[l] = biases[l] - eta / len(examples) * total_b[l]


def per_example_gradient(weights, biases, x, y):
    """Return ∂Cₓ/∂b and ∂Cₓ/∂w of the one example x (784, 1), y (10, 1)."""

    def squash(z):
        return 1.0 / (1.0 + np.exp(-z))

    activations, zs = [x], []
    for w, b in zip(weights, biases, strict=True):
        zs.append(np.dot(w, activations[-1]) + b)
        activations.append(squash(zs[-1]))
    nabla_b, nabla_w = [None] * len(zs), [None] * len(zs)
    blame = activations[-1] - y
    for l in reversed(range(len(zs))):
        delta = blame * squash(zs[l]) * (1 - squash(zs[l]))
        nabla_b[l], nabla_w[l] = delta, np.dot(delta, activations[l].transpose())
        if l > 0:
            blame = np.dot(weights[l].transpose(), delta)
    return nabla_b, nabla_w
