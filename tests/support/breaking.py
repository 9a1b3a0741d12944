"""Run a lesson's tests while its module has another source: what they do not notice, they do not test."""

import contextlib
import importlib.machinery
import io
import multiprocessing
import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from hypothesis import Phase, settings

ROOT = Path(__file__).resolve().parents[2]
LESSONS = ["data", "sigmoid", "feedforward", "cost", "backprop", "sgd"]


def source_of(lesson):
    return (ROOT / "mnet" / f"{lesson}.py").read_text(encoding="utf-8")


def red(lesson, source):
    """Return the first test of the lesson that fails when mnet/<lesson>.py reads `source`; None if all pass.

    It runs pytest in this process, which it leaves with broken modules: call it in a process of its own.
    """
    for name, module in list(sys.modules.items()):  # forget the last breakage, and who imported it
        ours = Path(getattr(module, "__file__", None) or "/").is_relative_to(ROOT / "mnet")
        if ours or name.rpartition(".")[2].startswith(("conftest", "test_")):
            del sys.modules[name]
    watch = Watch()
    options = ["-x", "-q", "--tb=no", "-p", "no:cacheprovider"]
    files = [f"mnet/{lesson}.py", f"tests/test_{lesson}.py", "tests/test_guards.py"]
    with (
        instead(f"mnet.{lesson}", source),
        contextlib.redirect_stdout(io.StringIO()),
        tempfile.TemporaryDirectory() as own,
    ):
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        # Two processes that tidy up one folder of earlier runs would trip over each other.
        options.append(f"--basetemp={own}/tests")
        code = pytest.main([f"--rootdir={ROOT}", *options, *(str(ROOT / file) for file in files)], [watch])
    return watch.failed or (f"pytest ended with {code}" if code else None)


class Watch:
    """A plugin of pytest: quick tests first, no second look at a failure, and the name of the first one."""

    seconds = {}  # noqa: RUF012, what each test took when it last passed in this process
    failed = None

    def pytest_configure(self):
        settings.register_profile(
            "breaking",
            settings.get_profile("mnet"),
            phases=[Phase.explicit, Phase.generate],
            max_examples=20,
            derandomize=True,
        )
        settings.load_profile("breaking")

    def pytest_collection_modifyitems(self, items):
        items.sort(key=lambda item: self.seconds.get(item.nodeid, 0))

    def pytest_collectreport(self, report):
        if report.failed:
            self.failed = self.failed or report.nodeid

    def pytest_runtest_logreport(self, report):
        self.pytest_collectreport(report)
        if report.when == "call":
            self.seconds[report.nodeid] = report.duration


@contextlib.contextmanager
def instead(module, source):
    """Let `import module` run this source."""
    get_code = importlib.machinery.SourceFileLoader.get_code

    def other(loader, name):
        if name == module:
            return compile(source, loader.path, "exec", dont_inherit=True)
        return get_code(loader, name)

    importlib.machinery.SourceFileLoader.get_code = other
    try:
        yield
    finally:
        importlib.machinery.SourceFileLoader.get_code = get_code


def survey(jobs):
    """Return red(lesson, source) for each (lesson, source), two at a time."""
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(red, *zip(*jobs, strict=True)))
