"""Lesson 08's panel: the cost, the decay, the shifts and the rate may change while it trains."""

import numpy as np
import pytest

from mnet import Mnist, Network, Split, cross_entropy_error, output_error, scale_weights, update_with_decay
from mnet.live import panels
from mnet.live.improving import COSTS, ImprovedTraining, ImprovingPanel
from mnet.live.training import Training

pytestmark = pytest.mark.usefixtures("no_silent_errors")


@pytest.fixture(scope="module")
def few(mnist):
    """Return 200 images of each kind: an epoch is 20 mini-batches."""
    return Mnist(*(Split(split.images[:200], split.labels[:200]) for split in mnist))


@pytest.fixture
def training(few):
    return ImprovedTraining(few, [784, 12, 10], 3.0, 10)


def test_it_starts_from_scaled_weights(training, few):
    plain = Training(few, [784, 12, 10], 3.0, 10).net
    scale_weights(plain)
    for ours, wanted in zip(training.net.weights, plain.weights, strict=True):
        np.testing.assert_array_equal(ours, wanted)


def test_with_nothing_changed_it_trains_as_lesson_06_does(training, few):
    plain = Training(few, [784, 12, 10], 3.0, 10)
    scale_weights(plain.net)
    for each in training, plain:
        each.advance(40)
    np.testing.assert_array_equal(training.net.weights[0], plain.net.weights[0])
    assert training.cost.points[1:] == plain.cost.points[1:]


@pytest.mark.parametrize(
    ("objective", "error"), [("quadratic", output_error), ("cross-entropy", cross_entropy_error)]
)
def test_the_next_mini_batch_obeys_cost_and_decay(training, few, objective, error):
    net = Network([784, 12, 10], np.random.default_rng(0))
    scale_weights(net)
    training.objective, training.decay = objective, 0.1
    batch = training._order[:10]
    training.advance()
    update_with_decay(net, *few.train.columns(batch), 3.0, 0.1, error)
    for ours, wanted in zip(training.net.weights, net.weights, strict=True):
        np.testing.assert_array_equal(ours, wanted)


def test_the_digits_move_and_the_data_do_not(training, few):
    images = few.train.images.copy()
    other = ImprovedTraining(few, [784, 12, 10], 3.0, 10)
    other.pixels = 2
    for each in training, other:
        each.advance(3)
    assert (training.net.weights[0] != other.net.weights[0]).any()
    np.testing.assert_array_equal(few.train.images, images)


def test_the_rate_halves_after_so_many_epochs(training):
    training.halving = 2
    rates = []
    for _ in range(5):
        rates.append(training._fallen(3.0))
        training.advance(20)
    assert rates == [3.0, 3.0, 1.5, 1.5, 0.75]
    assert training.settings().startswith("η 0.75, ")


def test_the_settings_are_said(training):
    assert training.settings() == "η 3, mini-batch 10, [784, 12, 10], quadratic"
    training.objective, training.decay, training.pixels = "cross-entropy", 3e-5, 1
    assert training.settings() == ("η 3, mini-batch 10, [784, 12, 10], cross-entropy, λ 3e-05, shifts to 1")


@pytest.fixture
def panel(few):
    panel = panels.improving(few)
    yield panel
    panel.close()


def test_each_control_is_obeyed_and_said(panel):
    assert isinstance(panel, ImprovingPanel)
    for name, value in {"objective": "cross-entropy", "decay": 1e-4, "pixels": 2, "halving": 3}.items():
        panel.improvements[name].value = value
        assert getattr(panel.training, name) == value
    assert panel.status.text.startswith("From the next mini-batch on: η 3, mini-batch 10, ")
    assert panel.status.text.endswith("cross-entropy, λ 0.0001, shifts to 2, η halves every 3.")
    panel.step()
    assert panel.training.steps == 1


def test_a_new_run_keeps_what_is_set_and_is_scaled_too(panel):
    panel.improvements["objective"].value = "cross-entropy"
    panel.preset.value = "for cross-entropy"
    assert (panel.training.eta, panel.training.objective) == (0.5, "cross-entropy")
    panel.reset()
    assert abs(panel.training.net.weights[0]).max() < 1
    assert panel.training.objective == "cross-entropy"


def test_every_cost_has_its_error():
    assert {error.__name__ for error in COSTS.values()} == {"output_error", "cross_entropy_error"}
