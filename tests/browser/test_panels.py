"""The live panel and the pad in a real browser: nothing is lost, nothing hangs, nothing trains unseen."""

import time

import pytest

from tests.support.lab import IDLE, chromium, find_chromium, jupyterlab
from tests.support.live_page import Page, write_notebooks

# In one frame, as JupyterLab does it: the chart is hidden, paints because of a theme, and is shown again.
HIDE = """async chart => {
    chart.width = chart.width; // wipes it
    requestAnimationFrame(() => chart.style.display = 'none');
    document.body.dataset.jpThemeLight += '';
    await null; // the chart hears of it
    requestAnimationFrame(() => chart.style.display = 'block');
}"""
# Begins to run code in the notebook's kernel.
RUN = """code => {
    jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.requestExecute({ code });
}"""
PAINTED = "chart => chart.getContext('2d').getImageData(0, 0, chart.width, chart.height).data.some(Boolean)"


@pytest.fixture(scope="module")
def open_page(tmp_path_factory):
    """Return open_page(), which opens the notebook with the panel and the pad; it keeps its kernel."""
    if not find_chromium():
        pytest.skip("no Chromium or Chrome on the path: install one to run the browser tests")
    root, home = tmp_path_factory.mktemp("root"), tmp_path_factory.mktemp("home")
    write_notebooks(root)
    with jupyterlab(root, home) as address, chromium() as browser:
        yield lambda name="live": Page(browser, address, name)


@pytest.fixture
def page(open_page):
    page = open_page()
    broken = []
    page.page.on("pageerror", lambda error: broken.append(error))
    page.run_all()
    yield page
    page.page.close()
    assert not broken


def test_each_moved_slider_is_painted_and_none_is_lost(page):
    page.click("Run")
    for change in range(8):
        page.forget()
        page.press(change)
        assert page.until_painted(page.settings()) is not None
    for change in range(60):  # faster than the kernel answers
        page.press(change // 6)
    assert page.agree()
    assert page.reading("len(workers())") == 1
    page.pause()
    assert not page.trains()


def test_a_slider_never_moved_before_is_heard_while_a_cell_runs(page):
    page.click("Run")
    page.page.evaluate(RUN, "time.sleep(10)")
    for change in 0, 1:
        page.forget()
        page.press(change)
        assert page.until_painted(page.settings()) is not None


def test_a_chart_hidden_for_the_moment_of_its_repaint_is_painted(page):
    chart = page.chart.element_handle()
    assert chart.evaluate(PAINTED)
    chart.evaluate(HIDE)
    page.page.wait_for_function(PAINTED, arg=chart, timeout=5000)


def test_the_pad_answers_while_the_network_trains(page):
    page.click("Run")
    page.page.locator(".mnet-pad").last.scroll_into_view_if_needed()
    assert page.stroke(100) > 0
    assert "The network reads a" in page.page.locator(".mnet-panel:has(.mnet-pad)").last.inner_text()
    page.pause()


def test_a_cell_run_again_replaces_its_panel_and_frees_it(page):
    page.click("Run")
    page.run_cell(1)
    page.arrive()
    comms = page.reading("len(_instances)")
    recorded = "len(getattr(get_ipython().history_manager, 'outputs', []))"  # pictures: IPython 9 keeps them
    pictures = page.reading(recorded)
    for _ in range(5):  # IPython's _, __ and ___ hold the last three
        page.click("Run")
        page.run_cell(1)
        page.arrive()
    assert page.reading("[len(_instances), len(workers())]") == [comms, 0]
    assert page.reading(recorded) == pictures
    kept = "sum(type(thing) is panels.TrainingPanel for thing in gc.get_objects())"
    assert page.reading(kept) <= 5  # those three, the one shown, the pad's
    page.click("Run")
    assert page.trains()


def test_a_closed_tab_pauses_the_training_and_finds_its_picture_again(page, open_page):
    page.python("panel.PATIENCE = 2")
    page.click("Run")
    page.idle(3)
    assert page.trains()
    page.command("docmanager:save")
    page.page.close()
    time.sleep(4)
    again = open_page()
    again.arrive()
    assert again.reading("[panel.worker.running, len(workers())]") == [False, 0]
    assert int(again.chart.get_attribute("data-steps")) == again.reading("panel.training.steps") > 0
    again.click("Run")
    assert again.trains()
    again.close()


def shows_the_pictures(page):
    """Wait for the pictures of the training panel and the pad, in the place of all else."""
    for number, offer in (1, "the sliders"), (2, "the pad"):
        cell = page.page.locator(".jp-Cell").nth(number)
        cell.locator(".jp-OutputArea-output img").wait_for()
        said = cell.inner_text()
        assert f"This is a picture: run the cells down to here for {offer}." in said
        assert "widget" not in said
        assert not cell.locator(".mnet-panel").count()


def test_a_panel_whose_kernel_ended_is_its_picture(page, open_page, artefacts):
    assert not page.page.locator(".jp-OutputArea-output img:visible").count()
    page.command("docmanager:save")
    page.page.evaluate("() => jupyterapp.shell.currentWidget.context.sessionContext.restartKernel()")
    page.page.reload()  # the session goes on, with a kernel that knows no panel
    page.page.wait_for_function(IDLE)
    shows_the_pictures(page)
    page.command("kernelmenu:shutdown")
    page.page.close()
    again = open_page()
    shows_the_pictures(again)
    again.page.screenshot(path=artefacts / "ended.png")
    again.run_all()
    assert not again.page.locator(".jp-OutputArea-output img:visible").count()
    again.close()


def test_a_lesson_of_which_a_part_was_run_finds_its_panel_again(open_page):
    page = open_page("partly")
    for number in 0, 1:
        page.run_cell(number)
    page.arrive()
    page.click("Step")
    page.panel.locator("[role=status]", has_text="1 so far").wait_for()
    page.command("docmanager:save")
    page.reload()
    assert "1 so far" in page.panel.inner_text()
    page.close()
