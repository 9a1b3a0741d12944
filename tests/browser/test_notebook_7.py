"""The first lesson in Notebook 7, which has JupyterLab's parts and takes keys before a panel hears them."""

import shutil

import pytest

from tests.support.lab import CUT, ROOT, Lesson, chromium, find_chromium, jupyterlab


@pytest.fixture
def lesson(tmp_path):
    """Return lesson 00, opened in Notebook 7 and run."""
    if not find_chromium():
        pytest.skip("no Chromium or Chrome on the path: install one to run the browser tests")
    root = tmp_path / "root"
    root.mkdir()
    shutil.copy(ROOT / "notebooks" / "00_start.ipynb", root)
    with jupyterlab(root, tmp_path / "home", "notebook") as address, chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        broken = []
        # Of the views alone: Notebook 7.6 misses the schema of a JupyterLab extension.
        page.on("pageerror", lambda error: "blob:" in error.stack and broken.append(error))
        lesson = Lesson(page, address, "00_start", under="notebooks")
        lesson.command("notebook:run-all-cells")
        yield lesson
        lesson.close()
        assert not broken


def test_its_sliders_and_its_pad_hear_mouse_and_keys(lesson):
    page = lesson.page
    training = page.locator(".mnet-panel:has(.mnet-chart)")
    training.scroll_into_view_if_needed()
    for slider in training.locator(".widget-hslider:visible").all():
        handle = slider.locator(".noUi-handle[aria-valuetext][data-lm-suppress-shortcuts=true]")
        value = slider.locator(".widget-readout").text_content()
        for act in lesson.press, lesson.drag:
            act(handle)
            page.wait_for_function(
                "([readout, before]) => readout.textContent !== before",
                arg=[slider.locator(".widget-readout").element_handle(), value],
            )
            value = slider.locator(".widget-readout").text_content()
    pad = page.locator(".mnet-panel:has(.mnet-pad)")
    view = pad.locator(".mnet-pad")
    for key in "Space", *["ArrowDown"] * 4, *["ArrowRight"] * 3:
        assert lesson.changes(pad, view.press, key), f"the pad does not hear {key}"
    view.press("Space")  # the pen is lifted: that alone changes no picture
    pad.locator(".mnet-pad-spoken", has_text="The network reads a").wait_for()
    assert not training.evaluate(CUT)
    assert not pad.evaluate(CUT)
