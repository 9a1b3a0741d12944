"""The live panel and the pad in a real browser: nothing is lost, nothing hangs, nothing trains unseen."""

import pytest

from tests.support.watch import wait_for

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


# What is on a pad: of 16 × 16 places, those that have ink.
INK = """pad => {
    const { data } = pad.getContext('2d').getImageData(0, 0, 224, 224);
    return Array.from({ length: 256 }, (_, i) =>
        data[4 * (224 * (7 + 14 * Math.floor(i / 16)) + 7 + 14 * (i % 16))] < 128 ? 'x' : '.').join('');
}"""


def draw(page, pad, *points):
    """Draw a stroke from point to point, each counted from 0 to 1 across the pad."""
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    x, y = zip(*[(box["x"] + a * box["width"], box["y"] + b * box["height"]) for a, b in points], strict=True)
    page.mouse.move(x[0], y[0])
    page.mouse.down()
    for k in range(1, len(points)):
        page.mouse.move(x[k], y[k], steps=5)
    page.mouse.up()


def test_all_views_of_a_pad_show_one_drawing(page, open_page):
    page.page.locator(".mnet-pad").scroll_into_view_if_needed()
    page.page.evaluate("() => { jupyterapp.shell.currentWidget.content.activeCellIndex = 2; }")
    page.command("docmanager:save")
    page.command("notebook:create-output-view")
    page.page.locator(".mnet-pad").nth(1).wait_for()
    other = open_page()
    pads = [*page.page.locator(".mnet-pad").all(), other.page.locator(".mnet-pad")]
    on = [page.page, page.page, other.page]

    def shown(strokes):
        """Return what all show, which is one and the same, with so many strokes."""
        for _ in range(50):
            found = {pad.evaluate(INK) for pad in pads}
            if len(found) == 1 and strokes == bool("x" in found.copy().pop()):
                break
            page.idle(0.1)
        page.idle(0.5)  # it stays
        assert {pad.evaluate(INK) for pad in pads} == found
        assert len(found) == 1
        return found.pop()

    looks, empty = [], shown(False)
    for k, stroke in enumerate(
        [[(0.2, 0.2), (0.8, 0.2)], [(0.8, 0.2), (0.4, 0.9)], [(0.3, 0.5), (0.7, 0.5)]]
    ):
        on[k].bring_to_front()
        draw(on[k], pads[k], *stroke)
        looks.append(shown(True))
    assert len({empty, *looks}) == 4
    pads[0].press("u")  # takes back what was drawn elsewhere
    assert shown(True) == looks[1]
    other.page.locator("button", has_text="Undo").click()
    assert shown(True) == looks[0]
    assert page.reading("int((pad.pad.drawing > 127).sum())") > 100
    on[1].bring_to_front()
    draw(on[1], pads[1], (0.1, 0.9), (0.9, 0.9))
    shown(True)
    other.page.locator(".mnet-pad-tools button", has_text="Clear").click()
    assert shown(False) == empty
    assert not other.page.locator(".mnet-best").count()
    # Nothing goes to and fro once all is shown.
    counts = [int(pad.get_attribute("data-answered")) for pad in pads]
    page.idle(1)
    assert counts == [int(pad.get_attribute("data-answered")) for pad in pads]
    other.page.close()


DEAF = """
def ear(status, message, buffers):
    heard.append(message)
    if len(heard) > 1:
        status._heard(status, message, buffers)

heard = []
panel.status.on_msg(panel.status._heard, remove=True)
panel.status.on_msg(ear)
"""


def test_a_page_whose_first_word_is_lost_says_it_again(page):
    page.python(DEAF)
    page.command("docmanager:save")
    page.reload()
    for _ in range(100):
        if len(heard := page.reading("heard[:3]")) == 3:
            break
        page.idle(0.1)
    assert heard == ["shown", "shown", "alive?"]


def typed(page, number, text, key):
    """Type in the field beside a slider, and leave it with a key; return what stands there then."""
    readout = page.panel.locator(".widget-readout").nth(number)
    readout.click()
    page.page.keyboard.press("ControlOrMeta+A")
    page.page.keyboard.type(text)
    if key == "blur":
        page.page.locator(".mnet-facts").click()
    else:
        page.page.keyboard.press(key)
    page.idle(0.7)
    return readout.inner_text()


@pytest.mark.parametrize("key", ["Tab", "Enter", "blur"])
def test_what_is_typed_beside_a_slider_is_used_or_taken_back(page, key):
    said = page.panel.locator("[role=status]")
    for text, shown, eta in ("5", "5", 5), ("0,5", "0.5", 0.5), ("abc", "0.5", 0.5), ("7,5", "7.5", 7.5):
        assert typed(page, 0, text, key) == shown
        assert page.reading("panel.training.eta") == eta
        assert ("is no number" in said.inner_text()) == (text == "abc")
    for text, shown in ("25", "25"), ("-12", "1"), ("−12.0", "1"), ("x", "1"), ("99", "99"):
        assert typed(page, 1, text, key) == shown
        assert page.reading("panel.training.mini_batch_size") == int(shown)
    assert "is no number" not in said.inner_text()


def test_no_key_in_a_panel_is_a_command_to_the_notebook(page):
    cells = len(page.cells())
    page.handle(0).focus()
    for act in "d", "d", "x", "a", "b", "m", "0", "0":
        page.page.keyboard.press(act)
    page.click("Run")
    for act in "d", "d", "x":
        page.page.keyboard.press(act)
    page.idle(0.5)
    assert len(page.cells()) == cells
    assert page.trains()  # nor did the kernel restart


def test_a_list_has_its_arrows_and_a_button_its_enter(page):
    """In JupyterLab an arrow goes on to the next cell, Enter into this one, and Shift+Enter runs it."""
    lists = page.panel.locator("select")
    for k in range(lists.count()):
        lists.nth(k).focus()
        for key, chosen in ("ArrowDown", 1), ("End", lists.nth(k).locator("option").count() - 1), ("Home", 0):
            page.page.keyboard.press(key)
            found = lists.nth(k).evaluate("list => [list.selectedIndex, list === document.activeElement]")
            assert found == [chosen, True]
    page.panel.locator("button", has_text="Run").focus()
    page.page.keyboard.press("Enter")
    page.idle(0.5)
    assert page.trains()
    page.panel.locator("button", has_text="Pause").focus()
    page.page.keyboard.press("Shift+Enter")
    page.idle(1)
    page.arrive()
    assert not page.trains()


def test_the_pad_reads_the_panel_in_the_place_of_the_one_it_was_given(page):
    page.run_cell(1)
    page.arrive()
    page.click("Run")
    page.idle(2)
    page.pause()
    draw(page.page, page.page.locator(".mnet-pad").last, (0.5, 0.2), (0.5, 0.8))
    page.idle(1)
    own = "[[round(float(a), 3) for a in answers] for answers in (pad.pad.answers, mnet.feedforward("
    answers = page.reading(own + "panel.net, pad.x)[:, 0])]")
    assert answers[0] == answers[1]
    assert max(answers[0]) > 0.2


def test_a_panel_says_that_another_one_runs(open_page):
    page = open_page("two")
    page.run_all()
    page.at = 0
    page.click("Run")
    page.idle(1.5)
    assert "mini-batches/s" in page.panel.locator(".mnet-facts").inner_text()
    page.at = 1
    page.click("Run")
    assert page.trains()
    page.at = 0
    page.panel.locator("[role=status]", has_text="Paused, since another panel runs.").wait_for()
    page.idle(0.5)
    assert "mini-batches/s" not in page.panel.locator(".mnet-facts").inner_text()
    assert not page.trains()
    page.close()


# A view that opens gets all of the run late, and new parts of it before.
LATE = """
own = panel.chart._heard
panel.chart.on_msg(own, remove=True)
panel.chart.on_msg(lambda *message: (time.sleep(0.7), own(*message)))
"""


def test_a_view_in_sight_is_painted_whatever_another_one_shows(page):
    page.page.evaluate("() => { jupyterapp.shell.currentWidget.content.activeCellIndex = 1; }")
    page.python("panel.look.value = 'saturation and steps'")  # whose numbers always move
    page.click("Run")
    page.page.wait_for_function("() => Number(chart().dataset.steps) > 2500")  # it was validated
    page.python(LATE)
    page.command("notebook:create-output-view")
    told = page.page.locator(".jp-LinkedOutputView .mnet-facts", has_text="epoch")
    told.wait_for()
    assert " validation 0.0 %" not in told.inner_text()
    other = page.page.locator(".jp-LinkedOutputView .mnet-picture")
    other.wait_for()
    assert not page.page.locator(".jp-OutputArea-output img:visible").count()
    page.page.locator(".jp-NotebookPanel .mnet-chart").click()  # its tab is the one in use
    page.page.locator(".mnet-pad").scroll_into_view_if_needed()  # and the first view goes out of sight
    page.page.evaluate("() => document.querySelector('.jp-LinkedOutputView .mnet-picture').scrollIntoView()")
    page.idle(1)
    painted = [int(other.get_attribute("data-painted"))]
    page.idle(2)
    painted.append(int(other.get_attribute("data-painted")))
    assert painted[1] > painted[0] + 3
    assert page.reading("panel.second.sight")


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
    kept = "[gc.collect(), sum(type(thing) is panels.TrainingPanel for thing in gc.get_objects())][1]"
    # Those three, the one shown, the pad's; and for two seconds one whose picture is to be saved.
    wait_for(lambda: page.reading(kept) <= 5, 10)
    page.click("Run")
    assert page.trains()


def stored(page, number):
    """Return what is saved of a panel: its picture, and the sentence beside it."""
    _, picture, note = page.cells()[number]["outputs"]
    assert picture["data"]["text/plain"] in note["data"]["text/plain"]
    return picture["data"]["image/png"], picture["data"]["text/plain"]


def test_a_panel_at_rest_is_saved_as_it_is(page):
    pictures = {stored(page, number)[0] for number in (1, 2)}
    page.click("Run")
    page.idle(4)
    page.pause()
    draw(page.page, page.page.locator(".mnet-pad").last, (0.5, 0.2), (0.5, 0.8))
    page.idle(5)
    epochs = page.reading("round(panel.training.epochs, 1)")
    training, pad = stored(page, 1), stored(page, 2)
    assert f"{epochs} epochs so far" in training[1]
    assert page.reading("pad.pad.text") == pad[1]
    assert "The network reads a" in pad[1]
    assert not pictures & {training[0], pad[0]}
