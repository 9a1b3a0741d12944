"""Bad input to each public function: a right result or one clear sentence, and no array is changed."""

import contextlib
import copy
import functools
import inspect
import pickle
import re
import tempfile
import warnings
from pathlib import Path

import numpy as np

import mnet
from mnet import checks
from mnet.data import read_pickle
from mnet.live.training import Training

SENTENCE = re.compile(r"(?s)(?=.*(wanted|expected|should be|must be|give ))[^\n]{10,600}")
NO_CALLS = {"DataError", "Epoch", "Gradient", "Mnist"}  # records and an error: they ask for nothing


def rows(quick):
    """Yield how many calls were answered as promised; all take seconds, quick or not."""
    calls = faults = refused = 0
    for name in targets():
        for what, fault, was_refused in answers(name):
            calls, refused, faults = calls + 1, refused + was_refused, faults + bool(fault)
            if fault:
                print(f"{name}, {what}: {fault}")
    figure = f"{calls:,} calls of {len(targets())}: {refused:,} refused in a sentence, {faults} faults"
    met = not faults and not missing() and calls > 2000
    yield "bad input to each public function", figure, "no fault", met


def targets():
    """Return {name: (function, its right arguments, whether it changes them)}, new ones at each call."""
    rng = np.random.default_rng(1)
    net = mnet.Network([4, 3, 2], rng=rng)
    reader = mnet.Network([784, 2, 10], rng=rng)
    x, y, hidden = rng.random((4, 5)), rng.random((2, 5)), rng.random((3, 5))
    split = mnet.Split(rng.integers(0, 256, (20, 784), dtype=np.uint8), np.arange(20, dtype=np.uint8) % 10)
    folder = Path(tempfile.gettempdir())
    given = {
        mnet.sigmoid: {"z": x},
        mnet.sigmoid_prime: {"z": x, "a": mnet.sigmoid(x)},
        mnet.feedforward: {"net": net, "x": x},
        mnet.predict: {"net": net, "x": x},
        mnet.quadratic_cost: {"a": y, "y": y.copy()},
        mnet.cost_derivative: {"a": y, "y": y.copy()},
        mnet.gradient_descent: {
            "gradient": lambda v: 2 * v,
            "v": np.array([1.0, 2.0]),
            "eta": 0.1,
            "steps": 3,
        },
        mnet.output_error: {"a": y, "y": y.copy(), "z": y.copy()},
        mnet.propagate_error: {
            "w_next": rng.random((2, 3)),
            "delta_next": y,
            "z": hidden,
            "a": mnet.sigmoid(hidden),
        },
        mnet.bias_gradient: {"delta": y},
        mnet.weight_gradient: {"delta": y, "a_prev": x},
        mnet.backprop: {"net": net, "x": x, "y": y, "eta": 1.0, "output_error": mnet.output_error},
        mnet.numerical_gradient: {"net": net, "x": x, "y": y, "h": 1e-5, "cost": mnet.quadratic_cost},
        mnet.update_mini_batch: {"net": net, "x": x, "y": y, "eta": 1.0},
        mnet.scale_weights: {"net": net},
        mnet.cross_entropy: {"a": y, "y": y.copy()},
        mnet.cross_entropy_error: {"a": y, "y": y.copy(), "z": y.copy()},
        mnet.update_with_decay: {
            "net": net,
            "x": x,
            "y": y,
            "eta": 1.0,
            "decay": 0.1,
            "output_error": mnet.output_error,
        },
        mnet.shifted: {"split": split, "pixels": 2, "rng": rng},
        mnet.falling_rates: {"first": 1.0, "last": 0.1, "epochs": 3},
        mnet.mini_batches: {"n": 7, "mini_batch_size": 3, "rng": rng},
        mnet.evaluate: {"net": reader, "split": split},
        mnet.one_hot: {"labels": np.arange(10)},
        mnet.Network: {"sizes": [4, 3, 2], "rng": rng, "dtype": np.float32},
        mnet.Split: {"images": split.images, "labels": split.labels},
        mnet.load_mnist: {"folder": folder / "none"},
        read_pickle: {"path": folder / "none"},
        mnet.Network.load: {"path": folder / "none"},
    }
    named = {function.__name__: (function, arguments) for function, arguments in given.items()}
    settings = {"epochs": 1, "mini_batch_size": 5, "eta": 1.0, "rng": rng}
    named["sgd"] = trained, {"net": reader, "train": split, **settings, "test": split}
    named["improved_sgd"] = (
        improved,
        {
            "net": reader,
            "train": split,
            **settings,
            "test": split,
            "last_eta": 0.1,
            "decay": 0.1,
            "pixels": 1,
            "output_error": mnet.output_error,
        },
    )
    named["train_on"] = (
        mnet.train_on,
        {"net": reader, "train": split, "batches": [[0, 1], [2]], "eta": 1.0},
    )
    named["columns"] = split.columns, {"which": slice(0, 5)}
    named["save"] = net.save, {"path": folder / "none" / "net.npz", "epoch": np.array(1)}
    named["plugged_in"] = checks.plugged_in, dict.fromkeys(checks.EXERCISES[:2])
    named["configure"] = TRAINING.configure, {"eta": 3.0, "mini_batch_size": 10}
    named["rebuild"] = TRAINING.rebuild, {"sizes": [784, 3, 10]}
    return named


DIGITS = mnet.Split(np.zeros((20, 784), np.uint8), np.arange(20, dtype=np.uint8) % 10)
TRAINING = Training(mnet.Mnist(DIGITS, DIGITS, DIGITS), [784, 2, 10])


@functools.wraps(mnet.sgd)
def trained(*args, **given):
    return list(mnet.sgd(*args, **given))


@functools.wraps(mnet.improved_sgd)
def improved(*args, **given):
    return list(mnet.improved_sgd(*args, **given))


def missing():
    """Return the public functions that are not asked here, and those that take what is not given here."""
    absent = {*mnet.__all__} - {*targets()} - NO_CALLS
    for name, (function, given) in targets().items():
        parameters = inspect.signature(function).parameters.values()
        if {p.name for p in parameters if p.kind != p.VAR_KEYWORD} - {*given}:
            absent.add(name)
    return absent


ODD = {
    "None": None,
    "True": True,
    "nought": 0,
    "below nought": -1,
    "half": 0.5,
    "NaN": np.nan,
    "infinity": np.inf,
    "minus infinity": -np.inf,
    "a huge float": 1e308,
    "a huge float32": np.float32(3e38),
    "a tiny float": 5e-324,
    "a huge int": 10**400,
    "a large int": 10**20,
    "a complex number": 1j,
    "text": "text",
    "no text": "",
    "text with a nought": "a\0b",
    "a long name": "a" * 5000,
    "bytes": b"bytes",
    "a list": [],
    "a list of lists": [[]],
    "ragged": [[1.0], [1.0, 2.0]],
    "a dict": {},
    "a set": {1},
    "an object": object(),
    "a class": int,
    "a function": lambda *_: None,
    "another function": lambda z: np.asarray(z) * np.nan,
    "a nested list": [[[1.0]]],
    "a list of text": ["a", "b"],
    "an array of None": np.array([None]),
    "NaN in a list": [np.nan, 1.0],
    "masked": np.ma.masked,
    "a date": np.datetime64("2020-01-01"),
    "a network that lies": "liar",
    "a network with NaN": "nan",
    "a network with huge weights": "huge",
    "a network of lists": "lists",
    "many sizes": [1] * 100_000,
    "a huge size": [784, 10**9, 10],
    "sizes of text": ["784", "10"],
    "other sizes": [3, 2],
}
SAME = {  # the same numbers in other clothes: refused, or the same result
    "float32": lambda a: a.astype(np.float32),
    "float16": lambda a: a.astype(np.float16),
    "long double": lambda a: a.astype(np.longdouble),
    "big-endian": lambda a: a.astype(a.dtype.newbyteorder(">")),
    "objects": lambda a: a.astype(object),
    "strings": lambda a: a.astype(str),
    "complex": lambda a: a.astype(complex),
    "read-only": lambda a: frozen(a.copy()),
    "Fortran order": np.asfortranarray,
    "every other number of a larger array": lambda a: np.repeat(a, 2, axis=-1)[..., ::2],
    "backwards in memory": lambda a: a[..., ::-1].copy()[..., ::-1],
    "a matrix": lambda a: np.asmatrix(a) if a.ndim == 2 else a,
    "masked, with nothing hidden": np.ma.array,
    "nested lists": lambda a: a.tolist(),
    "a list of rows": list,
}
OTHER = {  # other numbers
    "masked": lambda a: np.ma.array(a, mask=np.arange(a.size).reshape(a.shape) == 0),
    "one dimension": np.ravel,
    "three dimensions": lambda a: a[None],
    "no dimension": lambda a: a.ravel()[0],
    "transposed": np.transpose,
    "no columns": lambda a: a[..., :0],
    "no rows": lambda a: a[:0],
    "whole numbers": lambda a: a.astype(np.int8),
    "yes and no": lambda a: a > 0.5,
    "a NaN": lambda a: first(a, np.nan),
    "an infinity": lambda a: first(a, -np.inf),
    "all huge": lambda a: np.full(a.shape, 3e38, np.float32),
    "all huge doubles": lambda a: np.full(a.shape, -1e308),
    "huge both ways": lambda a: np.where(np.arange(a.size).reshape(a.shape) % 2, 1e300, -1e300),
    "large": lambda a: np.full(a.shape, 9e14, np.float32),
    "largest of long doubles": lambda a: np.full(a.shape, np.finfo(np.longdouble).max),
    "large halves": lambda a: np.full(a.shape, 6e4, np.float16),
    "tiny": lambda a: np.full(a.shape, 5e-324),
    "negative": lambda a: -a.astype(float),
    "dates": lambda a: np.zeros(a.shape, "M8[s]"),
    "records": lambda a: np.zeros(a.shape, [("a", "f8")]),
    "past the end": lambda a: a.astype(np.int64) + 10**6,
}


def frozen(array):
    array.flags.writeable = False
    return array


def first(array, value):
    array = array.astype(float)
    array.flat[0] = value
    return array


def odd(name, net):
    """Return the odd value; a network that lies is made of the right one."""
    value = ODD[name]
    if not name.startswith("a network"):
        return value
    net = copy.deepcopy(net) if isinstance(net, mnet.Network) else mnet.Network([4, 3, 2])
    match value:
        case "liar":
            net.sizes = [*net.sizes[:-1], 7]
        case "nan":
            net.weights[0][0, 0] = np.nan
        case "huge":
            net.weights[0][:] = np.float32(3e38)
        case "lists":
            net.weights = [w.tolist() for w in net.weights]
    return net


def answers(name):
    """Yield (what was given, the fault or None, whether it was refused) for each odd argument."""
    parameters = list(targets()[name][1])
    wanted = call(name, **targets()[name][1])
    for parameter in parameters:
        right = targets()[name][1][parameter]
        arrays = [*SAME, *OTHER] if isinstance(right, np.ndarray) and right.ndim else []
        for kind in [*ODD, *arrays]:
            if (name, parameter, kind) in ASKED_FOR:
                continue
            function, given = targets()[name]
            given = dict(given)
            if kind in ODD:
                given[parameter] = odd(kind, right)
            else:
                given[parameter] = (SAME | OTHER)[kind](right)
            yield f"{parameter}: {kind}", *judged(name, function, given, wanted if kind in SAME else None)
    for what, given in ("no argument", {}), ("one more", {**targets()[name][1], "no_such": 1}):
        if name != "save":
            yield what, *judged(name, targets()[name][0], given, None, python=True)


CHANGE = "update_mini_batch", "sgd", "train_on", "scale_weights", "update_with_decay", "improved_sgd"
# What was asked for: a walk or a training of so many steps, and a function of one's own that fails.
ASKED_FOR = {(name, parameter, kind) for name, parameter in (("gradient_descent", "steps"), ("sgd", "epochs"))
             for kind in ("a large int", "a huge int")}  # fmt: skip
ASKED_FOR |= {("gradient_descent", "gradient", "a class")}
HANDED = [("numerical_gradient", "cost")]
HANDED += [(name, "output_error") for name in ("backprop", "update_with_decay", "improved_sgd")]
ASKED_FOR |= {(*pair, kind) for pair in HANDED for kind in ("a class", "another function")}


def call(name, **given):
    try:
        return targets()[name][0](**given)
    except (TypeError, ValueError):
        return None


def kept(given):
    """Return a copy of what belongs to the caller."""
    return {
        name: pickle.dumps(vars(value) if isinstance(value, mnet.Network) else value)
        for name, value in given.items()
        if isinstance(value, (np.ndarray, list, mnet.Network))
    }


def judged(name, function, given, wanted, python=False):
    """Call the function; return what is wrong with its answer, or None, and whether it refused."""
    before = kept(given)
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder), warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            result = function(**given)
        except (TypeError, ValueError) as error:
            refused, fault = True, None
            if not python and not SENTENCE.fullmatch(str(error)) and name != "plugged_in":
                fault = f"no clear sentence: {type(error).__name__}: {error!s:.200}"
        except BaseException as error:
            refused, fault = False, f"{type(error).__name__}: {error!s:.200}"
        else:
            refused, fault = False, wrong(result, wanted)
    changes = not refused and name in CHANGE
    if not changes and kept(given) != before:
        fault = fault or "the caller's arrays are changed"
    return fault, refused


def leaves(result):
    """Return the arrays and numbers that a result is made of."""
    if isinstance(result, mnet.Network):
        return [*result.weights, *result.biases]
    if isinstance(result, (tuple, list)):
        return [leaf for part in result for leaf in leaves(part)]
    return [result] if isinstance(result, (np.ndarray, np.generic, int, float)) else []


def wrong(result, wanted):
    """Return what is wrong with a result: NaN, infinity, or another result than for the same numbers."""
    found = leaves(result)
    if not all(np.isfinite(leaf).all() for leaf in found):
        return "a result that is not finite"
    if wanted is not None and not all(
        np.allclose(a, b, rtol=2e-3, atol=2e-3) for a, b in zip(found, leaves(wanted), strict=True)
    ):
        return "another result than for the same numbers"
    return None
