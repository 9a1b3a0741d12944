import asyncio
import json
import os
import re
import runpy
import signal
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from shutil import copytree

import nbformat
import pytest
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from jupyterlab.commands import get_app_dir
from jupyterlab_server.settings_utils import get_settings
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from traitlets.config import Config

import mnet
from mnet.cli import lab
from mnet.live.saved import VIEW, note


@pytest.fixture
def course(tmp_path):
    """A copy of the package beside a lesson 00, in a folder with a space in its name."""
    folder = tmp_path / "my course"
    copytree(Path(mnet.__file__).parent, folder / "mnet")
    (folder / "notebooks").mkdir()
    lesson = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / lab.START).write_text(json.dumps(lesson))
    return folder


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to another process")
def test_lab_opens_lesson_00_from_anywhere_and_ends_at_ctrl_c(started, course, tmp_path):
    environment = os.environ | {"PYTHONPATH": str(course), "JUPYTER_CONFIG_DIR": str(tmp_path / "config")}
    arguments = ["--no-browser", "--ip", "127.0.0.1", "--port", "0", "--allow-root"]
    ours, theirs = os.openpty()  # Jupyter minds Ctrl-C only where a person types
    pipes = {"stdin": theirs, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    with started("lab", "--", *arguments, cwd=tmp_path, env=environment, **pipes) as process:
        for line in process.stderr:
            if url := re.search(r"http://127\.0\.0\.1:\S+", line):
                break
        address, _, token = url[0].partition("?token=")
        base, _, path = address.partition("/lab/tree/")
        for _ in range(50):
            with suppress(urllib.error.URLError):  # the address is printed before it is open
                page = urllib.request.urlopen(url[0]).read().decode()
                break
            time.sleep(0.1)
        asked = urllib.request.Request(
            f"{base}/api/contents/{path}", headers={"Authorization": f"token {token}"}
        )
        lesson = json.load(urllib.request.urlopen(asked))
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    os.close(ours)
    os.close(theirs)
    assert path == "notebooks/00_start.ipynb"
    assert lesson["type"] == "notebook"
    config = json.loads(re.search(r'id="jupyter-config-data"[^>]*>\s*(\{.*?\})\s*</script>', page, re.S)[1])
    assert config["treePath"] == path
    assert config["news"] == {"disabled": True}  # nothing is fetched
    off = "@jupyterlab/application-extension:faviconbusy", "@jupyterlab/apputils-extension:announcements"
    assert set(off) <= set(config["disabledExtensions"])
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("data", "trusted"),
    [
        ({VIEW: {}}, True),
        ({"image/png": "", "text/plain": ""}, True),
        (note(3, "η < 1 & > 0"), True),
        ({"text/html": "<p>words</p>"}, False),
        ({"text/html": note(3, "x")["text/html"].replace(">x<", "><script>x</script><")}, False),
        (note(3, "") | {"text/javascript": ""}, False),
        ({"image/svg+xml": ""}, False),
    ],
)
def test_a_page_trusts_what_cannot_do_harm_though_nobody_has_run_all_cells(tmp_path, data, trusted):
    settings = lab.SETTINGS / "jupyter_server_config.py"
    config = runpy.run_path(settings, {"get_config": Config, "load_subconfig": str})
    cells = [new_code_cell(outputs=[new_output("display_data", data), new_output("stream", text="words")])]
    other = new_code_cell(outputs=[new_output("display_data", {"text/html": "<script></script>"})])
    nbformat.write(new_notebook(cells=[*cells, other, new_markdown_cell()]), tmp_path / "lesson.ipynb")
    notary = Config(NotebookNotary={"db_file": ":memory:", "secret": b"secret"})
    contents = config["Contents"](root_dir=str(tmp_path), config=notary)
    shown, foreign, _ = asyncio.run(contents.get("lesson.ipynb"))["content"]["cells"]
    assert (shown["metadata"]["trusted"], foreign["metadata"]["trusted"]) == (trusted, False)


def test_an_answer_does_not_wait_for_the_browser_to_acknowledge_what_came_before(monkeypatch):
    config, said = Config(), []
    theirs = {"get_config": lambda: config, "load_subconfig": str}
    settings = runpy.run_path(lab.SETTINGS / "jupyter_server_config.py", theirs)
    connection = config.ServerApp.kernel_websocket_connection_class
    assert connection is settings["Connection"]
    monkeypatch.setattr(connection.__base__, "connect", lambda self: said.append("connected"))
    handler = KernelWebsocketHandler.__new__(KernelWebsocketHandler)
    monkeypatch.setattr(handler, "set_nodelay", said.append)
    connection(websocket_handler=handler).connect()
    assert said == [True, "connected"]


def test_a_lecture_has_settings_of_its_own_that_end_with_it(run, monkeypatch):
    found = {}

    def launch(options):
        folders = dict(option.lstrip("-").split("=", 1) for option in options)
        found["folder"] = folder = Path(folders["LabApp.user_settings_dir"])
        assert Path(folders["LabApp.workspaces_dir"]).parent == folder  # nor is your layout touched
        schemas = str(Path(get_app_dir(), "schemas"))
        paths = [path.relative_to(lab.LECTURE) for path in lab.LECTURE.rglob("*.jupyterlab-settings")]
        assert len(paths) == 2
        for path in paths:
            assert (folder / path).read_bytes() == (lab.LECTURE / path).read_bytes()
            plugin = f"{path.parent.as_posix()}:{path.stem}"
            assert get_settings(schemas, schemas, str(folder), plugin)[0]["settings"]  # {} if refused
        assert os.environ["MNET_SCALE"] == "1.4"
        assert os.environ["JUPYTER_CONFIG_PATH"] == os.pathsep.join([str(lab.SETTINGS), "yours"])

    monkeypatch.setattr("jupyterlab.labapp.LabApp.launch_instance", launch)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "yours")
    before = dict(os.environ)
    done = run("lab", "--lecture")
    assert done.exit_code == 0, done.output
    assert not found["folder"].exists()
    assert dict(os.environ) == before


def test_lab_says_why_it_refuses_another_folder(run):
    done = run("lab", "--", "--ServerApp.root_dir=elsewhere")
    assert done.exit_code == 1
    assert "use `mnet lab --into my-course`" in done.output


def test_lab_without_the_course_says_so(run, monkeypatch, tmp_path):
    monkeypatch.setattr(lab, "COURSE", tmp_path)
    done = run("lab")
    assert done.exit_code == 1
    assert done.output.count("\n") == 1
    assert "00_start.ipynb is missing: mnet is installed without the course" in done.output


# From a wheel, which brings the lessons along


@pytest.fixture
def wheel(monkeypatch, tmp_path):
    """Let the course lie in the package, as a wheel has it; return the options that JupyterLab is given."""
    monkeypatch.setattr(lab, "PACKAGE", tmp_path / "mnet")
    monkeypatch.setattr(lab, "COURSE", tmp_path / "mnet" / "course")
    copytree(Path(mnet.__file__).parent.parent / "notebooks", lab.COURSE / "notebooks")
    given = []
    monkeypatch.setattr("jupyterlab.labapp.LabApp.launch_instance", given.extend)
    return given


def test_lessons_of_a_wheel_are_copied_where_you_say_and_never_over_your_work(run, wheel, tmp_path):
    folder = tmp_path / "my course"
    for _ in range(2):
        done = run("lab", "--into", folder)
        assert done.exit_code == 0, done.output
        assert f"--ServerApp.root_dir={folder}" in wheel
        copies = sorted(path.relative_to(folder / "notebooks") for path in folder.rglob("*.ipynb"))
        ours = (lab.COURSE / "notebooks").rglob("[0-9]*.ipynb")
        assert copies == sorted(path.relative_to(lab.COURSE / "notebooks") for path in ours)
        (folder / lab.START).write_text("my work")
        (folder / "notebooks" / "01_data.ipynb").unlink()  # comes back
    run("lab", "--into", folder)
    assert (folder / lab.START).read_text() == "my work"


def test_lessons_of_a_wheel_are_not_opened_where_they_lie(run, wheel):
    done = run("lab")
    assert done.exit_code == 1
    assert done.output.count("\n") == 1
    assert "mnet lab --into my-course" in done.output
    assert wheel == []
