"""How long the code cells of a lesson take, and how much of that in silence.

The seconds are CPU time on a machine as fast as the README's: a slow machine, or one that others keep busy,
is no fault of a cell. The longest stretch without a print or a picture is the silence.
"""

import io
import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from time import process_time

import numpy as np
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import mnet

README = 0.309 / 5000  # seconds that a mini-batch of [784, 30, 10] takes there
LIMIT = 2.0  # seconds that a room waits
# Has a lesson's kernel listen, and prints what it heard; no name of either is left to the lesson.
LISTEN = (
    "get_ipython().heard = __import__('tests.support.cell_times', fromlist=['listen']).listen(get_ipython())"
)
TELL = "print(__import__('json').dumps(get_ipython().heard))"


def slowness(n=200):
    """Return how many times as long as on the README's machine a mini-batch takes now, at least 1."""
    net = mnet.Network([784, 30, 10])
    x, y = np.zeros((784, 10), np.float32), np.zeros((10, 10), np.float32)
    began = process_time()
    for _ in range(n):
        mnet.update_mini_batch(net, x, y, 1.0)
    return max(1, (process_time() - began) / n / README)


class Ear:
    """A stream that notes when something is written to another."""

    def __init__(self, stream, heard):
        self._stream, self._heard = stream, heard

    def write(self, text):
        self._heard.append(process_time())
        return self._stream.write(text)

    def __getattr__(self, name):
        return getattr(self._stream, name)


def listen(shell):
    """Return the list of (seconds, those in silence) of the cells that a shell runs from now on."""
    heard, measured, factors = [], [], [slowness()]
    sys.stdout, sys.stderr = Ear(sys.stdout, heard), Ear(sys.stderr, heard)

    def picture(message):
        heard.append(process_time())
        return message

    def begin(_):
        heard[:] = [process_time()]

    def end(_):
        if not heard:  # it began before anybody listened
            return
        heard.append(process_time())
        silences = [late - early for early, late in pairwise(heard)]
        factors.append(slowness())
        factor = sum(factors[-2:]) / 2
        measured.append([(heard[-1] - heard[0]) / factor, max(silences) / factor])

    if hasattr(shell.display_pub, "register_hook"):  # of a kernel; elsewhere a picture is printed
        shell.display_pub.register_hook(picture)
    shell.events.register("pre_run_cell", begin)
    shell.events.register("post_run_cell", end)
    return measured


def measure(path):
    """Return what `listen` hears of a notebook's code cells, run in a process that does nothing else."""
    run = [sys.executable, "-m", "tests.support.cell_times", path]
    env = os.environ | {"OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "agg"}
    folder = Path(__file__).parents[2] / "notebooks"
    return json.loads(subprocess.run(run, env=env, cwd=folder, capture_output=True, check=True).stdout)


def tiresome(cells, measured, limit=LIMIT):
    """Return the cells that keep a room waiting: `limit` seconds or, tagged slow, so long in silence."""
    waits = zip(cells, measured, strict=True)
    return [cell for cell, times in waits if times["slow" in cell["metadata"].get("tags", [])] > limit]


def main(path):
    cells = json.loads(Path(path).read_text("utf-8"))["cells"]
    shell = InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
    stdout, sys.stdout, sys.stderr = sys.stdout, io.StringIO(), io.StringIO()
    measured = listen(shell)
    for cell in cells:
        if cell["cell_type"] == "code":
            shell.run_cell("".join(cell["source"])).raise_error()
    json.dump(measured, stdout)


if __name__ == "__main__":
    main(sys.argv[1])
