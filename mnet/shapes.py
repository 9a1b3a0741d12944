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

FLOATS = (np.dtype("f4"), np.dtype("f8"))
HALF = np.dtype("f2")  # good for one number at a time; sums of products soon leave it
LARGEST = 1e15  # sums of products of two such numbers are floats still


class _Depth(threading.local):
    inside = False  # True while a checked function of this thread is running


_depth = _Depth()


def shapes(**specs):
    """Decorate a function so that it checks and converts the named arrays.

    Each spec is a string of dimensions, such as ``x="inputs m"``: equal names mean equal lengths
    across the arguments of one call. ``"..."`` is any shape. A first parameter called ``net`` gives
    ``inputs`` and ``outputs`` their lengths, and is checked too. What is neither float32 nor float64
    (nor, in any shape, float16) becomes float64; NaN (and, where there is a shape, what is beyond LARGEST)
    is refused, as is a result that floats cannot hold.

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
                with np.errstate(all="ignore"):  # the result tells; a processor's flags may be false alarms
                    result = function(*bound.args, **bound.kwargs)
            finally:
                _depth.inside = False
            _check_result(function.__name__, result)
            return result

        return checked

    return decorate


def _check(where, specs, arguments):
    """Replace each named argument by a float array of the promised shape, or raise."""
    sizes = getattr(arguments.get("net"), "sizes", None)
    known = {"inputs": sizes[0], "outputs": sizes[-1]} if sizes else {}
    if "net" in arguments:
        if sizes is None:
            raise TypeError(f"{where}: net is a {type(arguments['net']).__name__}, wanted a Network.")
        check_parameters(arguments["net"])
    for name, spec in specs.items():
        floats = (*FLOATS, HALF) if spec == "..." else FLOATS
        array = arguments[name] = as_floats(f"{where}: {name}", arguments[name], floats)
        if spec != "...":
            _match(where, name, array.shape, spec.split(), known)
            _refuse_huge(f"{where}: {name}", array)


def _check_result(where, result):
    """Raise ValueError where an array of the result, or of its lists, holds what is no number."""
    for part in result if isinstance(result, tuple) else (result,):
        for array in part if isinstance(part, list) else (part,):
            if array is not None and not np.isfinite(array).all():
                raise ValueError(f"{where}: the result overflows, wanted smaller numbers.")


def check_parameters(net):
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


def rows(where, array, which):
    """Return array[which], some rows of a matrix; or TypeError or ValueError where they are none."""
    try:
        chosen = array[which]
    except (IndexError, TypeError, ValueError) as error:
        raise ValueError(f"{where}: {error}, wanted a slice or an array of whole numbers.") from None
    if chosen.ndim != 2:
        raise TypeError(
            f"{where}: found {which!s:.80}, wanted a slice or an array: slice(0, 1) is one image."
        )
    return chosen


def as_floats(what, value, floats=FLOATS):
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


def _refuse_huge(what, array):
    _refuse(what, array, ~np.isfinite(array), "infinite")
    _refuse(what, array, ~(np.abs(array) <= LARGEST), f"beyond {LARGEST:.0e}")


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
