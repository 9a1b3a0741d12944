import re
import warnings
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnet import Mnist, Network, Split, backprop, evaluate, feedforward, quadratic_cost
from mnet.live.panel import logarithmic
from mnet.live.training import GHOSTS, SAMPLE, Curve, Training
from mnet.live.training_panel import TrainingPanel

ETAS = [eta for _, eta in logarithmic("η", 3.0, -3, 2).options]


def assert_same(one, other, same=True):
    pairs = list(zip(one.weights + one.biases, other.weights + other.biases, strict=True))
    assert all(np.array_equal(a, b) for a, b in pairs) == same


# The curve


@given(st.integers(0, 3 * Curve.LIMIT), st.integers(0, 99))
def test_a_short_curve_keeps_each_point_and_a_long_one_the_mean_of_each_run(n, seed):
    raw = np.random.default_rng(seed).random((n, 2))
    curve = Curve()
    for point in raw.tolist():
        curve.append(*point)
    assert curve.added == n
    assert len(curve.points) < Curve.LIMIT
    assert curve.stride == (1 if n < Curve.LIMIT else 2 if n < 2 * Curve.LIMIT else 4)
    kept = raw[: n - n % curve.stride].reshape(-1, curve.stride, 2).mean(axis=1)
    np.testing.assert_allclose(np.reshape(curve.points, (-1, 2)), kept, rtol=1e-12)


def test_a_very_long_curve_stays_small_and_keeps_its_mean():
    curve, n = Curve(), 64 * Curve.LIMIT
    for i in range(n):
        curve.append(i, i % 7)
    assert len(curve.points) == Curve.LIMIT // 2
    np.testing.assert_allclose(np.mean(curve.points, axis=0), [(n - 1) / 2, np.mean(np.arange(n) % 7)])
    assert all(x < x_next for (x, _), (x_next, _) in pairwise(curve.points))


# Training


def test_the_same_seed_trains_the_same_network(data):
    one, other, third = (Training(data, seed=seed) for seed in (4, 4, 5))
    one.advance(230)
    for _ in range(230):
        other.advance()
    third.advance(230)
    assert_same(one.net, other.net)
    assert (one.cost.points, one.validation) == (other.cost.points, other.validation)
    assert_same(one.net, third.net, same=False)


def test_eta_and_mini_batch_size_act_at_the_next_mini_batch_without_a_reset(data):
    training = Training(data, [784, 12, 10], seed=7)
    rng = np.random.default_rng(7)
    net = Network([784, 12, 10], rng=rng)
    order, start = rng.permutation(1000), 0
    for eta, size in [(3.0, 10), (3.0, 10), (0.5, 10), (0.5, 300), (100.0, 1), (0.001, 1000)]:
        training.configure(eta, size)
        training.advance()
        # The same update by hand.
        step = backprop(net, *data.train.columns(order[start : start + size]), eta)
        for l in range(2):
            net.weights[l] -= step.nabla_w[l]
            net.biases[l] -= step.nabla_b[l]
        start += size
        assert_same(training.net, net)
    assert (training.steps, training.seen, training.generation) == (6, 1000, 1)  # the last one was cut short


def test_each_epoch_deals_each_image_once_whatever_the_mini_batch_size(data, monkeypatch):
    asked, dealt, training = [], [], Training(data)
    columns = Split.columns
    monkeypatch.setattr(
        "mnet.live.training.update_mini_batch", lambda net, x, y, eta: dealt.extend(asked[-1])
    )
    monkeypatch.setattr(Split, "columns", lambda split, which: asked.append(which) or columns(split, which))
    for size in [7, 100, 1, 999, 10, 640, 1000, 3] * 4:
        training.configure(3.0, size)
        training.advance(2)
    epochs = [dealt[k : k + 1000] for k in range(0, len(dealt) - 999, 1000)]
    assert len(epochs) > 5
    assert all(sorted(epoch) == list(range(1000)) for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) == len(epochs)  # shuffled anew
    assert training.seen == len(dealt)
    assert training.epochs == len(dealt) / 1000


@pytest.mark.parametrize(
    ("eta", "size"), [(0, 10), (-1, 10), (float("nan"), 10), ("3", 10), (3, 0), (3, 1001), (3, 2.5)]
)
def test_refused_settings_change_nothing(training, eta, size):
    with pytest.raises(ValueError, match="wanted"):
        training.configure(eta, size)
    assert (training.eta, training.mini_batch_size) == (3.0, 10)


def test_refused_sizes_change_nothing(training):
    training.advance(30)
    before = training.net
    with pytest.raises(ValueError, match="sizes"):
        training.rebuild([784, 0, 10])
    assert training.net is before
    assert (training.steps, training.generation) == (30, 1)


def test_other_sizes_start_a_new_network_and_keep_the_run_as_a_ghost(data):
    training = Training(data, seed=2)
    training.advance(100)  # one epoch
    curve = training.cost.points
    right = evaluate(training.net, data.validation) / 1300
    training.rebuild([784, 20, 15, 10])
    assert_same(training.net, Network([784, 20, 15, 10], rng=np.random.default_rng(2)))
    assert (training.steps, training.seen, training.generation) == (0, 0, 2)
    assert [len(training.cost.points), len(training.validation)] == [1, 1]
    [ghost] = training.ghosts
    assert ghost["label"] == f"η 3, mini-batch 10, [784, 30, 10]: {right:.1%} after 1.0 epochs"
    assert right > 0.3  # of the trained network, not of the one it began with
    assert ghost["cost"] == curve
    assert ghost["validation"][-1][0] == 1.0


def test_a_ghost_is_named_by_what_it_learnt_with_not_by_sliders_moved_at_rest(data):
    training = Training(data)
    training.advance(50)
    training.configure(0.1, 20)
    training.advance(20)
    training.configure(0.15, 259)
    training.rebuild()
    assert training.ghosts[0]["label"].startswith("η 0.1, mini-batch 20, [784, 30, 10]: ")


def test_a_run_that_has_just_been_validated_is_not_validated_twice(data, monkeypatch):
    monkeypatch.setattr("mnet.live.training.VALIDATE", 500)
    training = Training(data)
    training.advance(100)
    training.rebuild()
    assert [point[0] for point in training.ghosts[0]["validation"]] == [0, 0.5, 1]


def test_only_real_runs_become_ghosts_and_the_last_five_stay(training):
    for hidden in range(20, 30):  # a slider on its way
        training.rebuild([784, hidden, 10])
    training.advance(20)  # 0.2 epochs
    training.rebuild()
    assert training.ghosts == []
    for hidden in range(1, GHOSTS + 3):
        training.rebuild([784, hidden, 10])
        training.advance(21)
    training.rebuild()
    assert [ghost["label"].partition(": ")[0] for ghost in training.ghosts] == [
        f"η 3, mini-batch 10, [784, {hidden}, 10]" for hidden in range(3, GHOSTS + 3)
    ]


def test_a_ghost_of_a_long_run_is_thin(training):
    training.advance(40)
    for i in range(Curve.LIMIT - 10):
        training.cost.append(i, 1.0)
    training.validation *= 500
    ghost = training.ghost()
    for thin, whole in (ghost["cost"], training.cost.points), (ghost["validation"], training.validation):
        assert 150 < len(thin) <= 300
        assert (thin[0], thin[-1]) == (whole[0], whole[-1])


@pytest.mark.parametrize("n", [200, 1000, 1300])
def test_the_validation_numbers_are_those_of_evaluate_on_the_validation_split(mnist, data, monkeypatch, n):
    monkeypatch.setattr("mnet.live.training.VALIDATE", 500)
    split = Split(mnist.validation.images[:n], mnist.validation.labels[:n])
    training = Training(Mnist(data.train, split, None))
    for _ in range(4):
        x, y = split.columns()
        epochs, cost, accuracy = training.validation[-1]
        assert epochs == training.epochs
        assert accuracy == training.accuracy == evaluate(training.net, split) / n
        np.testing.assert_allclose(cost, quadratic_cost(feedforward(training.net, x), y), rtol=1e-5)
        training.advance(50)
    assert [epochs for epochs, _, _ in training.validation] == [0, 0.5, 1, 1.5, 2]


def test_the_cost_is_that_of_the_first_training_images(data, training):
    training.advance(50)
    x, y = data.train.columns(slice(0, SAMPLE))
    assert training.cost.points[-1] == (0.5, quadratic_cost(feedforward(training.net, x), y))
    assert training.cost.last == training.cost.points[-1]


def test_no_eta_of_the_slider_and_no_size_makes_numpy_warn(data):
    assert len(ETAS) > 100
    assert (ETAS[0], ETAS[-1]) == (0.001, 100.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        training = Training(Mnist(data.train, Split(data.train.images[:50], data.train.labels[:50]), None))
        for eta in [*ETAS, *ETAS[::-1], 1000.0]:
            training.configure(eta, 10)
            training.advance(5)
        assert np.isfinite(training.answers).all()
        for sizes in [784, 10], [784, 1, 1, 1, 10], [784, 200, 200, 200, 10]:
            for size in 1, 1000:
                training.rebuild(sizes)
                training.configure(100.0, size)
                training.advance(3)
                assert training.settings() == f"η 100, mini-batch {size}, {sizes}"
        assert np.isfinite(training.answers).all()


def test_saturated_is_the_share_of_outputs_with_a_flat_slope(training):
    training.answers = np.array([[0.5, 0.0], [1.0, 0.005], [0.02, 0.98], [0.995, 0.2]])
    assert training.saturated() == 4 / 8


# What it says of a run


@pytest.mark.parametrize(
    ("preset", "says"),
    [
        (
            "the book's run",
            r"Learning: (8[5-9]|9\d)\.\d% of the validation images are read correctly, cost 0",
        ),
        ("η too small", r"The cost hardly moves: 2\.\d\d at the start, 1\.\d\d now \(\d\d% of the outputs'"),
        (
            "η too large",
            r"Stuck: the outputs are saturated, \d+% .* so almost nothing moves|The cost jumps",
        ),
        ("no hidden layer", r"Learning: [5-7]\d\.\d%"),
    ],
)
def test_the_presets_do_what_they_are_named_for(mnist, preset, says):
    sizes, eta, mini_batch_size = TrainingPanel.PRESETS[preset]
    training = Training(mnist, sizes, eta, mini_batch_size)
    assert training.verdict() == "The run has only begun."
    training.advance(2500)
    assert re.match(says, training.verdict()), training.verdict()


def run(training, costs, accuracy, answers=0.5, eta=3.0):
    """Give the training a made-up past."""
    training.eta, training.answers = eta, np.full((10, 5), answers)
    training.cost = Curve()
    for i, cost in enumerate(costs):
        training.cost.append(i / 50, cost)
    training.validation = [(0.0, costs[0], 0.1), (1.0, costs[-1], accuracy)]
    return training.verdict()


def test_the_verdict_names_each_kind_of_run(training):
    jumping = [2.0, 1.0] * 50
    fall = np.linspace(2, 0.1, 100).tolist()
    assert run(training, fall, 0.93) == (
        "Learning: 93.0% of the validation images are read correctly, cost 0.282."
    )
    assert run(training, [0.5] * 100, 0.1, answers=0.001, eta=100.0) == (
        "Stuck: the outputs are saturated, 100% of the outputs' slopes σ′ are below 0.01, "
        "so almost nothing moves."
    )
    assert run(training, jumping, 0.2, eta=100.0) == (
        "The cost jumps about: steps of η = 100 overshoot (0% of the outputs' slopes σ′ are below 0.01)."
    )
    assert run(training, np.linspace(2, 1.9, 100).tolist(), 0.1) == (
        "The cost hardly moves: 2.00 at the start, 1.91 now (0% of the outputs' slopes σ′ are below 0.01)."
    )
    assert run(training, fall, 0.2) == (
        "The cost fell from 2.00 to 0.28, yet only 20.0% of the validation images are read correctly "
        "(0% of the outputs' slopes σ′ are below 0.01)."
    )
    assert run(training, jumping[:9], 0.2) == "The run has only begun."


def test_the_next_step_of_each_layer_is_the_one_that_is_taken(data):
    training = Training(data, mini_batch_size=20)
    training.advance(49)  # the next one ends the epoch
    for _ in range(2):
        before = [w.copy() for w in training.net.weights]
        shares, steps = training.layers()
        training.advance()
        if training._next > 20:  # else a new order was dealt
            moved = [w - old for w, old in zip(training.net.weights, before, strict=True)]
            assert steps == pytest.approx([np.sqrt(np.mean(m**2)) for m in moved], rel=1e-3)
    assert shares[-1] == pytest.approx(training.saturated(), abs=0.3)
    for w in training.net.weights:
        w *= 1000
    assert min(training.layers()[0]) > 0.9
