"""Runs a notebook and prints as JSON, for each code cell, its seconds and how many of them are silent.

The seconds are CPU time on a machine as fast as the README's: a slow machine, or one that others keep busy,
is no fault of a cell. The longest stretch without a print or a picture is the silence.
"""

import io
import json
import sys
from itertools import pairwise
from pathlib import Path
from time import process_time

import numpy as np
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import mnet

README = 0.309 / 5000  # seconds that a mini-batch of [784, 30, 10] takes there


def slowness(n=200):
    """Return how many times as long as on the README's machine a mini-batch takes now, at least 1."""
    net = mnet.Network([784, 30, 10])
    x, y = np.zeros((784, 10), np.float32), np.zeros((10, 10), np.float32)
    began = process_time()
    for _ in range(n):
        mnet.update_mini_batch(net, x, y, 1.0)
    return max(1, (process_time() - began) / n / README)


def main(path):
    cells = [c for c in json.loads(Path(path).read_text("utf-8"))["cells"] if c["cell_type"] == "code"]
    shell = InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
    stdout, heard, measured = sys.stdout, [], []

    class Ear(io.StringIO):
        def write(self, text):
            heard.append(process_time())
            return len(text)

    sys.stdout = sys.stderr = Ear()
    before = slowness()
    for cell in cells:
        heard[:] = [process_time()]
        shell.run_cell("".join(cell["source"])).raise_error()
        heard.append(process_time())
        silences = [late - early for early, late in pairwise(heard)]
        after = slowness()
        factor, before = (before + after) / 2, after
        measured.append([(heard[-1] - heard[0]) / factor, max(silences) / factor])
    json.dump(measured, stdout)


if __name__ == "__main__":
    main(sys.argv[1])
