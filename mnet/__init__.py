"""A network that reads handwriting, from scratch in NumPy: one module a lesson."""

import os

# The matrices of a mini-batch are small: a second BLAS thread waits more than it works (an epoch takes
# several times as long on busy cores). It must be said before NumPy is loaded; your own setting wins.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from mnet.backprop import (
    Gradient,
    backprop,
    bias_gradient,
    numerical_gradient,
    output_error,
    propagate_error,
    weight_gradient,
)
from mnet.cost import cost_derivative, gradient_descent, quadratic_cost
from mnet.data import DataError, Mnist, Split, load_mnist, one_hot
from mnet.feedforward import Network, feedforward, predict
from mnet.guards import public
from mnet.improve import (
    cross_entropy,
    cross_entropy_error,
    falling_rates,
    improved_sgd,
    scale_weights,
    shifted,
    update_with_decay,
)
from mnet.sgd import Epoch, evaluate, mini_batches, sgd, train_on, update_mini_batch
from mnet.sigmoid import sigmoid, sigmoid_prime

__all__ = [
    "DataError",
    "Epoch",
    "Gradient",
    "Mnist",
    "Network",
    "Split",
    "backprop",
    "bias_gradient",
    "cost_derivative",
    "cross_entropy",
    "cross_entropy_error",
    "evaluate",
    "falling_rates",
    "feedforward",
    "gradient_descent",
    "improved_sgd",
    "load_mnist",
    "mini_batches",
    "numerical_gradient",
    "one_hot",
    "output_error",
    "predict",
    "propagate_error",
    "quadratic_cost",
    "scale_weights",
    "sgd",
    "shifted",
    "sigmoid",
    "sigmoid_prime",
    "train_on",
    "update_mini_batch",
    "update_with_decay",
    "weight_gradient",
]

for _name in __all__:  # from here, and from here alone, each function comes behind its guard
    globals()[_name] = public(globals()[_name])
