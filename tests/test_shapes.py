"""Every public function that takes arrays refuses the wrong ones, in one sentence, and spoils nothing."""

import copy
import threading

import numpy as np
import pytest

import mnet
import mnet.shapes as guard
from mnet.shapes import shapes


def arguments():
    """Return right arguments for every checked function; no two dimensions are of one length."""
    rng = np.random.default_rng(1)
    net = mnet.Network([4, 3, 2], rng=rng)
    x, y = rng.random((4, 5)), rng.random((2, 5))
    return {
        "feedforward": {"net": net, "x": x},
        "predict": {"net": net, "x": x},
        "quadratic_cost": {"a": y, "y": y},
        "cost_derivative": {"a": y, "y": y},
        "output_error": {"a": y, "y": y, "z": y},
        "propagate_error": {"w_next": rng.random((2, 3)), "delta_next": y, "z": rng.random((3, 5))},
        "bias_gradient": {"delta": y},
        "weight_gradient": {"delta": y, "a_prev": x},
        "backprop": {"net": net, "x": x, "y": y},
        "numerical_gradient": {"net": net, "x": x, "y": y},
        "update_mini_batch": {"net": net, "x": x, "y": y, "eta": 1.0},
    }


def with_first(array, value):
    array = array.copy()
    array[0, 0] = value
    return array


SPOIL = {
    "one dimension": (lambda a: a[:, 0], ValueError, "has shape"),
    "three dimensions": (lambda a: a[None], ValueError, "has shape"),
    "transposed": (lambda a: a.T, ValueError, "has shape"),
    "a row more": (lambda a: np.vstack([a, a[:1]]), ValueError, "has shape"),
    "no columns": (lambda a: a[:, :0], ValueError, "(has shape|is empty, with shape)"),
    "NaN": (lambda a: with_first(a, np.nan), ValueError, r"is NaN \(not a number\) at index \(0, 0\)"),
    "infinite": (lambda a: with_first(a, -np.inf), ValueError, r"is infinite at index \(0, 0\)"),
    "objects": (lambda a: a.astype(object), TypeError, "is a ndarray"),
    "text": (lambda a: a.astype(str), TypeError, "is of dtype <U"),
    "complex": (lambda a: a.astype(complex), TypeError, "is of dtype complex128"),
    "ragged": (lambda a: [[1.0], [1.0, 2.0]], TypeError, "has rows of different lengths"),
    "nothing": (lambda a: None, TypeError, "is a NoneType"),
}
CASES = [
    (function, name, how)
    for function, given in arguments().items()
    for name, value in given.items()
    for how in SPOIL
    # The two gradients take any number of rows, and one of them any number of columns.
    if isinstance(value, np.ndarray)
    and (function, how) != ("bias_gradient", "transposed")
    and not (function in ("bias_gradient", "weight_gradient") and how == "a row more")
]


@pytest.mark.parametrize(("function", "name", "how"), CASES)
def test_a_wrong_array_is_refused(function, name, how):
    given = arguments()[function]
    spoil, kind, found = SPOIL[how]
    given[name] = spoil(given[name])
    before = copy.deepcopy({k: getattr(v, "__dict__", v) for k, v in given.items()})
    # With two arrays that do not fit, either may be named; of one bad value, the name is known.
    named = r"\w+" if "shape" in found else name
    with pytest.raises(kind, match=rf"^{function}: {named} {found}.*(wanted|give at least)[^\n]*\.$"):
        getattr(mnet, function)(**given)
    np.testing.assert_equal({k: getattr(v, "__dict__", v) for k, v in given.items()}, before)


@pytest.mark.parametrize("function", arguments())
def test_the_right_arrays_come_back_unchanged(function):
    given = arguments()[function]
    before = copy.deepcopy(given)
    getattr(mnet, function)(**given)
    for name, value in given.items():
        if isinstance(value, np.ndarray):
            np.testing.assert_array_equal(value, before[name])


@pytest.mark.parametrize("function", arguments())
def test_lists_do_as_well_as_arrays(function):
    given = arguments()[function]
    as_lists = {k: v.tolist() if isinstance(v, np.ndarray) else copy.deepcopy(v) for k, v in given.items()}
    np.testing.assert_equal(getattr(mnet, function)(**given), getattr(mnet, function)(**as_lists))


@pytest.mark.parametrize("function", [f for f, given in arguments().items() if "net" in given])
def test_what_is_no_network_is_refused(function):
    given = arguments()[function] | {"net": None}
    with pytest.raises(TypeError, match=f"^{function}: net is a NoneType, wanted a Network"):
        getattr(mnet, function)(**given)


@pytest.mark.parametrize(
    ("x", "remedy"),
    [
        (
            np.zeros(784),
            r"shape \(784,\), wanted \(inputs=784, m\): make it a column with x\.reshape\(-1, 1\)",
        ),
        (np.zeros((5, 784)), r"shape \(5, 784\), wanted \(inputs=784, m\): transpose it with x\.T"),
        (np.zeros((783, 5)), r"shape \(783, 5\), wanted \(inputs=784, m\)\.$"),
        (np.zeros((784, 0)), r"empty, with shape \(784, 0\): give at least one column"),
    ],
)
def test_the_message_knows_the_remedy(x, remedy):
    with pytest.raises(ValueError, match=remedy):
        mnet.feedforward(mnet.Network([784, 3, 10]), x)


def test_equal_letters_mean_equal_lengths():
    @shapes(w="j k", a="k m")
    def weigh(w, a):
        return w @ a

    assert weigh(np.ones((2, 3)), a=np.ones((3, 4))).shape == (2, 4)
    with pytest.raises(ValueError, match=r"^weigh: a has shape \(2, 4\), wanted \(k=3, m\)\.$"):
        weigh(np.ones((2, 3)), np.ones((2, 4)))


@pytest.mark.parametrize("wrap", [lambda a: a, lambda a: (a, None), lambda a: ([a], [a])])
def test_a_result_that_is_no_number_is_refused(wrap):
    @shapes(a="n")
    def invert(a):
        return wrap(1 / a)

    invert([1.0, 2.0])
    with pytest.raises(ValueError, match=r"^invert: the result overflows, wanted smaller numbers\.$"):
        invert([1.0, 0.0])


def test_only_the_outermost_call_checks(monkeypatch, small, rng):
    calls = []
    check = guard._check
    monkeypatch.setattr(guard, "_check", lambda where, *rest: (calls.append(where), check(where, *rest)))
    given = arguments()["update_mini_batch"]
    mnet.update_mini_batch(**given)
    assert calls == ["update_mini_batch"]
    calls.clear()
    list(mnet.sgd(mnet.Network([784, 2, 10], rng=rng), small, 1, 10, 1.0, rng))
    assert calls == []  # the training loop pays nothing


def test_a_refusal_leaves_the_guard_on():
    for _ in range(2):
        with pytest.raises(ValueError, match="NaN"):
            mnet.sigmoid(np.nan)
        with pytest.raises(ZeroDivisionError):
            shapes()(lambda: 1 / 0)()


def test_each_thread_has_its_own_guard():
    refused = []

    def elsewhere():
        with pytest.raises(ValueError, match="NaN"):
            mnet.sigmoid(np.nan)
        refused.append(True)

    @shapes()
    def outer():
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()

    outer()
    assert refused == [True]


def test_a_generator_cannot_be_guarded():
    with pytest.raises(TypeError, match="decorate the function it calls"):

        @shapes()
        def count():
            yield 1
