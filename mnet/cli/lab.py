"""`mnet lab`: the course in JupyterLab, with the settings that jupyter/ holds."""

import os
from contextlib import contextmanager, nullcontext
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

import click

from mnet.cli.handout import contents, hand_out
from mnet.files import COURSE
from mnet.files import HERE as PACKAGE

START = "notebooks/00_start.ipynb"
# Its labconfig/ switches off the busy icon in the browser's tab, for which a slider that is dragged asks the
# server 25 times a second, and the question whether you want news, which covers the lesson: without a
# news_url it is still put.
SETTINGS = Path(__file__).with_name("jupyter")
LECTURE = SETTINGS / "lecture"  # JupyterLab's settings for a room, by plugin, and its style sheet


@click.command(context_settings={"ignore_unknown_options": True})
@click.option(
    "--lecture", is_flag=True, help="Type by the height of the screen and a light theme, for a projector."
)
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    help="Copy the lessons into this folder first, and open them there. What you have changed stays.",
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def lab(lecture, into, arguments):
    """Open the course in JupyterLab, at its first lesson.

    What stands after -- goes to JupyterLab: mnet lab -- --no-browser --port 8899
    """
    if not (COURSE / START).exists():
        raise click.ClickException(
            f"{COURSE / START} is missing: mnet is installed without the course, "
            "so run `python -m pip install -e .` in the folder that holds the notebooks."
        )
    if into is None and COURSE.parent == PACKAGE:
        raise click.ClickException(
            f"the lessons lie in {COURSE}, where an update of mnet replaces what you write: "
            "say where you want them, as in `mnet lab --into my-course`."
        )
    if any(
        a.startswith(("--ServerApp.root_dir", "--notebook-dir", "--ServerApp.preferred_dir"))
        for a in arguments
    ):
        raise click.ClickException(
            "`mnet lab` says itself which folder JupyterLab opens, so leave that option out: "
            "to have the lessons in another folder, use `mnet lab --into my-course`."
        )
    folder = COURSE if into is None else hand_out(into.resolve(), contents(COURSE))
    from jupyterlab.labapp import LabApp

    options = [
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.default_url=/lab/tree/{START}",
        "--LabApp.news_url=None",  # with the next line: nothing asks the network
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--ServerApp.answer_yes=True",  # one Ctrl-C ends it
    ]
    paths = str(SETTINGS), os.environ.get("JUPYTER_CONFIG_PATH")
    with (
        environment(JUPYTER_CONFIG_PATH=os.pathsep.join(filter(None, paths))),
        lecture_settings() if lecture else nullcontext(()) as settings,
    ):
        LabApp.launch_instance([*options, *settings, *arguments])


@contextmanager
def lecture_settings():
    """Copy LECTURE where nothing of yours is touched; yield the options that make JupyterLab read it."""
    with TemporaryDirectory() as folder, environment(MNET_SCALE="1.4"):  # of the pictures, in the kernels
        for path in LECTURE.rglob("*.jupyterlab-settings"):
            copy = Path(folder, path.relative_to(LECTURE))
            copy.parent.mkdir(parents=True)
            copyfile(path, copy)
        yield (
            f"--LabApp.user_settings_dir={folder}",
            f"--LabApp.workspaces_dir={folder}/workspaces",
            "--LabApp.custom_css=True",
            f"--ServerApp.tornado_settings=static_custom_path={LECTURE / 'custom'}",
        )


@contextmanager
def environment(**values):
    """Set environment variables, which JupyterLab and its kernels hear, for as long as it runs."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
