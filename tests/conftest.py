"""What the tests share: the digits, read once, and how hypothesis looks for examples."""

import os
import tracemalloc

import numpy as np
import pytest
from hypothesis import settings

from mnet import Split, load_mnist

# No deadline: shared machines are slow now and then, and that is no fault of the code.
settings.register_profile("mnet", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("mnet")


@pytest.fixture(scope="session")
def mnist():
    return load_mnist()


@pytest.fixture(scope="session")
def small(mnist):
    """Return the first 1,000 training images: enough to train on, quick enough to do it often."""
    return Split(mnist.train.images[:1000], mnist.train.labels[:1000])


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def peak():
    """Return a function that tells the most memory taken since the test began, in bytes."""
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()


@pytest.fixture
def no_silent_errors(caplog):
    """Fail a test when a callback raised: ipywidgets and our panels log such errors and go on."""
    yield
    raised = [record for record in caplog.get_records("call") if record.exc_info]
    assert not raised, "\n".join(f"{record.getMessage()}: {record.exc_info[1]!r}" for record in raised)
