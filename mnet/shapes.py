"""Checks arrays at the public edge of the package, and nowhere else.

Not a lesson: the guard in front of all of them. Learners' commonest mistake is a shape ((784,) for
(784, 1) broadcasts without a word), so each function states its shapes in a decorator, one letter a
dimension, and refuses anything else in one sentence. Only the outermost call checks: what `mnet`
hands to itself is right by then, and the training loop pays nothing for it.
"""

import functools
import inspect
import threading

import numpy as np


class _Depth(threading.local):
    inside = False  # True while a checked function of this thread is running


_depth = _Depth()


def shapes(**specs):
    """Decorate a function so that it checks and converts the named arrays.

    Each spec is a string of dimensions, such as ``x="inputs m"``: equal names mean equal lengths
    across the arguments of one call. ``"..."`` is any shape. A first parameter called ``net`` gives
    ``inputs`` and ``outputs`` their lengths. Integers become float64; NaN (and, where there is
    a shape, infinity) is refused.

    >>> @shapes(w="j k", a="k m")
    ... def weigh(w, a):
    ...     return w @ a
    >>> weigh([[1.0, 2.0]], [[3.0], [4.0]])
    array([[11.]])
    >>> weigh([[1.0, 2.0]], [3.0, 4.0])
    Traceback (most recent call last):
    ValueError: weigh: a has shape (2,), wanted (k=2, m): make it a column with a.reshape(-1, 1).
    """

    def decorate(function):
        if inspect.isgeneratorfunction(function):
            raise TypeError("a generator is suspended half-way: decorate the function it calls")
        signature = inspect.signature(function)

        @functools.wraps(function)
        def checked(*args, **kwargs):
            if _depth.inside:
                return function(*args, **kwargs)
            bound = signature.bind(*args, **kwargs)
            if specs:
                _check(function.__name__, specs, bound.arguments)
            _depth.inside = True
            try:
                return function(*bound.args, **bound.kwargs)
            finally:
                _depth.inside = False

        return checked

    return decorate


def _check(where, specs, arguments):
    """Replace each named argument by a float array of the promised shape, or raise."""
    sizes = getattr(arguments.get("net"), "sizes", None)
    known = {"inputs": sizes[0], "outputs": sizes[-1]} if sizes else {}
    if "net" in arguments and sizes is None:
        raise TypeError(f"{where}: net is a {type(arguments['net']).__name__}, wanted a Network.")
    for name, spec in specs.items():
        array = arguments[name] = as_floats(f"{where}: {name}", arguments[name])
        if spec != "...":
            _match(where, name, array.shape, spec.split(), known)
            _refuse(f"{where}: {name}", array, ~np.isfinite(array), "infinite")


def as_floats(what, value):
    """Return `value` as a float array without NaN; raise TypeError or ValueError otherwise."""
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise TypeError(f"{what} has rows of different lengths, wanted one array.") from error
    if array.dtype.kind in "biu":
        array = array.astype(float)
    if array.dtype.kind != "f":
        found = f"a {type(value).__name__}" if array.dtype == object else f"of dtype {array.dtype}"
        raise TypeError(f"{what} is {found}, wanted an array of real numbers.")
    _refuse(what, array, np.isnan(array), "NaN (not a number)")
    return array


def _refuse(what, array, bad, found):
    if bad.any():
        where = tuple(int(i) for i in np.argwhere(bad)[0])
        raise ValueError(f"{what} is {found} at index {where}, wanted finite numbers.")


def _match(where, name, shape, dimensions, known):
    wanted = ", ".join(f"{d}={known[d]}" if d in known else d for d in dimensions)
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
