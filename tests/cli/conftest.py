"""What the tests of the commands share: the command, here and in a process of its own, and few data."""

import gzip
import subprocess
import sys
from contextlib import contextmanager

import numpy as np
import pytest
from click.testing import CliRunner

import mnet
from mnet.cli import main


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch):
    """Keep the threads of our processes from waiting for one another on a busy machine."""
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")


@pytest.fixture
def run():
    """Run the command here."""
    return lambda *arguments: CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def shell():
    """Return what a shell would start."""
    return lambda *arguments: [sys.executable, "-m", "mnet", *map(str, arguments)]


@pytest.fixture
def started(shell):
    """Run the command beside the test, and never longer than it."""

    @contextmanager
    def started(*arguments, **how):
        with subprocess.Popen(shell(*arguments), text=True, **how) as process:
            try:
                yield process
            finally:
                process.kill()

    return started


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """The first 600 training and 200 test images of the course."""
    folder = tmp_path_factory.mktemp("data")
    mnist = mnet.load_mnist()
    for part, split, n in ("train", mnist.train, 600), ("t10k", mnist.test, 200):
        for kind, array in (
            ("images-idx3", split.images[:n].reshape(n, 28, 28)),
            ("labels-idx1", split.labels[:n]),
        ):
            header = np.array([0x800 + array.ndim, *array.shape], ">u4")  # 0x803 images, 0x801 labels
            path = folder / f"{part}-{kind}-ubyte.gz"
            path.write_bytes(gzip.compress(header.tobytes() + array.tobytes()))
    return folder
