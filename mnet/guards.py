"""Every refusal of a bad argument, and nothing else.

A lesson says in one line what a function takes, `@guarded(x="inputs m", eta=learning_rate)`, and computes.
That line only notes it: `mnet` hands the function out behind `public`, which refuses anything else in one
sentence. Inside the package the bare functions call each other, so the training loop pays nothing.

What is taken is a string of dimensions, one a word, or a function of this module: what it returns is used.
"""

import functools
import inspect
import math
from collections import namedtuple
from itertools import pairwise

import numpy as np

FLOATS = np.float32, np.float64
LARGEST = 1e15  # sums of products of two such numbers are floats still
MOST_PARAMETERS = 16_000_000  # as float64 they fit files.LIMIT; [784, 30, 10] has 23,860


def guarded(**takes):
    """Note what a function takes, for `public`; the function stays as it is."""

    def note(function):
        function.takes = takes
        return function

    return note


def public(thing):
    """Return a function behind its guard; a class is returned itself, with its methods behind theirs.

    In a string of dimensions equal names mean equal lengths across the arguments of one call; ``"..."`` is
    any shape. A network gives ``inputs`` and ``outputs`` their lengths. What is neither float32 nor float64
    (nor, in any shape, float16) becomes float64; NaN (and, where there is a shape, what is beyond LARGEST)
    is refused, as is a result that floats cannot hold.

    >>> @public
    ... @guarded(w="j k", a="k m")
    ... def weigh(w, a):
    ...     return w @ a
    >>> weigh([[1.0, 2.0]], [[3.0], [4.0]])
    array([[11.]])
    >>> weigh([[1.0, 2.0]], [3.0, 4.0])
    Traceback (most recent call last):
    ValueError: weigh: a has shape (2,), wanted (k=2, m): make it a column with a.reshape(-1, 1).
    """
    if isinstance(thing, type):
        for name, method in list(vars(thing).items()):
            if hasattr(method, "takes"):
                setattr(thing, name, public(method))
        return thing
    if not hasattr(thing, "takes") or hasattr(thing, "__wrapped__"):
        return thing
    signature = inspect.signature(thing)

    @functools.wraps(thing)
    def guard(*args, **kwargs):
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError:  # Python says which argument of what is missing, or too many
            return thing(*args, **kwargs)
        _examine(thing, signature.parameters, bound.arguments)
        with np.errstate(all="ignore"):  # the result tells; a processor's flags may be false alarms
            result = thing(*bound.args, **bound.kwargs)
        if inspect.isgenerator(result):
            return _Quietly(_named(thing), result)
        if any(isinstance(kind, str) for kind in thing.takes.values()):
            _refuse_overflow(_named(thing), result)
        return result

    return guard


def _named(function):
    """Return the name that a caller knows: a constructor's is that of its class."""
    return function.__qualname__.removesuffix(".__init__").rpartition(".")[2]


class _Quietly(namedtuple("_Quietly", "name generator")):
    """Yields what a generator yields; NumPy warns of nothing while it computes."""

    def __repr__(self):
        call = f"{self.name}(...)"
        return f"{call} does nothing until a loop asks for the next: for each in {call}: print(each)"

    def __iter__(self):
        return self

    def __next__(self):
        with np.errstate(all="ignore"):
            return next(self.generator)


def _examine(function, parameters, arguments):
    """Replace each named argument by what the function should get, or raise."""
    where, known = _named(function), {}
    for name, kind in function.takes.items():
        if name not in arguments or (arguments[name] is None and parameters[name].default is None):
            continue
        if isinstance(kind, str):
            arguments[name] = _array(where, name, arguments[name], kind, known)
        else:
            arguments[name] = kind(where, name, arguments[name], arguments)
        if kind in (network, reader):
            known |= {"inputs": arguments[name].sizes[0], "outputs": arguments[name].sizes[-1]}


def _refuse_overflow(where, result):
    """Raise ValueError where an array of the result, or of its lists, holds what is no number."""
    for part in result if isinstance(result, tuple) else (result,):
        for array in part if isinstance(part, list) else (part,):
            if array is not None and not np.isfinite(array).all():
                raise ValueError(f"{where}: the result overflows, wanted smaller numbers.")


# What a function may take


def network(where, name, net, _=None):
    """Take a Network whose parameters are numbers."""
    if getattr(net, "sizes", None) is None:
        raise TypeError(f"{where}: {name} is a {type(net).__name__}, wanted a Network.")
    refuse_parameters(net)
    return net


def reader(_where, name, net, _=None):
    """Take a Network that hears images and names digits."""
    if getattr(net, "sizes", None) is None:
        raise TypeError(f"{name} is a {type(net).__name__}, wanted a Network.")
    refuse_parameters(net)
    if (net.sizes[0], net.sizes[-1]) != (784, 10):
        raise ValueError(
            f"the network has sizes {net.sizes}, wanted 784 first and 10 last, for images and digits."
        )
    return net


def split(_where, _name, data, _=None):
    """Take a Split of images and labels."""
    if not hasattr(data, "columns"):
        raise TypeError(f"the data are a {type(data).__name__}, wanted a Split such as load_mnist().train.")
    return data


def learning_rate(_where, name, eta, _=None):
    """Take a positive number of at most 1e9, beyond which floats overflow."""
    if not _is_number(eta) or not 0 < eta <= 1e9:
        wanted = "a positive number: the learning rate η, such as 3.0, at most 1e9"
        raise ValueError(f"{name} is {eta!r:.80}, wanted {wanted}.")
    return float(eta)


def decay_rate(_where, name, decay, _=None):
    """Take a number from 0 to below 1."""
    if not _is_number(decay) or not 0 <= decay < 1:
        raise ValueError(f"{name} is {decay!r:.80}, wanted a number from 0 to below 1: λ, such as 1e-5.")
    return float(decay)


def nudge(where, name, h, _=None):
    """Take a small positive number."""
    if not _is_number(h) or not 0 < h < 1:
        raise ValueError(f"{where}: {name} is {h!r:.80}, wanted a small positive number such as 1e-5.")
    return h


def count(least, most=math.inf):
    """Return what takes whole numbers from `least` to `most`: a number, or an argument or its length."""

    def guard(_where, name, value, arguments):
        limit = arguments[most] if isinstance(most, str) else most
        refuse_count(name, value, least, len(limit) if hasattr(limit, "__len__") else limit)
        return value

    return guard


def generator(_where, name, rng, _=None):
    """Take a NumPy random generator."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"{name} is a {type(rng).__name__}, wanted np.random.default_rng(seed).")
    return rng


def sizes(where, name, value, _=None):
    """Take the neurons of each layer; the function gets a list of ints."""
    if not isinstance(value, (list, tuple)) or not 2 <= len(value) <= 1000:
        raise ValueError(
            f"{where}: {name} is {value!r:.80}, wanted a list of two layers or more, to 1,000: [784, 30, 10]."
        )
    for size in value:
        if isinstance(size, bool) or not isinstance(size, (int, np.integer)) or size < 1:
            raise ValueError(f"{where}: {name} has {size!r:.80}, wanted whole numbers of neurons from 1 up.")
    value = [int(size) for size in value]
    if (needed := sum(j * k + j for k, j in pairwise(value))) > MOST_PARAMETERS:
        found = f"{name} {value!s:.80} need {needed:,.0f} numbers"
        raise ValueError(f"{where}: {found}, wanted at most {MOST_PARAMETERS:,}.")
    return value


def float_type(where, name, dtype, _=None):
    """Take np.float32 or np.float64."""
    if not isinstance(dtype, (type, np.dtype)) or dtype not in FLOATS:
        raise TypeError(f"{where}: {name} is {dtype!r:.80}, wanted np.float32 or np.float64.")
    return dtype


def digits(where, name, labels, _=None):
    """Take whole numbers from 0 to 9 in a row."""
    labels = as_array(f"{where}: {name}", labels)
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise ValueError(f"{where}: {name} are {labels.dtype} {labels.shape}, wanted whole numbers (n,).")
    if labels.size and (labels.min() < 0 or labels.max() > 9):
        raise ValueError(f"{where}: {name} run from {labels.min()} to {labels.max()}, wanted 0 … 9.")
    return labels


def batches_of(owner):
    """Return what takes a list of index arrays, each number the place of an example in `owner`."""

    def guard(where, name, value, arguments):
        try:
            arrays = [np.asarray(batch) for batch in value]
        except (TypeError, ValueError):
            arrays = [None]
        if not all(np.ndim(a) == 1 and np.size(a) and a.dtype.kind in "iu" for a in arrays):
            found = f"{where}: {name} is a {type(value).__name__} of something else"
            raise ValueError(f"{found}, wanted a list of arrays of whole numbers, as mini_batches deals it.")
        places, n = np.concatenate([*arrays, [0]]), len(arguments[owner])
        if places.min() < 0 or places.max() >= n:
            found = f"numbers from {places.min()} to {places.max()}"
            raise ValueError(f"{where}: {name} has {found}, wanted places from 0 to {n - 1}.")
        return arrays

    return guard


def function(arguments, one=False, finite=True):
    """Return what takes a function of these arguments; one of ours comes bare, without its guard.

    What another returns is looked at each time: as many numbers as its first argument has, or one number.
    """

    def guard(where, name, value, _=None):
        if not callable(value):
            raise TypeError(f"{where}: {name} is a {type(value).__name__}, wanted a function of {arguments}.")

        def looked_at(*given):
            found = np.asarray(value(*(array.copy() for array in given)))  # it may write into what it gets
            wanted = () if one else given[0].shape
            if found.shape != wanted or found.dtype.kind not in "fiu":
                raise ValueError(f"{where}: the {name} is {described(found)}, wanted real numbers {wanted}.")
            if finite:
                _refuse_huge(f"{where}: the {name}", found)
            return found

        return getattr(value, "__wrapped__", looked_at)

    return guard


# What is refused elsewhere, too


def refuse_count(name, value, least=1, most=math.inf):
    """Raise ValueError unless `value` is a whole number from `least` to `most`."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not least <= value <= most:
        upto = "up" if most == math.inf else f"to {most:,}"
        raise ValueError(f"{name} is {value!r:.80}, wanted a whole number from {least} {upto}.")


def refuse_parameters(net):
    """Raise ValueError unless the weights and biases have the shapes of net.sizes, and numbers to LARGEST."""
    for name, widths in ("weights", net.sizes[:-1]), ("biases", [1] * (len(net.sizes) - 1)):
        arrays = getattr(net, name)
        if len(arrays) != len(widths):
            raise ValueError(
                f"net has {len(arrays)} {name}, wanted {len(widths)}: one a layer after the input."
            )
        for l, (array, shape) in enumerate(zip(arrays, zip(net.sizes[1:], widths, strict=True), strict=True)):
            found = described(array)
            if not isinstance(array, np.ndarray) or array.shape != shape or array.dtype not in FLOATS:
                raise ValueError(f"{name}[{l}] is {found}, wanted finite floats {shape}.")
            _refuse_huge(f"{name}[{l}]", array)


def refuse_split(images, labels):
    """Raise ValueError unless these are images (n, 784) and their labels (n,), as bytes."""
    for name, array, wanted, ndim in ("images", images, "(n, 784)", 2), ("labels", labels, "(n,)", 1):
        if getattr(array, "dtype", None) != np.uint8 or array.ndim != ndim:
            raise ValueError(f"Split: {name} are {described(array)}, wanted uint8 {wanted}.")
    if images.shape != (len(labels), 784) or not len(labels):
        found = f"images {images.shape} and labels {labels.shape}"
        raise ValueError(f"Split: found {found}, wanted (n, 784) and (n,), n at least 1.")
    if labels.max() > 9:
        raise ValueError(f"Split: found a label {labels.max()}, wanted digits 0 … 9.")


def rows(where, array, which):
    """Return array[which], some rows of a matrix; or TypeError or ValueError where they are none."""
    try:
        chosen = array[which]
    except (IndexError, TypeError, ValueError) as error:
        raise ValueError(f"{where}: {error}, wanted a slice or an array of whole numbers.") from None
    if chosen.shape[1:] != array.shape[1:]:
        raise TypeError(
            f"{where}: found {which!s:.80}, wanted a slice or an array: slice(0, 1) is one image."
        )
    return chosen


def storable(where, name, value):
    """Raise TypeError unless `value` is an array of numbers or text."""
    if as_array(f"{where}: {name}", value).dtype.hasobject:
        raise TypeError(f"{where}: {name} is a {type(value).__name__}, wanted numbers or text.")


def described(value):
    """Say the type and the shape of what should be an array: "uint8 (2, 784)", "list (2,)"."""
    try:
        shape = np.shape(value)
    except ValueError:
        shape = "of rows of different lengths"
    return f"{getattr(value, 'dtype', type(value).__name__)} {shape}"


def as_array(what, value):
    """Return `value` as an array; raise TypeError where it is none, or hides some of its numbers."""
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        raise TypeError(f"{what} has masked entries, wanted numbers everywhere: .filled(0) gives some.")
    try:
        return np.asarray(value)
    except ValueError as error:
        raise TypeError(f"{what} has rows of different lengths, wanted one array.") from error
    except TypeError as error:  # of what looks like a list and is none, such as a Split
        raise TypeError(f"{what} is a {type(value).__name__}, wanted an array of real numbers.") from error


def _array(where, name, value, dimensions, known):
    """Return `value` as floats of these dimensions, or raise."""
    if dimensions == "...":
        return _as_floats(f"{where}: {name}", value, (*FLOATS, np.float16))  # no sums, which leave it
    array = _as_floats(f"{where}: {name}", value, FLOATS)
    _match(where, name, array.shape, dimensions.split(), known)
    _refuse_huge(f"{where}: {name}", array)
    return array


def _as_floats(what, value, floats):
    """Return `value` as a float array without NaN; raise TypeError or ValueError otherwise."""
    array = as_array(what, value)
    if array.dtype.kind not in "biuf":
        found = f"a {type(value).__name__}" if array.dtype == object else f"of dtype {array.dtype}"
        raise TypeError(f"{what} is {found}, wanted an array of real numbers.")
    if array.dtype not in floats:  # of another byte order, too
        with np.errstate(over="ignore"):
            array = array.astype(float)
    _refuse(what, array, np.isnan(array), "NaN (not a number)")
    return array


def _is_number(value):
    numbers = (int, float, np.integer, np.floating)
    return isinstance(value, numbers) and not isinstance(value, bool)


def _refuse_huge(what, array):
    _refuse(what, array, np.isnan(array), "NaN (not a number)")
    _refuse(what, array, ~np.isfinite(array), "infinite")
    _refuse(what, array, ~(np.abs(array) <= LARGEST), f"beyond {LARGEST:.0e}")


def _refuse(what, array, bad, found):
    if bad.any():
        where = tuple(int(i) for i in np.argwhere(bad)[0])
        raise ValueError(f"{what} is {found} at index {where}, wanted finite numbers.")


def _match(where, name, shape, dimensions, known):
    wanted = ", ".join(f"{d}={known[d]}" if d in known else d for d in dimensions)
    wanted += "," * (len(dimensions) == 1)
    if len(shape) == 1 == len(dimensions) - 1:
        remedy = f": make it a column with {name}.reshape(-1, 1)"
    elif len(shape) == 2 and shape[::-1] == tuple(
        known.get(d, n) for d, n in zip(dimensions, shape[::-1], strict=False)
    ):
        remedy = f": transpose it with {name}.T"
    else:
        remedy = ""
    if len(shape) != len(dimensions) or any(
        known.setdefault(d, n) != n for d, n in zip(dimensions, shape, strict=True)
    ):
        raise ValueError(f"{where}: {name} has shape {shape}, wanted ({wanted}){remedy}.")
    if 0 in shape:
        raise ValueError(f"{where}: {name} is empty, with shape {shape}: give at least one column.")
