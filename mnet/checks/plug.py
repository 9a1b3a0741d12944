"""Puts your functions in the place of ours."""

import functools
import inspect
import sys
from contextlib import ExitStack

import numpy as np

import mnet
from mnet.checks import blaming, exercises, improving
from mnet.checks.exercises import EXERCISES, OURS

LEARNS = {"backprop": (), "update_mini_batch": (1.0,), "update_with_decay": (1.0, 0.1)}  # and η and λ


def plugged_in(**answers):
    """Let mnet work with your functions: in a `with` block, or until you close() what this returns.

    answers : sigmoid=your_sigmoid, and so on: each passes its check, or ValueError, as for a gradient that is
    measured number by number, too slow to learn with; one that is not written yet leaves ours in place, and
    of two for one name the newer counts. Training, pictures and panels then use it. Returns a
    contextlib.ExitStack.

    >>> with plugged_in(sigmoid=lambda z: (1 + np.tanh(z / 2)) / 2):
    ...     mnet.feedforward(mnet.Network([2, 1]), [[0.0], [1.0]]).shape
    (1, 1)
    """
    with ExitStack() as stack:
        for name, fn in answers.items():
            if name not in EXERCISES:
                raise ValueError(f"plugged_in: {name} is no exercise, wanted one of {', '.join(EXERCISES)}.")
            room = next(room for room in (improving, blaming, exercises) if hasattr(room, name))
            verdict = getattr(room, name)(fn)
            if verdict.passed is None:
                continue
            if not verdict:
                raise ValueError(verdict.message)
            if name in LEARNS and _calls_a_number(fn, *LEARNS[name]) > 2:
                asks = "it asks the network twice for each of its numbers, and an epoch would take hours"
                raise ValueError(f"{name}: right, but it measures: {asks}; check with it, learn without.")
            ours, yours = OURS[name], _like_ours(name, fn)
            _swap(name, getattr(mnet, name), yours)
            stack.callback(_swap, name, yours, ours)
        return stack.pop_all()


def _calls_a_number(fn, *settings):
    """Return how many functions fn calls for each number of a network: less than one, if it goes back."""
    rng, calls = np.random.default_rng(0), []
    net = mnet.Network([40, 20, 10], rng, np.float64)
    profiler = sys.getprofile()
    try:
        sys.setprofile(lambda frame, event, _: calls.append(event))
        fn(net, rng.random((40, 2)), np.eye(10)[:, :2], *settings)
    finally:
        sys.setprofile(profiler)
    return calls.count("call") / sum(array.size for array in net.biases + net.weights)


def _like_ours(name, fn):
    """Wrap fn to take and give what ours does: an answer may be a list, and mnet computes with arrays."""
    signature = inspect.signature(OURS[name])
    parameters = signature.parameters.values()
    asked = sum(parameter.default is parameter.empty for parameter in parameters)  # what the exercise names
    error = signature.parameters.get("output_error")  # of its own cost: the exercise speaks of no other
    place = [*signature.parameters].index("output_error") if error else None

    def gradient(pair, eta=1.0, output_error=None):
        return mnet.Gradient(*([eta * np.asarray(nabla) for nabla in nablas] for nablas in pair))

    kinds = {
        "sigmoid_prime": lambda slopes, _=None: np.asarray(slopes),
        "quadratic_cost": float,
        "cross_entropy": float,
        "backprop": gradient,
        "update_mini_batch": lambda _: None,
        "scale_weights": lambda _: None,
        "update_with_decay": lambda _, output_error=None: None,
    }

    def bare(*args, **handed):
        if handed:  # by name: an answer may call its arguments otherwise
            bound = signature.bind(*args, **handed)
            bound.apply_defaults()
            args = bound.args
        if error and args[place : place + 1] not in ((), (error.default,)):
            return OURS[name].__wrapped__(*args)
        return kinds.get(name, np.asarray)(fn(*args[:asked]), *args[asked:])

    bare.__wrapped__ = fn  # what `figures.source` then shows
    # Of two kinds, as ours is: for mnet, and inside.
    return functools.wraps(bare)(lambda *args, **handed: bare(*args, **handed))


def _swap(name, old, new):
    """Exchange a function in each module that uses it, guarded or bare."""
    pairs = (old, new), (old.__wrapped__, new.__wrapped__)
    for key, module in [*sys.modules.items()]:
        for before, after in pairs:
            if f"{key}.".startswith("mnet.") and vars(module).get(name) is before:
                setattr(module, name, after)
                break
