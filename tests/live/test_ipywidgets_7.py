"""Panels with ipywidgets 7.7.1, which Colab has, in a Python of their own."""

import os
import subprocess
import sys
from importlib import metadata

import pytest

SETUP = """
import io
import ipywidgets
import mnet.live.panel
import numpy as np
from PIL import Image
from IPython.core.formatters import DisplayFormatter
from mnet import Network
from mnet.live import panels

assert ipywidgets.__version__ == "7.7.1"
pad = panels.pad(Network([784, 30, 10], np.random.default_rng(0)))
"""
SHOWN = """
shown = []
mnet.live.panel.display = lambda data, metadata, raw, display_id: shown.append((data, metadata))
for panel in panels.neuron(), pad:
    shown.clear()
    DisplayFormatter().format(panel)
    (widget, _), (picture, _), (note, _) = shown
    print(*widget, picture["text/plain"] == repr(panel), *note)
"""
READ = """
file = io.BytesIO()
Image.fromarray(np.pad(np.full((28, 8), 200, "uint8"), 20)).save(file, "PNG")
pad.pad._handle_custom_msg({"file": "one.png"}, [file.getvalue()])
print(pad.status.text)
"""


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    """Return a function that runs code with ipywidgets 7.7.1; it returns what the code prints."""
    if not list(metadata.distributions(name="pip")):
        pytest.skip("the extra `site` is missing: its pip fetches ipywidgets 7.7.1")
    folder = tmp_path_factory.mktemp("ipywidgets")
    pip = sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder
    subprocess.run([*pip, "ipywidgets==7.7.1", "ipython-genutils==0.2.0"], check=True, capture_output=True)

    def run(code):
        env = os.environ | {"PYTHONPATH": str(folder)}
        command = [sys.executable, "-W", "ignore", "-c", SETUP + code]
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_a_panel_shows_itself_with_its_picture(old):
    shown = "application/vnd.jupyter.widget-view+json True text/html text/plain\n"
    assert old(SHOWN) == 2 * shown


def test_a_picture_file_is_read(old):
    assert old(READ) == "Read from one.png.\n"
