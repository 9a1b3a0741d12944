"""The course on a projector: large type, larger pictures, nothing cut, and your own settings left alone."""

import shutil

import pytest

from tests.support.lab import CUT, ROOT, Lesson, chromium, find_chromium, jupyterlab

SIZE = "element => parseFloat(getComputedStyle(element).fontSize)"


@pytest.fixture
def lecture(tmp_path):
    """Return the lesson with most panels, opened by `mnet lab --lecture`, and the folder of your settings."""
    if not find_chromium():
        pytest.skip("no Chromium or Chrome on the path: install one to run the browser tests")
    root, home = tmp_path / "course", tmp_path / "home"
    shutil.copytree(ROOT / "mnet", root / "mnet")
    (root / "notebooks").mkdir()
    shutil.copy(ROOT / "notebooks" / "00_start.ipynb", root / "notebooks")
    with jupyterlab(root, home, "mnet", "lab", "--lecture", "--") as address, chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        yield Lesson(page, address, "notebooks/00_start"), home / "jupyterlab_settings_dir"


def test_a_room_can_read_it(lecture, artefacts):
    lesson, settings = lecture
    page = lesson.page
    lesson.command("notebook:run-all-cells")
    assert page.locator(".jp-MarkdownOutput p").first.evaluate(SIZE) >= 20
    assert page.locator(".jp-InputArea .cm-content").first.evaluate(SIZE) >= 18
    assert page.locator(".widget-label").first.evaluate(SIZE) >= 17
    assert page.evaluate("document.body.dataset.jpThemeLight") == "true"
    picture = page.locator(".jp-OutputArea-output img").first
    assert picture.evaluate("picture => picture.naturalWidth") == 1.4 * 900
    for number, panel in enumerate(page.locator(".mnet-panel").all()):
        panel.scroll_into_view_if_needed()
        page.wait_for_timeout(500)
        assert not panel.evaluate(CUT)
        box = panel.bounding_box()
        assert box["x"] + box["width"] <= 1280
        page.screenshot(path=artefacts / f"lecture-panel-{number}.png")
    assert page.locator(".mnet-chart").bounding_box()["height"] > 1.3 * 280
    lesson.command("apputils:change-theme", theme="JupyterLab Dark")
    page.wait_for_timeout(2000)
    assert not list(settings.rglob("themes*"))
