"""What the tests of the live panels share: little data, and no fault that stays in the dark."""

import threading

import pytest

from mnet import Mnist, Split
from mnet.live.chart import Chart
from mnet.live.training import Training
from mnet.live.training_panel import TrainingPanel
from tests.support.watch import workers


@pytest.fixture(autouse=True)
def no_worker_left(no_silent_errors):
    """Fail a test that leaves a training thread behind; pytest itself reports a thread that raised."""
    yield
    assert not workers()


@pytest.fixture(scope="session")
def data(mnist):
    """Little data to train on, and None to learn or choose from: nothing may ask for a test image."""
    train, validation = mnist.train, mnist.validation
    return Mnist(
        Split(train.images[:1000], train.labels[:1000]),
        Split(validation.images[:1300], validation.labels[:1300]),
        None,
    )


@pytest.fixture
def training(data):
    return Training(data)


@pytest.fixture
def make_panel(data):
    """Return a function that makes training panels, closed when the test ends."""
    panels = []

    def make(**settings):
        panels.append(TrainingPanel(Training(data, **settings)))
        return panels[-1]

    yield make
    for panel in panels:
        panel.close()


@pytest.fixture
def panel(make_panel):
    return make_panel()


@pytest.fixture
def messages(monkeypatch):
    """Return the list of (message, buffers) that charts send to the browser from now on."""
    sent = []
    monkeypatch.setattr(Chart, "send", lambda self, message, buffers: sent.append((message, buffers)))
    return sent


@pytest.fixture
def no_threads(monkeypatch):
    """Make threads impossible, as in a browser's Python."""

    def start(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
