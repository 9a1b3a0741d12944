"""Looks at a network while it trains, beside its curves: each draws on `ax` and returns its sentence."""

import numpy as np

from mnet import figures, predict

NEURONS = 30  # as many pictures of weights as fit
SAMPLE = 500  # validation images whose answers are counted: a look must not cost the training much


def weights(ax, training):
    """Draw the weights of the first layer's neurons as pictures."""
    w = training.net.weights[0][:NEURONS]
    return figures.receptive(ax, w, columns=15)


def answers(ax, training):
    """Draw a dozen validation images, each with its label and the answer of this moment."""
    x, labels = _sample(training, 12)
    read = predict(training.net, x)
    named = [
        str(label) if label == guess else f"{label}→{guess}"
        for label, guess in zip(labels, read, strict=True)
    ]
    figures.digits(ax, 256 * x.T, named, columns=12)
    return f"Of these twelve validation images {(read == labels).sum()} are read correctly at this moment."


def mistakes(ax, training):
    """Draw how often each digit is read as each other one."""
    x, labels = _sample(training, SAMPLE)
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (labels, predict(training.net, x)), 1)
    return figures.confusion(ax, counts)


def layers(ax, training):
    """Draw how saturated each layer is, and how large its next step."""
    return figures.layers_learning(ax, *training.layers())


def _sample(training, n):
    validation = training.mnist.validation
    x, _ = validation.columns(slice(0, n))
    return x, validation.labels[:n]
