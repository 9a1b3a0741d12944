"""The course on a projector: type for the last row, slides that fit, and your own settings left alone."""

import re
import shutil

import nbformat
import pytest

from tests.support.lab import CUT, ROOT, Lesson, chromium, find_chromium, jupyterlab

SIZES = [(1280, 720), (1920, 1080)]
LESSONS = sorted(path.stem for path in (ROOT / "notebooks" / "solutions").glob("[0-9]*.ipynb"))
SHARE = """part => {
    const zoom = parseFloat(getComputedStyle(part.closest('.mnet-panel') ?? document.body).zoom);
    return zoom * parseFloat(getComputedStyle(part).fontSize) / innerHeight;
}"""
# Goes through a deck as Space does; returns the steps that leave the screen or are cut at the right, and the
# pictures' shares of its height, and the cells that no step shows, but for the notes.
WALK = """async () => {
    const { commands, shell } = jupyterapp;
    const panel = shell.currentWidget;
    const notebook = panel.content;
    const wait = milliseconds => new Promise(done => setTimeout(done, milliseconds));
    notebook._trimSelections = () => {}; // at each step JupyterLab would measure all editors there are
    notebook.activeCellIndex = 0;
    await commands.execute('deck:start');
    await wait(1000);
    const [over, pictures, shown] = [[], [], new Set()];
    let steps = 0;
    for (let before = -1; notebook.activeCellIndex != before; steps++) {
        before = notebook.activeCellIndex;
        await wait(50);
        const cells = [...panel.node.querySelectorAll('.jp-Cell.jp-deck-mod-visible')];
        cells.forEach(cell => shown.add(cell));
        const boxes = cells.map(cell => cell.getBoundingClientRect());
        const top = Math.min(...boxes.map(box => box.top));
        const height = Math.max(...boxes.map(box => box.bottom)) - top;
        const arrows = document.querySelector('.jp-Deck-Remote').getBoundingClientRect();
        const kinds = 'pre, img, table, mjx-container, .cm-scroller';
        const parts = cells.flatMap(cell => [...cell.querySelectorAll(kinds)]);
        pictures.push(...parts.filter(part => part.tagName == 'IMG').map(
            part => part.getBoundingClientRect().height / innerHeight));
        // What MathJax writes for screen readers takes room in a table, and is not seen.
        const cut = part => part.tagName != 'TABLE' && part.clientWidth
            && part.scrollWidth > part.clientWidth + 1;
        const wide = parts.filter(part => cut(part) || part.getBoundingClientRect().right > arrows.left);
        if (height > innerHeight || wide.length) {
            const said = cells.map(cell => cell.textContent.trim().slice(0, 60)).join(' | ');
            over.push([Math.round(100 * height / innerHeight), wide[0]?.outerHTML.slice(0, 80), said]);
        }
        await commands.execute('deck:go', { direction: 'down', alternate: 'forward' });
    }
    await commands.execute('deck:stop');
    await wait(500);
    const notes = cell => cell.model.getMetadata('slideshow')?.slide_type == 'notes';
    const missed = notebook.widgets.filter(cell => !notes(cell) && !shown.has(cell.node)).map(
        cell => cell.model.sharedModel.getSource().slice(0, 60));
    return { steps, over, pictures, missed };
}"""
PANELS = """
panels.digits(mnist) | panels.neuron() | panels.looking(mnist) | panels.layers(mnist) | panels.descent()
panels.backprop(mnist) | panels.training(mnist) | panels.epoch(mnist) | pad | panels.through(pad)
panels.misread(net, few) | panels.shifted(net, few, lambda image: image) | panels.saturation(mnist)
panels.dark_or_light(mnist) | panels.blame() | panels.improving(mnist)
"""
SETUP = """import numpy as np
from mnet import Network, Split, load_mnist
from mnet.live import panels
mnist, net = load_mnist(), Network([784, 30, 10], rng=np.random.default_rng(0))
few = Split(mnist.validation.images[:100], mnist.validation.labels[:100])
pad = panels.pad(net)"""


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """Return a page, the address of `mnet lab --lecture`, its folder and the folder of your settings."""
    if not find_chromium():
        pytest.skip("no Chromium or Chrome on the path: install one to run the browser tests")
    root, home = (tmp_path_factory.mktemp(name) for name in ("course", "home"))
    for folder in "mnet", "notebooks":
        shutil.copytree(ROOT / folder, root / folder)
    with jupyterlab(root, home, "mnet", "lab", "--lecture", "--") as address, chromium() as browser:
        yield browser.new_page(), address, root, home / "jupyterlab_settings_dir"


def opened(room, name, size=SIZES[0]):
    page, address, *_ = room
    page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    lesson = Lesson(page, address, name)
    lesson.hide_sidebar()
    return lesson


def test_a_room_can_read_it(room, artefacts):
    lesson = opened(room, "notebooks/00_start")
    page = lesson.page
    lesson.command("notebook:run-all-cells")
    kinds = {".jp-MarkdownOutput p": 0.035, ".jp-InputArea .cm-content": 0.028, ".widget-label": 0.021}
    before = {}
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for kind, least in kinds.items():
            before[kind] = page.locator(kind).first.evaluate(SHARE)
            assert before[kind] >= least - 1e-4, kind
    page.set_viewport_size({"width": 1280, "height": 720})
    assert page.evaluate("document.body.dataset.jpThemeLight") == "true"
    assert page.locator(".jp-cell-toolbar:visible").count() == 0
    picture = page.locator(".jp-OutputArea-output img").first
    assert picture.evaluate("picture => picture.naturalWidth") == 1.4 * 900
    for number, panel in enumerate(page.locator(".mnet-panel").all()):
        panel.scroll_into_view_if_needed()
        page.wait_for_timeout(500)
        assert not panel.evaluate(CUT)
        box = panel.bounding_box()
        assert box["x"] + box["width"] <= 1280
        page.screenshot(path=artefacts / f"lecture-panel-{number}.png")
    lesson.command("application:toggle-presentation-mode")
    for kind in list(kinds)[:2]:
        assert page.locator(kind).first.evaluate(SHARE) > before[kind], f"Presentation Mode and {kind}"
    lesson.command("apputils:change-theme", theme="JupyterLab Dark")
    page.wait_for_timeout(2000)
    assert not list(room[-1].rglob("themes*"))
    lesson.command("apputils:change-theme", theme="JupyterLab Light")
    lesson.command("application:toggle-presentation-mode")
    lesson.leave()


@pytest.mark.parametrize("name", LESSONS)
def test_no_step_leaves_the_screen(name, room):
    pytest.importorskip("jupyterlab_slideshow")
    lesson = opened(room, f"notebooks/solutions/{name}")  # of the solutions: there, the blanks are filled
    pictures = []
    for width, height in SIZES:
        lesson.page.set_viewport_size({"width": width, "height": height})
        seen = lesson.page.evaluate(WALK)
        assert seen["steps"] > 20
        assert not seen["missed"]
        assert seen["over"] == [], "\n".join(map(str, [(width, height), *seen["over"]]))
        pictures.append(seen["pictures"])
    assert pictures[1] == pytest.approx(pictures[0], rel=0.1)  # they grow with the screen
    lesson.leave()


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_every_control_answers_the_mouse_on_its_slide(size, room, artefacts):
    pytest.importorskip("jupyterlab_slideshow")
    calls = re.split(r" \| |\n", PANELS.strip())
    sources = [SETUP, *(f"# A lesson's longest\n# cell has so many lines.\n{call}" for call in calls)]
    slide = {"slideshow": {"slide_type": "slide"}}
    cells = [nbformat.v4.new_code_cell(source, metadata=slide) for source in sources]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(
        nbformat.v4.new_notebook(cells=cells, metadata=kernel), room[2] / "notebooks" / "panels.ipynb"
    )
    lesson = opened(room, "notebooks/panels", size)
    page = lesson.page
    lesson.command("notebook:run-all-cells")
    page.evaluate("() => { jupyterapp.shell.currentWidget.content.activeCellIndex = 0; }")
    lesson.command("deck:start")
    over = []
    for call in calls:
        lesson.command("deck:forward")
        page.wait_for_timeout(500)
        panel = page.locator(".jp-deck-mod-visible .mnet-panel")
        page.screenshot(path=artefacts / f"slide-{call.partition('(')[0]}-{size[0]}.png")
        looks = panel.get_by_label("also show")
        for look in looks.locator("option").all_inner_texts() or [""]:
            if look:
                looks.select_option(look)
                page.wait_for_timeout(500)
            box = panel.bounding_box()
            if box["y"] < 0 or box["y"] + box["height"] > size[1]:
                over.append((call, look, round(box["y"]), round(box["height"])))
        for control in panel.locator(
            "button:visible, select:visible, canvas:visible, .noUi-handle:visible"
        ).all():
            control.click(trial=True, timeout=5000)  # fails where anything lies over its centre
        for handle in panel.locator(".noUi-handle:visible").all():
            assert lesson.changes(panel, lesson.drag, handle), f"dragging in {call} changes nothing"
        for button in panel.locator("button:visible:enabled").all():
            if "file" not in button.inner_text():
                button.click(timeout=5000)
    assert not over, "leave the screen, at y, so high"
    lesson.leave()
