"""Each lesson as a learner meets it: opened, run, and every slider moved, in a real browser."""

import json

import pytest
from playwright.sync_api import expect

from tests.support.cell_times import LISTEN, TELL, measure, tiresome
from tests.support.lab import CUT, ROOT

LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))
FAULTS = "Error displaying widget", "Error creating widget", "Failed to load model", "Loading widget"
NOTE = "This is a picture: run the cells down to here for the "  # sliders, or pad
# Whether no chart has the orange of the other theme any more.
REPAINTED = """panel => [...panel.querySelectorAll('.mnet-chart')].every(chart => {
    const other = document.body.dataset.jpThemeLight == 'true' ? [0xE6, 0x9F, 0x00] : [0xD5, 0x5E, 0x00];
    const { data } = chart.getContext('2d').getImageData(0, 0, chart.width, chart.height);
    for (let i = 0; i < data.length; i += 4) if (other.every((part, k) => data[i + k] == part)) return false;
    return true;
})"""


# The lists that are too narrow for one of their options.
NARROW = """panel => [...panel.querySelectorAll('select')].filter(list => {
    const whole = list.cloneNode(true);
    whole.style.cssText = 'flex: none; width: max-content; position: absolute';
    list.after(whole);
    const narrow = list.offsetParent && list.offsetWidth < whole.offsetWidth;
    whole.remove();
    return narrow;
}).map(list => list.parentElement.textContent)"""


def outputs(page):
    return "\n".join(page.locator(".jp-Cell-outputArea").all_inner_texts())


def of_a_panel(output):
    return "application/vnd.jupyter.widget-view+json" in output.get("data", {})


LOOKS = [("JupyterLab Dark", 1280, 720), ("JupyterLab Dark", 640, 1400), ("JupyterLab Light", 640, 1400)]


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_runs_and_its_sliders_move_its_pictures(name, open_lesson, artefacts):
    lesson = open_lesson(name)
    page, broken = lesson.page, []
    page.on("pageerror", lambda error: broken.append(error))

    # As opened, nothing run: the stored pictures are there, and below a panel's how to have its sliders.
    stored = [o["data"] for cell in lesson.cells() for o in cell["outputs"] if "data" in o]
    pictures, notes = ([data for data in stored if kind in data] for kind in ("image/png", "text/html"))
    expect(page.locator(".jp-OutputArea-output img")).to_have_count(len(pictures), timeout=30_000)
    expect(page.locator("[class^=mnet-note]:visible", has_text=NOTE)).to_have_count(len(notes))

    lesson.python(LISTEN)
    lesson.command("notebook:run-all-cells")
    cells, heard = lesson.cells(), json.loads(lesson.python(TELL))
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        for output in cell["outputs"]:
            assert not {output["output_type"], output.get("name")} & {"error", "stderr"}, output
    for _ in range(2):  # what others on the same core take away is no fault of a cell: then in quiet
        if not tiresome(cells, heard):
            break
        quiet = measure(ROOT / "notebooks" / f"{name}.ipynb")
        heard = [[*map(min, *pair)] for pair in zip(heard, quiet, strict=True)]
    assert not tiresome(cells, heard), "a room waits two seconds at most, or sees progress"

    shown = page.locator(".mnet-panel")
    expect(shown).to_have_count(len([o for cell in cells for o in cell["outputs"] if of_a_panel(o)]))
    for number, panel in enumerate(shown.all()):
        panel.scroll_into_view_if_needed()
        for slider in panel.locator(".widget-hslider:visible").all():
            label, handle = slider.locator(".widget-label").text_content(), slider.locator(".noUi-handle")
            expect(handle).to_have_attribute("aria-label", label)
            assert lesson.changes(panel, lesson.press, handle), f"a key on {label} changes nothing"
            assert lesson.changes(panel, lesson.drag, handle), f"dragging {label} changes nothing"
        assert "did not work" not in panel.inner_text()
        assert not panel.evaluate(CUT)
        assert not panel.evaluate(NARROW)
        panel.screenshot(path=artefacts / f"{name}-panel-{number}.png")
    lesson.hide_sidebar()
    for theme, width, height in LOOKS:  # half the width is what a zoom of 200 % leaves of 1280
        lesson.command("apputils:change-theme", theme=theme)
        page.set_viewport_size({"width": width, "height": height})
        for number, panel in enumerate(shown.all()):
            panel.scroll_into_view_if_needed()
            page.wait_for_timeout(100)
            assert not panel.evaluate(CUT), (theme, width)
            page.wait_for_function(REPAINTED, arg=panel.element_handle(), timeout=5000)
            panel.screenshot(path=artefacts / f"{name}-panel-{number}-{theme.split()[1].lower()}-{width}.png")
    assert not [fault for fault in FAULTS if fault in outputs(page)]
    assert not broken
    page.set_viewport_size({"width": 1280, "height": 12_000})
    page.screenshot(path=artefacts / f"{name}.png")
    lesson.close()
