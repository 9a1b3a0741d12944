"""The interruptions see what they are there to see: a file that is half old, a run that goes on otherwise."""

import importlib
import os
import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to another process")
# Loaded by each Python that starts: takes away what keeps files whole, and takes its time over it.
IN_PLACE = """
import io, os, sys, time
import mnet.files

def write_in_place(path, write):
    content = io.BytesIO()
    write(content)
    half = len(content.getvalue()) // 2
    with open(path, "wb", buffering=0) as file:
        file.write(content.getvalue()[:half])
        changed = os.stat(path).st_mtime_ns
        time.sleep(0.05)
        file.write(content.getvalue()[half:])
    os.utime(path, ns=(changed, changed))  # a strike after a change comes while half is there

for module in list(sys.modules.values()):
    if hasattr(module, "write_whole"):
        module.write_whole = write_in_place
"""


@pytest.fixture
def interruptions():
    return importlib.import_module("interruptions")


@pytest.fixture
def data(interruptions, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    interruptions.few_images(folder)
    return str(folder)


def test_a_file_written_in_place_is_seen(interruptions, data, tmp_path, monkeypatch):
    (tmp_path / "sitecustomize.py").write_text(IN_PLACE)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{interruptions.ROOT}")
    _, figure, _, met = interruptions.interruptions(interruptions.training, data, signal.SIGKILL, 4)
    assert not met, figure
    _, sentence, _, met = interruptions.full_disk(interruptions.training, data)
    assert not met, sentence


def test_a_run_that_goes_on_otherwise_is_seen(interruptions, data):
    def training(folder, data):
        path, command, resume, writes = interruptions.training(folder, data)
        return path, command, [*resume, "--epochs", "21"], writes

    _, figure, _, met = interruptions.interruptions(training, data, signal.SIGINT, 2)
    assert not met, figure


@pytest.mark.skipif(not os.path.exists("/proc/self/environ"), reason="processes are looked for in /proc")
def test_a_process_left_behind_is_seen(interruptions):
    command = [sys.executable, "-c", "input()"]
    environment = os.environ | {interruptions.MARK: "yes"}
    assert interruptions.left_running() == 0
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE) as process:
        assert interruptions.left_running(seconds=0) == 1
        process.communicate(b"\n")
    assert interruptions.left_running() == 0
