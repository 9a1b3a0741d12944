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
from types import SimpleNamespace

import nbformat
import pytest
from jupyterlab.commands import get_app_dir
from jupyterlab_server.settings_utils import get_settings
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from traitlets.config import Config, Configurable

import mnet
from mnet.cli import lab


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


VIEW, PICTURE = "application/vnd.jupyter.widget-view+json", "image/png"


@pytest.mark.parametrize(
    ("data", "open_", "kept"),
    [
        ([VIEW, PICTURE], ["other.ipynb"], [PICTURE]),
        ([VIEW, PICTURE], ["/lesson.ipynb"], [VIEW, PICTURE]),  # its kernel is alive
        ([VIEW], [], [VIEW]),  # it has nothing else to show
    ],
)
def test_an_ended_panel_opens_as_its_picture(tmp_path, data, open_, kept):
    async def list_sessions():
        return [{"path": path} for path in open_]

    server = Configurable()
    server.session_manager = SimpleNamespace(list_sessions=list_sessions)
    settings = lab.SETTINGS / "jupyter_server_config.py"
    config = runpy.run_path(settings, {"get_config": Config})
    cells = [
        new_code_cell("panel", outputs=[new_output("display_data", dict.fromkeys(data, ""))]),
        new_markdown_cell("words"),
    ]
    nbformat.write(new_notebook(cells=cells), tmp_path / "lesson.ipynb")
    contents = config["Contents"](parent=server, root_dir=str(tmp_path))
    model = asyncio.run(contents.get("lesson.ipynb"))
    assert list(model["content"]["cells"][0]["outputs"][0]["data"]) == kept
    assert asyncio.run(contents.get("lesson.ipynb", content=False))["content"] is None
    assert [file["name"] for file in asyncio.run(contents.get(""))["content"]] == ["lesson.ipynb"]


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
