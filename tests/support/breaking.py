"""Run a module's tests while it has another source: what they do not notice, they do not test."""

import _thread
import contextlib
import functools
import gzip
import importlib.machinery
import io
import multiprocessing
import os
import re
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from hypothesis import Phase, settings

ROOT = Path(__file__).resolve().parents[2]
# The modules to break, and what has to notice: their examples, their tests, and those of the guards.
TESTS = {
    module: [f"tests/test_{module}.py", f"mnet/{module}.py", "tests/test_guards.py"]
    for module in ("data", "sigmoid", "feedforward", "cost", "backprop", "sgd", "improve")
}
TESTS["guards"] = ["tests/test_guards.py", "mnet/guards.py", *(f"tests/test_{name}.py" for name in TESTS)]
NOTICED = Counter()  # when each file last had the test that failed, by module and function
GZIP_FILE = gzip.GzipFile

# One process, no word of why a test fails, and none of the looks at garbage that pytest takes at each end.
OPTIONS = ["-oaddopts=", "--doctest-modules", "--import-mode=importlib", "-xq", "--tb=no", "--assert=plain"]
OPTIONS += [f"-pno:{plugin}" for plugin in ("cacheprovider", "unraisableexception", "threadexception")]


@functools.cache
def source_of(module):
    return (ROOT / "mnet" / f"{module}.py").read_text(encoding="utf-8")


def by_likelihood(module, function):
    """Return the module's files: first who noticed last about the function, then whose lesson names it."""
    name = function.rpartition(".")[2]

    def key(file):
        lesson = Path(file).stem.removeprefix("test_")
        named = lesson != "guards" and re.search(rf"\b{name}\b", source_of(lesson))
        return -NOTICED[module, function, file], not named

    return sorted(TESTS[module], key=key)


@functools.cache
def digits(path):
    return GZIP_FILE(path).read()


def opened(*arguments, fileobj=None, **options):
    """Open a file that gzip packed; those of the course's digits, which nobody breaks, are unpacked once."""
    if fileobj and Path(str(fileobj.name)).parent == ROOT / "data":
        return io.BytesIO(digits(fileobj.name))
    return GZIP_FILE(*arguments, fileobj=fileobj, **options)


def red(module, source, function="", longest=4):
    """Return the first of the module's tests that fails when mnet/<module>.py reads `source`, or None.

    function : which is broken, so that the likeliest to notice are asked first
    longest : seconds of the processor after which a test fails as endless, or ten times as many of the clock,
    for one that waits; the slowest takes 0.4

    It runs pytest in this process, which it leaves with broken modules: call it in a process of its own.
    """
    for name in list(sys.modules):  # forget the last breakage, and who imported it
        if name.split(".")[0] in ("mnet", "tests", "conftest") and name != __name__:
            del sys.modules[name]
    watch = Watch(longest)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job would not hear it
    with (
        instead(f"mnet.{module}", source),
        contextlib.redirect_stdout(io.StringIO()),
        tempfile.TemporaryDirectory() as own,
    ):
        gzip.GzipFile = opened
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        # Two processes that tidy up one folder of earlier runs would trip over each other.
        options = [*OPTIONS, f"--rootdir={ROOT}", f"--basetemp={own}/tests"]
        # To collect tests takes longer than to run those that fail: first the likeliest file, alone.
        first, *others = by_likelihood(module, function)
        for files in [first], others:
            if code := pytest.main([*options, *(str(ROOT / file) for file in files)], [watch]):
                NOTICED[module, function, (watch.failed or "").partition("::")[0]] = time.monotonic()
                return watch.failed or f"pytest ended with {code}"
    return None


class Watch:
    """A plugin of pytest: the most watchful tests first, then the quick ones, and the first that failed.

    What a process has learned of the tests stays for its next breakage. A test that a breakage lets go on for
    ever fails too: their order hangs on times, so any test may meet any breakage.
    """

    reds = Counter()  # noqa: RUF012, how often each test was the first to fail
    seconds = {}  # noqa: RUF012, what each took when it last passed
    failed = None

    def __init__(self, longest):
        self.longest = longest

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
        items.sort(key=lambda item: (-self.reds[item.nodeid], self.seconds.get(item.nodeid, 0)))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self):
        ended = threading.Event()
        late = time.process_time() + self.longest  # of the processor's time: others may have most of it
        latest = time.monotonic() + 10 * self.longest

        def interrupt():
            while not ended.wait(self.longest / 4):
                if time.process_time() > late or time.monotonic() > latest:
                    _thread.interrupt_main()
                    break

        threading.Thread(target=interrupt).start()
        try:
            return (yield)
        except KeyboardInterrupt:
            pytest.fail("it never ends")
        finally:
            ended.set()

    def pytest_collectreport(self, report):
        if report.failed and not self.failed:
            self.failed = report.nodeid
            self.reds[self.failed] += 1

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


def processes(count):
    """Return a pool to call `red` in."""
    return ProcessPoolExecutor(count, multiprocessing.get_context("spawn"))


def survey(jobs):
    """Return red(module, source) for each (module, source), two at a time."""
    with processes(2) as pool:
        return list(pool.map(red, *zip(*jobs, strict=True)))
