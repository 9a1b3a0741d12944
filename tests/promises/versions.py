"""Old and new: the tests with the oldest, the newest and unreleased dependencies; a front end taken away."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.promises.precision import NEWEST, OLDEST, ROOT, child, uv

TESTS = "-m", "pytest", "-q", "-p", "no:cacheprovider"


def suite(what, options, gating=True):
    """Return a row: how the tests end with other versions."""
    run = child([*uv(*options), *TESTS])
    end = (run.stdout or run.stderr).splitlines()[-1].strip("= ")
    target = "all pass" if gating else "reported, not counted"
    return f"tests with the {what} dependencies", end, target, run.returncode == 0 if gating else None


def doctor(python):
    """Return [(package, remedy)] for each fault that `mnet doctor` finds."""
    run = subprocess.run([python, "-m", "mnet", "doctor"], capture_output=True, text=True, encoding="utf-8")
    return re.findall(r"FAULT  (\S+).*\n +to mend it: .*?`python (.+?)`", run.stdout)


def front_ends():
    """Yield a row for each front end taken out of a new environment, or put in the place of the right one."""
    with TemporaryDirectory() as folder:
        program, python = os.environ.get("UV", "uv"), Path(folder, "bin", "python")
        subprocess.run([program, "venv", "-q", "--seed", "--clear", "-p", sys.executable, folder], check=True)
        subprocess.run([program, "pip", "install", "-q", "-p", python, "-e", ROOT], check=True)

        def run(arguments):
            return subprocess.run([python, *shlex.split(arguments)], capture_output=True, check=True)

        for package, what, spoil in (
            ("jupyterlab_widgets", "missing", lambda: run("-m pip uninstall -y jupyterlab_widgets")),
            ("jupyterlab_widgets", "of ipywidgets 7", lambda: run("-m pip install 'jupyterlab_widgets<2'")),
            (
                "anywidget",
                "without its view",
                lambda: shutil.rmtree(Path(folder, "share", "jupyter", "labextensions", "anywidget")),
            ),
        ):
            well_before = not doctor(python)
            spoil()
            faults = doctor(python)
            for _, remedy in faults:
                run(remedy)
            well_after = not doctor(python)
            named = ", ".join({name for name, _ in faults}) or "nothing"
            figure = f"{named} named, {'well' if well_after else 'still at fault'} after the remedy"
            met = well_before and named == package and well_after
            yield f"`mnet doctor` with {package} {what}", figure, "named and mended", met


def rows(quick):
    if quick:  # CI has a job for each of these, and the unit tests pretend the missing front ends
        return
    yield from front_ends()
    yield suite("oldest", OLDEST)
    yield suite("newest", NEWEST)
    yield suite("unreleased", [*NEWEST, "--prerelease", "allow"], gating=False)
