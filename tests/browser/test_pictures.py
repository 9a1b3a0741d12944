"""The pictures that follow sliders, in a real browser: painted, sharp, legible on any ground, in sight."""

import pytest

from tests.support.lab import CUT, Lesson, chromium, find_chromium, jupyterlab
from tests.support.live_page import EXPLORERS, write_notebooks
from tests.support.watch import wait_for

# Whether the picture has pixels of this shade of grey: the ink of its theme, for words and axes.
HAS_INK = """(view, shade) => {
    const { data } = view.getContext('2d').getImageData(0, 0, view.width, view.height);
    for (let i = 0; i < data.length; i += 4)
        if (data[i + 3] === 255 && [0, 1, 2].every(k => data[i + k] === shade)) return true;
    return false;
}"""
INK = {"Dark": 0xE4, "Light": 0x1A}
SHARP = """view => [view.width, view.height].join() === [view.clientWidth, view.clientHeight]
    .map(pixels => Math.round(pixels * devicePixelRatio)).join()"""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Return a browser, and the address of the notebook with all explorers."""
    if not find_chromium():
        pytest.skip("no Chromium or Chrome on the path: install one to run the browser tests")
    root, home = tmp_path_factory.mktemp("root"), tmp_path_factory.mktemp("home")
    write_notebooks(root)
    with jupyterlab(root, home) as address, chromium() as browser:
        yield browser, address


@pytest.fixture(scope="module", params=[1, 2])
def lesson(request, served):
    """Return the notebook, run, at a pixel ratio of 1 or 2."""
    browser, address = served
    page = browser.new_page(viewport={"width": 1280, "height": 720}, device_scale_factor=request.param)
    broken = []
    page.on("pageerror", lambda error: broken.append(error.stack))
    lesson = Lesson(page, address, "explorers")
    lesson.command("notebook:run-all-cells")
    yield lesson
    lesson.close()
    assert not broken


@pytest.fixture
def narrow(lesson):
    lesson.hide_sidebar()


@pytest.fixture(autouse=True)
def _place(lesson, request):
    """Give the notebook its place, narrow or wide, unless it has it: in another all panels draw anew."""
    size = {"width": 280 if "narrow" in request.fixturenames else 1280, "height": 720}
    if lesson.page.viewport_size != size:
        lesson.page.set_viewport_size(size)


@pytest.fixture(params=EXPLORERS)
def panel(lesson, request):
    panel = lesson.page.locator(".mnet-panel").nth([*EXPLORERS].index(request.param))
    panel.scroll_into_view_if_needed()
    panel.locator(".mnet-picture[data-painted]").wait_for()
    return panel


def test_it_is_sharp_in_sight_and_says_what_it_shows(lesson, panel):
    notebook = lesson.page.locator(".jp-WindowedPanel-outer").bounding_box()
    assert panel.bounding_box()["height"] <= notebook["height"]
    view = panel.locator(".mnet-picture")
    for _ in range(2):
        assert view.evaluate(SHARP)
        said = panel.locator("[role=status]")  # which may be a message ahead of the picture
        wait_for(lambda said=said: view.get_attribute("aria-label") == said.text_content())
        assert lesson.changes(panel, lesson.press, panel.locator(".noUi-handle:visible").first)


@pytest.mark.usefixtures("narrow")
def test_in_a_narrow_place_no_control_is_cut_and_the_picture_scrolls(lesson, panel, artefacts, request):
    panel.scroll_into_view_if_needed()
    view = panel.locator(".mnet-picture")
    lesson.page.wait_for_timeout(300)
    panel.screenshot(path=artefacts / f"narrow-{request.node.callspec.params['panel']}.png")
    assert not panel.evaluate(CUT)
    assert view.evaluate(SHARP)
    assert view.bounding_box()["width"] > 400  # smaller type could not be read
    view.evaluate("view => view.parentElement.scrollTo(1e4, 0)")
    ends = [round(part.bounding_box()["x"] + part.bounding_box()["width"]) for part in (view, panel)]
    assert ends[0] == ends[1]
    for slider in panel.locator(".widget-hslider:visible").all():
        track, readout = slider.locator(".noUi-target"), slider.locator(".widget-readout")
        assert track.bounding_box()["width"] > 100
        assert readout.bounding_box()["y"] > track.bounding_box()["y"]


# Of each test: were it of the module, pytest would start a notebook for each theme, too.
@pytest.fixture(params=INK)
def theme(lesson, request):
    name = f"JupyterLab {request.param}"
    if lesson.page.evaluate("document.body.dataset.jpThemeName") != name:
        lesson.command("apputils:change-theme", theme=name)
        lesson.page.wait_for_timeout(1000)  # JupyterLab stumbles over a change of theme soon after another
    return request.param


def test_its_ink_stands_out_from_its_ground(lesson, theme, panel):
    panel.scroll_into_view_if_needed()
    view = panel.locator(".mnet-picture").element_handle()
    has_ink = f"([view, shade]) => ({HAS_INK})(view, shade)"
    lesson.page.wait_for_function(has_ink, arg=[view, INK[theme]], timeout=5000)


def test_a_neuron_is_chosen_where_it_is_clicked(lesson):
    panel = lesson.page.locator(".mnet-panel").nth([*EXPLORERS].index("layers"))
    panel.scroll_into_view_if_needed()
    view = panel.locator(".mnet-picture[data-painted]")
    view.wait_for()
    found = set()
    for share in 0.2, 0.6:  # of the height: a neuron of the output layer stands near
        box = view.bounding_box()
        view.click(position={"x": 0.58 * box["width"], "y": share * box["height"]})
        panel.locator("[role=status]", has_text="of the book's layer 3: z = ").wait_for()
        lesson.page.wait_for_timeout(500)
        found.add(panel.locator(".widget-readout").last.text_content())
    assert len(found) == 2
