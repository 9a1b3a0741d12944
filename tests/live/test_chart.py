import threading

import numpy as np
import pytest

from mnet.live.chart import Chart
from mnet.live.training import Curve


@pytest.fixture
def chart(training, messages):
    return Chart(training)


def points(buffers):
    """Decode what the browser gets: pairs of float32."""
    [buffer] = buffers
    return np.frombuffer(buffer, np.float32).reshape(-1, 2)


class Browser:
    """Draw the curve as chart.js does: all anew, or more at the end."""

    def __init__(self):
        self.curve, self.received = np.zeros((0, 2), np.float32), 0

    def hear(self, messages):
        for message, buffers in messages:
            new = points(buffers)
            self.curve = new if message["fresh"] else np.concatenate([self.curve, new])
            self.received += len(new)
        messages.clear()
        return self.curve


def test_a_push_sends_the_new_points_as_binary_pairs(chart, training, messages):
    chart.push()
    training.advance(200)
    chart.push(speed=5.0)
    chart.push()
    assert [message["fresh"] for message, _ in messages] == [True, False, False]
    assert [len(points(buffers)) for _, buffers in messages] == [1, 4, 0]
    np.testing.assert_array_equal(
        np.concatenate([points(buffers) for _, buffers in messages]),
        np.array(training.cost.points, np.float32),
    )
    message = messages[1][0]
    assert {key: message[key] for key in ("epochs", "steps", "settings", "speed")} == {
        "epochs": 2.0,
        "steps": 200,
        "settings": "η 3, mini-batch 10, [784, 30, 10]",
        "speed": 5.0,
    }
    assert "ghosts" not in message


def test_the_validation_curve_is_sent_only_when_it_has_grown(chart, training, messages):
    chart.push()
    training.advance(1)
    chart.push()
    training._validate()
    chart.push()
    assert [message.get("validation") for message, _ in messages] == [
        training.validation[:1],
        None,
        training.validation,
    ]


def test_a_view_that_opens_gets_everything(chart, training, messages):
    heard = []
    chart.on_seen = lambda: heard.append("seen")
    training.advance(200)
    chart.push()
    messages.clear()
    chart._handle_custom_msg("all", [])
    [(message, buffers)] = messages
    assert message["fresh"]
    assert message["ghosts"] == []
    assert len(points(buffers)) == 5
    chart._handle_custom_msg("seen", [])
    assert len(messages) == 1
    assert heard == ["seen", "seen"]
    training.advance(50)
    chart.push()
    assert [len(points(buffers)) for _, buffers in messages] == [5, 1]


def test_a_new_network_starts_the_curve_afresh_and_brings_the_ghosts(chart, training, messages):
    training.advance(200)
    chart.push()
    training.rebuild([784, 5, 10])
    training.advance(50)
    chart.push()
    message, buffers = messages[-1]
    assert message["fresh"]
    assert [ghost["label"][:33] for ghost in message["ghosts"]] == ["η 3, mini-batch 10, [784, 30, 10]"]
    np.testing.assert_array_equal(points(buffers), np.array(training.cost.points, np.float32))
    assert len(points(buffers)) == 2


def test_a_message_names_the_newest_point_and_what_it_was_computed_with(chart, training, messages):
    training.advance(50)
    training.configure(0.5, 20)
    chart.push()
    assert messages[-1][0]["obeyed"] == "η 3, mini-batch 10, [784, 30, 10]"
    assert messages[-1][0]["settings"] == "η 0.5, mini-batch 20, [784, 30, 10]"
    training.advance(25)
    chart.push()
    assert messages[-1][0]["obeyed"] == "η 0.5, mini-batch 20, [784, 30, 10]"
    assert messages[-1][0]["newest"] == training.cost.last


@pytest.mark.parametrize("most", [30, 700, 5000])
def test_the_browser_has_the_curve_however_long_it_gets(chart, training, messages, rng, most):
    browser, raw = Browser(), [training.cost.last]
    while training.cost.added < 12 * Curve.LIMIT:
        for _ in range(rng.integers(0, most)):
            raw.append((len(raw), float(rng.random())))
            training.cost.append(*raw[-1])
        chart.push()
        curve = browser.hear(messages)
        assert len(curve) < Curve.LIMIT
        assert curve.shape == np.shape(training.cost.points)
    np.testing.assert_array_equal(curve, np.array(training.cost.points, np.float32))
    assert (np.diff(curve[:, 0]) > 0).all()
    # Nothing is lost: each point is the mean of as many that were computed, all but the last few.
    stride = training.cost.stride
    assert 0 <= len(raw) - len(curve) * stride < stride
    means = np.reshape(raw[: len(curve) * stride], (-1, stride, 2)).mean(axis=1)
    np.testing.assert_allclose(curve, means, rtol=1e-5)
    # And little is sent twice: the whole curve goes each time that it halves, else only what is new.
    assert browser.received < 6 * Curve.LIMIT


def test_a_message_stays_small_in_a_long_run(chart, training, messages):
    training.validation *= 1000
    chart.push()
    assert 150 < len(messages[0][0]["validation"]) <= 300


def test_messages_leave_in_the_order_of_the_training(training, monkeypatch):
    """A late message of the worker's would put points of the old network on the new curve."""
    free = []

    def send(self, message, buffers):
        def ask():
            free.append(training.lock.acquire(blocking=False))

        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()

    monkeypatch.setattr(Chart, "send", send)
    Chart(training).push()
    assert free == [False]
