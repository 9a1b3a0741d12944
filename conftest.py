"""How pytest runs the tests: files side by side when all are asked for, one test after another otherwise."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as mnet says it, but NumPy comes first here

import pytest

collect_ignore_glob = ["notebooks/*.py"]  # the lessons' sources: their notebooks are run


@pytest.hookimpl(optionalhook=True)  # xdist is left out where lessons are broken
def pytest_xdist_auto_num_workers(config):
    """Run what the command line names in this process; all tests side by side, on each processor."""
    return None if config.args_source is pytest.Config.ArgsSource.TESTPATHS else 0


def pytest_collection_modifyitems(items):
    """Let a notebook warn: no reader sees it as an error."""
    for item in items:
        if item.path.suffix == ".ipynb":
            item.add_marker(pytest.mark.filterwarnings("default"))
