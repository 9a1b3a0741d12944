import copy
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnet import (
    Epoch,
    Network,
    Split,
    backprop,
    cross_entropy,
    cross_entropy_error,
    evaluate,
    falling_rates,
    improved_sgd,
    mini_batches,
    numerical_gradient,
    output_error,
    quadratic_cost,
    scale_weights,
    sgd,
    shifted,
    sigmoid,
    update_mini_batch,
    update_with_decay,
)

SEEDS = st.integers(0, 999)


def network(sizes=(784, 12, 10), dtype=np.float32):
    return Network([*sizes], np.random.default_rng(3), dtype)


def examples(seed=0, sizes=(4, 3, 2)):
    rng = np.random.default_rng(seed)
    return Network([*sizes], rng, np.float64), rng.random((sizes[0], 5)), rng.random((sizes[-1], 5))


def assert_same(one, other):
    for a, b in zip(one.weights + one.biases, other.weights + other.biases, strict=True):
        np.testing.assert_array_equal(a, b)


# The start


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_each_layer_is_scaled_by_the_root_of_its_inputs(dtype):
    net, before = network([784, 16, 9, 10], dtype), network([784, 16, 9, 10], dtype)
    arrays = [*net.weights]
    assert scale_weights(net) is None
    for w, b, kept, root in zip(net.weights, before.weights, arrays, (28, 4, 3), strict=True):
        assert w is kept
        assert w.dtype == dtype
        np.testing.assert_allclose(w, b / root, rtol=1e-6)
    assert all(map(np.array_equal, net.biases, before.biases))


# The cost


def test_the_cost_by_hand():
    a, y = [[0.5, 0.25], [0.5, 0.25]], [[1.0, 0.0], [0.0, 1.0]]
    # ln 2 twice; -ln 3/4 and -ln 1/4; their mean
    assert cross_entropy(a, y) == pytest.approx((2 * np.log(2) + np.log(4 / 3) + np.log(4)) / 2)
    assert type(cross_entropy(a, y)) is float


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_perfect_answer_costs_nothing_and_a_sure_wrong_one_much_but_no_infinity(dtype):
    sure = np.array([[1.0], [0.0]], dtype)
    assert cross_entropy(sure, sure) == 0
    assert cross_entropy(sure, sure[::-1].copy()) == pytest.approx(-2 * np.log(1e-30), rel=1e-5)


def test_the_cost_is_least_where_the_answer_is_the_target():
    a = np.linspace(0.01, 0.99, 99)[None]
    for target in 0.25, 0.5, 0.9:
        costs = [cross_entropy(a[:, [i]], [[target]]) for i in range(99)]
        assert a[0, np.argmin(costs)] == pytest.approx(target)


def test_the_cost_is_a_mean_over_the_examples(rng):
    a, y = rng.random((3, 4)), rng.random((3, 4))
    single = [cross_entropy(a[:, [i]], y[:, [i]]) for i in range(4)]
    assert cross_entropy(a, y) == pytest.approx(np.mean(single))


@given(SEEDS)
def test_the_error_is_the_slope_of_each_cost_along_z(seed):
    rng = np.random.default_rng(seed)
    z, y, h = 2 * rng.standard_normal((3, 4)), rng.random((3, 4)), 1e-5
    delta = cross_entropy_error(sigmoid(z), y, z)
    for i in np.ndindex(z.shape):
        nudge = np.zeros_like(z)
        nudge[i] = h
        up, down = (cross_entropy(sigmoid(z + n), y) for n in (nudge, -nudge))
        assert delta[i] == pytest.approx(4 * (up - down) / (2 * h), abs=1e-8)


def test_a_saturated_neuron_keeps_its_blame():
    a, y, z = [[sigmoid(10.0)]], [[0.0]], [[10.0]]
    assert cross_entropy_error(a, y, z)[0, 0] > 0.99
    assert output_error(a, y, z)[0, 0] < 1e-4


@given(SEEDS, st.lists(st.integers(1, 4), min_size=2, max_size=4))
def test_backprop_with_this_error_is_the_slope_of_this_cost(seed, sizes):
    net, x, y = examples(seed, sizes)
    slow = numerical_gradient(net, x, y, cost=cross_entropy)
    fast = backprop(net, x, y, output_error=cross_entropy_error)
    for f, s in zip(fast.nabla_b + fast.nabla_w, slow.nabla_b + slow.nabla_w, strict=True):
        np.testing.assert_allclose(f, s, rtol=0, atol=1e-8)


def test_a_function_of_your_own_is_used_and_what_it_gives_is_looked_at():
    net, x, y = examples()
    mine = backprop(net, x, y, output_error=lambda a, y, z: a - y)
    ours = backprop(net, x, y, output_error=cross_entropy_error)
    np.testing.assert_array_equal(mine.nabla_w[0], ours.nabla_w[0])
    assert not np.allclose(mine.nabla_w[0], backprop(net, x, y).nabla_w[0])
    slow = numerical_gradient(net, x, y, cost=lambda a, y: ((a - y) ** 2).sum() / 10)
    np.testing.assert_allclose(slow.nabla_w[0], numerical_gradient(net, x, y).nabla_w[0], atol=1e-9)
    for wrong in (
        lambda a, y, z: a[0],
        lambda a, y, z: None,
        lambda a, y, z: a * np.nan,
        lambda a, y, z: 1j * a,
    ):
        with pytest.raises(ValueError, match=r"^backprop: the output_error is .+, wanted .*numbers"):
            backprop(net, x, y, output_error=wrong)
    with pytest.raises(ValueError, match=r"^numerical_gradient: the cost is float64 \(2, 5\), wanted .*\(\)"):
        numerical_gradient(net, x, y, cost=lambda a, y: a)
    with pytest.raises(TypeError, match=r"^backprop: output_error is a str, wanted a function of a, y, z"):
        backprop(net, x, y, output_error="cross-entropy")


def test_a_function_of_your_own_gets_copies():
    net, x, y = examples()
    kept = y.copy()
    backprop(net, x, y, output_error=lambda a, y, z: np.subtract(a, y, out=y))
    np.testing.assert_array_equal(y, kept)


# Weights that decay


@pytest.mark.parametrize(
    ("error", "cost"), [(cross_entropy_error, cross_entropy), (output_error, quadratic_cost)]
)
def test_a_step_goes_downhill_on_the_cost_and_half_the_squared_weights(error, cost):
    net, x, y = examples()
    before, slow, arrays = (
        copy.deepcopy(net),
        numerical_gradient(net, x, y, cost=cost),
        net.weights + net.biases,
    )
    assert update_with_decay(net, x, y, 0.7, 0.2, error) is None
    assert all(now is was for now, was in zip(net.weights + net.biases, arrays, strict=True))
    for l in range(2):
        slope = slow.nabla_w[l] + 0.2 * before.weights[l]
        np.testing.assert_allclose(net.weights[l], before.weights[l] - 0.7 * slope, atol=1e-8)
        np.testing.assert_allclose(net.biases[l], before.biases[l] - 0.7 * slow.nabla_b[l], atol=1e-8)


def test_the_cost_is_cross_entropy_unless_another_is_handed_in():
    (net, x, y), other = examples(), examples()[0]
    update_with_decay(net, x, y, 0.7, 0.2)
    update_with_decay(other, x, y, 0.7, 0.2, cross_entropy_error)
    assert_same(net, other)


def test_without_decay_and_with_the_quadratic_cost_it_is_the_step_of_lesson_06():
    (net, x, y), other = examples(), examples()[0]
    update_with_decay(net, x, y, 0.7, 0.0, output_error)
    update_mini_batch(other, x, y, 0.7)
    assert_same(net, other)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_step_keeps_the_dtype(rng, dtype):
    net = Network([4, 3, 2], rng, dtype)
    update_with_decay(net, rng.random((4, 5)), rng.random((2, 5)), np.float64(3), np.float64(0.1))
    assert {a.dtype for a in net.weights + net.biases} == {np.dtype(dtype)}


# Digits that move


@pytest.fixture(scope="module")
def one_dot():
    """Return 2,000 images, each with one dot in the middle of the paper."""
    images = np.zeros((2000, 28, 28), np.uint8)
    images[:, 14, 13] = 200
    return Split(images.reshape(-1, 784), np.arange(2000, dtype=np.uint8) % 10)


@pytest.mark.parametrize("pixels", [1, 2])
def test_each_image_moves_to_any_place_so_many_pixels_away(one_dot, rng, pixels):
    moved = shifted(one_dot, pixels, rng)
    assert type(moved) is Split
    np.testing.assert_array_equal(moved.labels, one_dot.labels)
    assert (moved.images.sum(axis=1, dtype=int) == 200).all()
    rows, columns = np.divmod(moved.images.argmax(axis=1), 28)
    places, counts = np.unique([rows - 14, columns - 13], axis=1, return_counts=True)
    each = range(-pixels, pixels + 1)
    assert places.T.tolist() == [
        [down, right] for down in each for right in each
    ]  # both ways, and not at all
    fair = 2000 / len(each) ** 2
    assert (abs(counts - fair) < 6 * np.sqrt(fair)).all()


def test_what_moves_is_the_image_itself_and_paper_comes_in(small):
    few = small[:50]
    before = few.images.copy()
    moved = shifted(few, 3, np.random.default_rng(0))
    np.testing.assert_array_equal(few.images, before)
    for old, new in zip(few.images.reshape(-1, 28, 28), moved.images.reshape(-1, 28, 28), strict=True):
        padded = np.pad(old, 3)
        views = [padded[r : r + 28, c : c + 28] for r in range(7) for c in range(7)]
        assert any(np.array_equal(view, new) for view in views)


def test_no_pixels_leave_the_images_as_they_are_and_all_of_them_may_leave_the_paper(small, rng):
    np.testing.assert_array_equal(shifted(small, 0, rng).images, small.images)
    assert (shifted(small, 28, rng).images.sum(axis=1, dtype=int) == 0).any()


def test_the_same_rng_moves_alike_and_goes_on(small):
    one, other = np.random.default_rng(7), np.random.default_rng(7)
    first = shifted(small, 1, one)
    np.testing.assert_array_equal(first.images, shifted(small, 1, other).images)
    assert (first.images != shifted(small, 1, one).images).any()


# A rate that falls


def test_the_rate_falls_by_equal_factors():
    rates = falling_rates(0.8, 0.05, 5)
    assert rates == pytest.approx([0.8, 0.4, 0.2, 0.1, 0.05])
    assert {*map(type, rates)} == {float}
    assert falling_rates(3.0, 0.1, 1) == [3.0]
    assert falling_rates(0.3, 0.3, 4) == pytest.approx([0.3] * 4)


# All of it


def trained(train, net=None, epochs=2, seed=5, test=None, mini_batch_size=10, eta=0.5, **settings):
    net, rng = network() if net is None else net, np.random.default_rng(seed)
    return net, [*improved_sgd(net, train, epochs, mini_batch_size, eta, rng, test, **settings)]


def test_with_all_of_it_off_it_is_the_training_of_lesson_06(small):
    net, plain = network(), network()
    trained(small, net, eta=3.0, output_error=output_error)
    list(sgd(plain, small, 2, 10, 3.0, np.random.default_rng(5)))
    assert_same(net, plain)


def test_it_is_the_loop_that_the_lesson_says(small):
    net, rng = network(), np.random.default_rng(5)
    for eta in falling_rates(0.5, 0.125, 3):
        moved = shifted(small, 1, rng)
        for batch in mini_batches(len(small), 30, rng):
            update_with_decay(net, *moved.columns(batch), eta, 1e-3)
    settings = {"mini_batch_size": 30, "last_eta": 0.125, "decay": 1e-3, "pixels": 1}
    assert_same(trained(small, epochs=3, **settings)[0], net)


@pytest.mark.parametrize(
    "change", [{"last_eta": 0.1}, {"decay": 1e-3}, {"pixels": 1}, {"output_error": output_error}]
)
def test_each_part_makes_a_difference(small, change):
    plain, changed = trained(small)[0], trained(small, **change)[0]
    assert (plain.weights[0] != changed.weights[0]).any()


def test_every_epoch_is_scored_as_it_ends(small, mnist):
    test, net = mnist.test[:500], network()
    epochs = improved_sgd(net, small, 3, 10, 0.5, np.random.default_rng(5), test)
    for number, record in enumerate(epochs):
        assert record == Epoch(number, evaluate(net, test), 500)
    assert number == 2
    assert trained(small)[1] == [Epoch(0, None, None), Epoch(1, None, None)]


def test_it_learns_and_leaves_the_images_alone(small):
    images = small.images.copy()
    scale_weights(net := network())
    before = evaluate(net, small)
    trained(small, net, epochs=5, pixels=1, last_eta=0.1, decay=1e-4)
    assert evaluate(net, small) > before + 500
    np.testing.assert_array_equal(small.images, images)


def test_the_best_settings_read_more_than_lesson_06_in_one_epoch(mnist):
    scale_weights(net := network([784, 30, 10]))
    _, (epoch,) = trained(mnist.train, net, 1, 0, mnist.validation, pixels=1)
    assert epoch.correct > 9300
    assert epoch.total == 10_000


# What is refused


BAD = {
    "eta": [0, -1, np.nan, None, "1"],
    "last_eta": [0, -1, np.nan, True, "1"],
    "decay": [-1e-9, 1, 2.5, np.nan, None, True, "0"],
    "pixels": [-1, 29, 1.0, None, True],
    "epochs": [0, 10_001, 1.0, None],
    "mini_batch_size": [0, 1001, 2.0],
    "output_error": [None, 1, "quadratic"],
    "rng": [None, 0],
    "net": [None, Network([4, 10])],
    "train": [None, []],
    "test": [[]],
}


@pytest.mark.parametrize(("name", "bad"), [(name, bad) for name, bads in BAD.items() for bad in bads])
def test_bad_arguments_are_refused_before_any_training(small, rng, name, bad):
    net = network()
    given = {"net": net, "train": small, "epochs": 1, "mini_batch_size": 10, "eta": 0.5, "rng": rng}
    with pytest.raises((TypeError, ValueError), match="wanted"):
        improved_sgd(**given | {name: bad})  # not even asked for an epoch
    assert_same(net, network())


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("falling_rates", (0, 1.0, 3)),
        ("falling_rates", (1.0, -1, 3)),
        ("falling_rates", (1.0, 1.0, 0)),
        ("shifted", (None, 1, np.random.default_rng(0))),
        (
            "shifted",
            (Split(np.zeros((1, 784), np.uint8), np.zeros(1, np.uint8)), 29, np.random.default_rng(0)),
        ),
        ("shifted", (Split(np.zeros((1, 784), np.uint8), np.zeros(1, np.uint8)), 1, 0)),
        ("scale_weights", ([784, 10],)),
    ],
)
def test_bad_arguments_are_refused(name, arguments):
    with pytest.raises((TypeError, ValueError), match="wanted"):
        getattr(sys.modules["mnet"], name)(*arguments)


@pytest.mark.parametrize("decay", [-0.1, 1, np.nan, "0", None])
def test_a_refused_step_leaves_the_network_alone(decay):
    net, x, y = examples()
    with pytest.raises(ValueError, match=r"decay is .+, wanted a number from 0 to below 1"):
        update_with_decay(net, x, y, 1.0, decay)
    assert_same(net, examples()[0])
