"""Every public function that takes arrays refuses the wrong ones, in one sentence, and spoils nothing."""

import copy
import sys

import numpy as np
import pytest

import mnet
from mnet import guards
from mnet.guards import guarded, public, refuse_count


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
        "cross_entropy": {"a": y, "y": y},
        "cross_entropy_error": {"a": y, "y": y, "z": y},
        "update_with_decay": {"net": net, "x": x, "y": y, "eta": 1.0, "decay": 0.1},
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
    @public
    @guarded(w="j k", a="k m")
    def weigh(w, a):
        return w @ a

    assert weigh(np.ones((2, 3)), a=np.ones((3, 4))).shape == (2, 4)
    with pytest.raises(ValueError, match=r"^weigh: a has shape \(2, 4\), wanted \(k=3, m\)\.$"):
        weigh(np.ones((2, 3)), np.ones((2, 4)))


@pytest.mark.parametrize("wrap", [lambda a: a, lambda a: (a, None), lambda a: ([a], [a])])
def test_a_result_that_is_no_number_is_refused(wrap):
    @public
    @guarded(a="n")
    def invert(a):
        return wrap(1 / a)

    invert([1.0, 2.0])
    with pytest.raises(ValueError, match=r"^invert: the result overflows, wanted smaller numbers\.$"):
        invert([1.0, 0.0])


def test_the_training_loop_pays_nothing(monkeypatch, small, rng):
    calls = []
    examine = guards._examine
    monkeypatch.setattr(guards, "_examine", lambda f, *rest: (calls.append(f.__name__), examine(f, *rest)))
    given, net = arguments()["update_mini_batch"], mnet.Network([784, 2, 10], rng=rng)
    calls.clear()
    mnet.update_mini_batch(**given)
    assert calls == ["update_mini_batch"]
    calls.clear()
    list(mnet.sgd(net, small, 1, 10, 1.0, rng))
    assert calls == ["sgd"]


@pytest.mark.parametrize("name", [*arguments(), "sigmoid", "sgd", "evaluate", "one_hot", "mini_batches"])
def test_inside_the_package_the_functions_are_bare(name):
    guarded = getattr(mnet, name)
    bare = getattr(sys.modules[guarded.__module__], name)
    assert bare is guarded.__wrapped__
    assert not hasattr(bare, "__wrapped__")


def test_a_refusal_and_an_error_leave_numpy_as_it_was():
    before = np.geterr()
    with pytest.raises(ValueError, match="NaN"):
        mnet.sigmoid(np.nan)
    with pytest.raises(ZeroDivisionError):
        public(guarded()(lambda: 1 / 0))()
    assert np.geterr() == before


def test_a_generator_is_quiet_while_it_computes_and_only_then():
    @public
    @guarded()
    def count():
        for n in range(2):
            np.exp(np.float32(1000))
            yield n

    for n, found in enumerate(count()):
        assert found == n
        with pytest.warns(RuntimeWarning, match="overflow"):
            np.exp(np.float32(1000))


def test_a_class_stays_itself_and_its_methods_are_guarded():
    class Door:
        @guarded(width=guards.count(1, 3))
        def __init__(self, width):
            self.width = width

    assert public(public(Door)) is Door
    assert Door(2).width == 2
    with pytest.raises(ValueError, match=r"^width is 4, wanted a whole number from 1 to 3\.$"):
        Door(4)


def test_an_argument_left_out_is_not_looked_at_and_none_only_where_it_stands_for_that():
    z = np.zeros((1, 1))
    assert mnet.sigmoid_prime(z, None) == mnet.sigmoid_prime(z) == 0.25
    with pytest.raises(TypeError, match=r"^sigmoid_prime: z is a NoneType"):
        mnet.sigmoid_prime(None)


def test_a_count_may_be_its_least_and_its_most():
    refuse_count("n", 1)
    refuse_count("n", 3, 3, 3)
    with pytest.raises(ValueError, match=r"^n is 0, wanted a whole number from 1 up\.$"):
        refuse_count("n", 0)
    for bad in 2, 4:
        with pytest.raises(ValueError, match=f"^n is {bad}, wanted a whole number from 3 to 3"):
            refuse_count("n", bad, 3, 3)


def test_a_split_is_no_array(small):
    with pytest.raises(TypeError, match=r"^predict: x is a Split, wanted an array of real numbers\.$"):
        mnet.predict(mnet.Network([784, 2]), small)


def test_a_nudge_arrives_as_it_was_given():
    given = arguments()["numerical_gradient"]
    far, near = (mnet.numerical_gradient(**given, h=h).nabla_w[0] for h in (0.9, 1e-5))
    assert 1e-4 < abs(far - near).max() < 1


def test_hidden_numbers_are_refused():
    hidden = np.ma.array([1.0, 2.0], mask=[True, False])
    with pytest.raises(TypeError, match=r"^sigmoid: z has masked entries, wanted numbers everywhere"):
        mnet.sigmoid(hidden)


def test_the_largest_number_is_taken_and_none_beyond():
    assert mnet.bias_gradient([[guards.LARGEST]]) == guards.LARGEST
    with pytest.raises(ValueError, match=r"^bias_gradient: delta is beyond 1e\+15 at index \(0, 0\)"):
        mnet.bias_gradient([[guards.LARGEST * 1.01]])


@pytest.mark.parametrize("given", [{}, {"z": [1.0], "spare": 2}])
def test_a_missing_argument_and_one_too_many_are_pythons_to_name(given):
    with pytest.raises(TypeError, match=r"^sigmoid\(\) .* argument"):
        mnet.sigmoid(**given)
