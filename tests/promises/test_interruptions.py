"""The interruptions see what they are there to see: a file that is half old, a run that goes on otherwise."""

import os
import signal
import subprocess
import sys

import pytest

from tests.promises import interruptions

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to another process")
# Loaded by each Python that starts: half a file is written in place, and the whole when the program ends.
IN_PLACE = """
import atexit, io, sys
from pathlib import Path
import mnet.cli.train
import mnet.files

def write_in_place(path, write):
    content = io.BytesIO()
    write(content)
    Path(path).write_bytes(content.getvalue()[: len(content.getvalue()) // 2])
    atexit.register(Path(path).write_bytes, content.getvalue())

mnet.cli.train.claim = lambda *_: None  # which finds the full disk before the first write
for module in list(sys.modules.values()):
    if hasattr(module, "write_whole"):
        module.write_whole = write_in_place
"""


# Loaded likewise: what is there is examined by nobody.
UNEXAMINED = """
import os, stat
from pathlib import Path
import mnet.cli.train
import mnet.files

def place(path):
    if os.path.exists(path) and not stat.S_ISREG(os.stat(path).st_mode):
        os.unlink(path)
    return Path(path), None

mnet.files._place = place
mnet.cli.train.claim = lambda *_: None
"""


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    interruptions.few_images(folder)
    return str(folder)


def test_a_file_written_in_place_is_seen(data, tmp_path, monkeypatch):
    (tmp_path / "sitecustomize.py").write_text(IN_PLACE)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{interruptions.ROOT}")

    def training(folder, data):
        path, command, resume, _ = interruptions.training(folder, data)
        return path, command, resume, 10  # of the 22 saves: no strike waits for one that never comes

    _, figure, _, met = interruptions.interruptions(training, data, signal.SIGKILL, 4)
    assert not met, figure
    _, sentence, _, met = interruptions.full_disk(interruptions.training, data)
    assert not met, sentence


def test_a_run_that_goes_on_otherwise_is_seen(data, monkeypatch):
    # At a random moment a run may be stopped before its first save, when nothing goes on.
    monkeypatch.setattr(interruptions, "strike", lambda command, *_: subprocess.run(command))

    def training(folder, data):
        path, command, resume, writes = interruptions.training(folder, data)
        return path, command, [*resume, "--epochs", "21"], writes

    _, figure, _, met = interruptions.interruptions(training, data, signal.SIGINT, 2)
    assert not met, figure


@pytest.mark.skipif(not os.path.exists("/proc/self/environ"), reason="processes are looked for in /proc")
def test_a_process_left_behind_is_seen():
    command = [sys.executable, "-c", "print(flush=True); input()"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    environment = os.environ | {interruptions.MARK: "yes"}
    assert interruptions.left_running() == 0
    with subprocess.Popen(command, env=environment, **pipes) as process:
        process.stdout.readline()  # it runs
        assert interruptions.left_running(seconds=0) == 1
        process.communicate(b"\n")
    assert interruptions.left_running() == 0


def test_a_place_that_is_not_examined_is_seen(data, tmp_path, monkeypatch):
    (tmp_path / "sitecustomize.py").write_text(UNEXAMINED)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{interruptions.ROOT}")
    monkeypatch.setattr(interruptions, "LONG", "2")
    _, figure, _, met = interruptions.places(data)
    assert not met
    faults = {part.split()[1] for part in figure.split("; not: ")[1:]}
    assert faults >= {"network", "protected", "photo", "link", "FIFO"}, figure


def test_an_epoch_printed_before_it_is_saved_is_seen(data, tmp_path, monkeypatch):
    script = "import mnet.cli.train as t\nt.Keeper.__call__ = lambda self: None\n"
    (tmp_path / "sitecustomize.py").write_text(script)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{interruptions.ROOT}")

    def whole(prepare, data):
        return b"the network at its end", 1

    monkeypatch.setattr(interruptions, "uninterrupted", whole)
    _, figure, _, met = interruptions.outputs(data)
    assert not met
    assert figure.startswith("0 saved")
