"""How pytest runs the tests: files side by side when all are asked for, one test after another otherwise."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as mnet says it, but NumPy comes first here

from pathlib import Path

import pytest

# Left alone: the lessons' sources, whose notebooks are run, and what stands in for slow modules in the
# processes that are started from here, Jupyter's servers among them.
collect_ignore_glob = ["notebooks/*.py", "tests/support/light/*"]
LIGHT = str(Path(__file__).parent / "tests" / "support" / "light")
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (LIGHT, os.environ.get("PYTHONPATH"))))


@pytest.hookimpl(optionalhook=True)  # xdist is left out where lessons are broken
def pytest_xdist_auto_num_workers(config):
    """Run what the command line names in this process; all tests side by side, on each processor."""
    return None if config.args_source is pytest.Config.ArgsSource.TESTPATHS else 0


def pytest_collection_modifyitems(items):
    """Let a notebook warn: no reader sees it as an error."""
    for item in items:
        if item.path.suffix == ".ipynb":
            item.add_marker(pytest.mark.filterwarnings("default"))
