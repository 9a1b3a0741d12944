import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import ExitStack

import pytest

from tests.support.lab import ROOT, Lesson, chromium, find_chromium, jupyterlab
from tests.support.live_page import Page, write_notebooks
from tests.support.pyodide import put_together

# Closes all tabs but the notebook's.
ALONE = (
    "() => [...jupyterapp.shell.widgets('main')].filter(tab => !tab.context).forEach(tab => tab.dispose())"
)
SOURCES = "notebooks", "mnet", "docs", "data", "site"  # what the site is built from


@pytest.fixture(scope="session")
def artefacts():
    """Return the folder where screenshots are kept, to be looked at."""
    folder = ROOT / "artefacts"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="module")  # not the session: Playwright's event loop would be in other tests' way
def open_lesson(tmp_path_factory):
    """Return open_lesson(name, **page options), which opens a copy of a lesson in a real browser."""
    if not find_chromium():
        pytest.skip("no Chromium or Chrome on the path: install one to run the browser tests")
    root, home = tmp_path_factory.mktemp("root"), tmp_path_factory.mktemp("home")
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        shutil.copy(notebook, root)
    with jupyterlab(root, home) as address, chromium() as browser:

        def open_lesson(name, **options):
            options = {"viewport": {"width": 1280, "height": 720}} | options
            return Lesson(browser.new_page(**options), address, name)

        yield open_lesson


@pytest.fixture(scope="module")
def open_page(tmp_path_factory):
    """Return open_page(), which opens the notebook with the panel and the pad; it keeps its kernel.

    `open_page.stop()` stops the server and its kernels, `open_page.start()` starts it again where it was.
    """
    if not find_chromium():
        pytest.skip("no Chromium or Chrome on the path: install one to run the browser tests")
    root, home = tmp_path_factory.mktemp("root"), tmp_path_factory.mktemp("home")
    write_notebooks(root)
    with chromium() as browser, ExitStack() as server:
        address = server.enter_context(jupyterlab(root, home))
        again = functools.partial(jupyterlab, root, home, port=int(address.rpartition(":")[2]))

        def open_page(name="live"):
            return Page(browser, address, name)

        open_page.stop, open_page.start = server.close, lambda: server.enter_context(again())
        yield open_page


@pytest.fixture(scope="module")
def pages():
    """Return the page that the last test has left, if there is one."""
    return []


@pytest.fixture
def page(open_page, pages):
    """Return the notebook with the panel and the pad, run; no view may raise anything there.

    The next test finds the page as it is left, and runs its cells again: to load one takes longer than most
    tests. A page in which that is not enough is closed.
    """
    page = pages.pop() if pages else open_page()
    broken = []

    def raised(error):
        # JupyterLab's own toolbar asks for the direction of text around an element that has left the page.
        if "'closest'" not in error.message or "/static/lab/" not in error.stack:
            broken.append(error.stack)

    page.page.on("pageerror", raised)
    page.run_all()
    yield page
    if not page.page.is_closed():
        page.page.remove_listener("pageerror", raised)
        page.page.evaluate(ALONE)
        pages.append(page)
    assert not broken


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """Build the site, once a run of pytest however many workers it has; return what that command was."""
    pytest.importorskip(
        "sphinx_book_theme", reason="the extra `site` is missing: --extra site tests the site"
    )
    if not shutil.which("npm"):
        pytest.skip("no npm on the path: install Node.js to test the site")
    workers = os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1") != "1"
    answer = (
        tmp_path_factory.getbasetemp().parent if workers else tmp_path_factory.getbasetemp()
    ) / "site.json"
    try:
        answer.with_suffix(".lock").mkdir()
    except FileExistsError:  # another worker builds
        while not answer.exists():
            time.sleep(0.2)
    else:
        from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION

        put_together(ROOT / "build" / "pyodide", PYODIDE_VERSION)
        before, began = sources(), os.times()
        command = sys.executable, ROOT / "site" / "build.py", "--pyodide", ROOT / "build" / "pyodide"
        run = subprocess.run(command, capture_output=True, text=True)
        told = {
            "code": run.returncode,
            "said": run.stdout + run.stderr,
            "touched": sorted(before ^ sources()),
        }
        ended = os.times()  # of the processor: other programs run beside
        told["seconds"] = sum(ended[2:4]) - sum(began[2:4])
        answer.with_suffix(".part").write_text(json.dumps(told), "utf-8")
        answer.with_suffix(".part").rename(answer)
    return json.loads(answer.read_text("utf-8"))


def sources():
    """Return what the course's own files are now: names, sizes and times."""
    files = [path for folder in SOURCES for path in (ROOT / folder).rglob("*") if path.is_file()]
    files = [
        path for path in files if "__pycache__" not in path.parts and ".ipynb_checkpoints" not in path.parts
    ]
    return {(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in files}


@pytest.fixture(scope="session")
def site(built):
    """Return the folder of the built site."""
    return ROOT / "build" / "site"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address(site):
    """Serve the site; return its address."""
    if not find_chromium():
        pytest.skip("no Chromium or Chrome on the path: install one to run the browser tests")
    handler = functools.partial(Quiet, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
