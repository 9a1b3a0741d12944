import shutil

import pytest

from tests.support.lab import ROOT, Lesson, chromium, find_chromium, jupyterlab


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
