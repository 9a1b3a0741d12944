"""The views in a plain page, as other front ends than JupyterLab show them."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from mnet.live.chart import Chart
from mnet.live.pad import Pad
from mnet.live.view import HERE, View, source
from tests.support.lab import chromium, find_chromium

# Shows a view and returns hear(message, buffers), which has it hear a message as Python sends it.
RENDER = """async ([esm, css, background, beside]) => {
    document.body.className = 'mnet-panel';
    document.body.style.background = background;
    document.body.innerHTML = `<style>${css}</style>${beside}<div></div>`;
    const url = URL.createObjectURL(new Blob([esm], { type: 'text/javascript' }));
    const { default: view } = await import(url);
    let hear;
    window.sent = [];
    const send = (...said) => sent.push(said);
    const model = { get: () => 280, on: (_, act) => hear = act, off() {}, send };
    view.render({ model, el: document.body.lastChild });
    window.hear = async (message, buffers, kind) => {
        const as = {
            DataView: bytes => new DataView(Uint8Array.from([9, ...bytes]).buffer, 1),
            Uint8Array: bytes => Uint8Array.from([9, ...bytes]).subarray(1),
            ArrayBuffer: bytes => Uint8Array.from(bytes).buffer,
        }[kind];
        hear(message, buffers.map(as));
        await new Promise(requestAnimationFrame);
        await new Promise(requestAnimationFrame);
        return [...document.querySelectorAll('canvas')].map(canvas => canvas.toDataURL()).join();
    };
}"""
HEAR = "([message, buffers, kind]) => hear(message, buffers, kind)"
# Whether a chart shows the blue of training on light paper, and that on dark paper.
BLUES = """() => {
    const chart = document.querySelector('canvas');
    const data = chart.getContext('2d').getImageData(0, 0, chart.width, chart.height).data;
    const shows = blue => data.some((_, i) => i % 4 == 0 && blue.every((value, k) => data[i + k] == value));
    return [shows([0x00, 0x72, 0xB2]), shows([0x56, 0xB4, 0xE9])];
}"""
SLIDER = '<div class="widget-slider"><span class="widget-label">η</span><i class="noUi-handle"></i></div>'
KINDS = "DataView", "Uint8Array", "ArrayBuffer"
CURVES = [np.array([[0, 3], [0.5, 1], [1, 0.3]], np.float32).tobytes()]
LEARNT = {"fresh": True, "ghosts": [], "validation": [[0, 3, 0.1], [1, 0.4, 0.9]], "epochs": 1, "steps": 9}
STROKE = np.array([[30, 30], [90, 60], [40, 200]], np.float32).tobytes()
DRAWN = [bytes(range(256)) * 4, bytes(1024), STROKE, bytes(range(256)) * 49]
ANSWERS = {
    "answers": [k / 10 for k in range(10)],
    "text": "The network reads a 9.",
    "lengths": [3],
    "based": True,
}


@pytest.fixture(scope="module")
def page():
    if not find_chromium():
        pytest.skip("no Chromium or Chrome on the path: install one to run the browser tests")
    with chromium() as browser:
        yield browser.new_page()


def show(page, view, background="white"):
    page.evaluate(RENDER, [view._code.default_value, view._css, background, ""])


def test_a_page_loads_the_code_of_a_kind_once_however_many_widgets_it_shows(page):
    """A page keeps a module until it is left: with one a widget, each run of a cell cost 125 kB of it."""
    code = """globalThis.loads = (globalThis.loads ?? 0) + 1;
    export default { render: ({ el }) => (el.textContent = "shown", () => el.textContent = "closed") }"""
    found = page.evaluate(
        """async ([esm, codes]) => {
            const shown = [];
            for (const code of codes) { // as anywidget does it
                const url = URL.createObjectURL(new Blob([esm], { type: 'text/javascript' }));
                const { default: view } = await import(url);
                const el = document.createElement('div');
                const close = await view.render({ model: { get: () => code }, el });
                shown.push(el.textContent);
                close();
                shown.push(el.textContent);
            }
            return [loads, shown];
        }""",
        [View._esm, [code, code, code + "// another kind"]],
    )
    assert found == [2, ["shown", "closed"] * 3]


def hear(page, message, buffers, kind="DataView"):
    return page.evaluate(HEAR, [message, [list(buffer) for buffer in buffers], kind])


@pytest.mark.parametrize(
    ("view", "message", "buffers"), [(Chart, LEARNT, CURVES), (Pad, ANSWERS, DRAWN)], ids=["chart", "pad"]
)
def test_buffers_are_read_as_any_front_end_delivers_them(page, view, message, buffers):
    pictures = set()
    for kind in KINDS:
        show(page, view)
        empty = hear(page, message, [bytes(len(buffer)) for buffer in buffers], kind)
        show(page, view)
        pictures.add(hear(page, message, buffers, kind))
    assert len(pictures) == 1
    assert empty not in pictures


@pytest.mark.parametrize(
    ("view", "message", "buffers"), [(Chart, LEARNT, CURVES), (Pad, ANSWERS, DRAWN)], ids=["chart", "pad"]
)
def test_a_view_asks_for_what_there_is_until_it_is_told(page, view, message, buffers):
    """JupyterLab loses what a page says while it connects anew: a chart stayed empty, its training paused."""
    slow = page.context.browser.new_page()
    slow.clock.install()
    show(slow, view)
    slow.clock.run_for(6500)
    asked = slow.evaluate("sent.length")
    slow.clock.resume()
    hear(slow, message | {"settings": "η 3"}, buffers)
    slow.evaluate("sent.length = 0")
    slow.clock.run_for(6500)
    assert (asked, slow.evaluate("sent.filter(([message]) => message !== 'seen').length")) == (4, 0)
    slow.close()


@pytest.mark.parametrize("theme", ["true", "false", None])
@pytest.mark.parametrize("background", ["white", "#1e1e1e", "transparent"])
def test_curves_are_seen_on_the_paper_that_is_there_whatever_the_theme_says(page, theme, background):
    page.evaluate("theme => { document.body.dataset.jpThemeLight = theme; }", theme)
    show(page, Chart, background)
    hear(page, LEARNT, CURVES)
    assert page.evaluate(BLUES) == ([False, True] if background == "#1e1e1e" else [True, False])


# Notes each text that is painted: what it is, and its left, right, top and bottom in pixels of the page.
NOTE = """() => {
    const g = CanvasRenderingContext2D.prototype;
    const { fillText, clearRect } = g;
    window.texts = [];
    g.clearRect = function (...box) { texts.length = 0; clearRect.apply(this, box); };
    g.fillText = function (text, x, y) {
        const { actualBoundingBoxLeft: left, actualBoundingBoxRight: right } = this.measureText(text);
        const { actualBoundingBoxAscent: up, actualBoundingBoxDescent: down } = this.measureText(text);
        const { a, d } = this.getTransform();
        const box = [a * (x - left), a * (x + right), d * (y - up), d * (y + down)];
        texts.push([text, ...box.map(pixels => pixels / devicePixelRatio)]);
        fillText.call(this, text, x, y);
    };
}"""
RUNS = {
    "fresh": LEARNT,
    "long": LEARNT | {"epochs": 123.4, "validation": [[0, 3, 0.1], [123, 0.0011, 0.998]]},
}


@pytest.mark.parametrize("height", [180, 280])
@pytest.mark.parametrize("width", [164, 280, 360, 460, 540, 560, 900])
def test_a_chart_is_legible_in_a_place_of_any_width(page, artefacts, width, height):
    noted = page.context.browser.new_page()
    noted.set_viewport_size({"width": width + 16, "height": 600})
    noted.evaluate(NOTE)
    noted.evaluate(RENDER.replace("280", str(height)), [Chart._code.default_value, Chart._css, "white", ""])
    for name, message in RUNS.items():
        hear(noted, message, CURVES)
        noted.screenshot(path=artefacts / f"chart-{name}-{width}-{height}.png")
        box, texts = noted.locator("canvas").bounding_box(), noted.evaluate("texts")
        wanted = {"cost (logarithmic)", "validation accuracy", "— training", "▪ validation"}
        assert wanted <= {text for text, *_ in texts}
        for k, (text, left, right, top, bottom) in enumerate(texts):
            assert 0 <= left <= right <= box["width"], text
            assert 0 <= top <= bottom <= box["height"], text
            for other, its_left, its_right, its_top, its_bottom in texts[:k]:
                beside = right + 2 < its_left or its_right + 2 < left
                assert beside or bottom < its_top or its_bottom < top, (text, other)
    noted.close()


@pytest.mark.parametrize("width", [164, 280, 640])
def test_a_pad_has_room_in_a_narrow_place(page, artefacts, width):
    page.set_viewport_size({"width": width + 16, "height": 900})
    show(page, Pad)
    hear(page, ANSWERS, DRAWN)
    page.screenshot(path=artefacts / f"pad-{width}.png")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width + 16
    assert not page.evaluate("""() => [...document.querySelectorAll('div, canvas')]
        .filter(part => part.getBoundingClientRect().right > innerWidth - 7).map(part => part.className)""")
    page.set_viewport_size({"width": 1280, "height": 720})


@pytest.mark.parametrize(("background", "best"), [("white", "213, 94, 0"), ("#1e1e1e", "230, 159, 0")])
def test_the_bars_of_a_pad_are_seen_on_the_paper_that_is_there(page, background, best):
    show(page, Pad, background)
    hear(page, ANSWERS, DRAWN)
    page.wait_for_timeout(400)
    bars = page.locator(".mnet-pad-bar")
    colours = [bar.evaluate("bar => getComputedStyle(bar).backgroundColor") for bar in bars.all()]
    assert colours[-1] == f"rgb({best})"
    assert set(colours[:-1]) == {"rgb(0, 114, 178)" if background == "white" else "rgb(86, 180, 233)"}


def test_a_panel_that_comes_to_stand_in_the_page_late_is_named_too(page):
    page.evaluate(RENDER, [source(HERE / "status.js"), "", "white", SLIDER])
    page.evaluate("() => { document.body.className = ''; }")
    page.wait_for_timeout(400)
    assert page.locator(".noUi-handle").get_attribute("aria-label") is None
    page.evaluate("() => { document.body.className = 'mnet-panel'; }")
    page.locator(".noUi-handle[aria-label=η]").wait_for(state="attached", timeout=3000)


def test_jupyter_leaves_the_pad_and_the_sliders_their_keys(page):
    show(page, Pad)
    assert page.locator(".mnet-pad[data-lm-suppress-shortcuts=true]").count() == 1
    page.evaluate(RENDER, [source(HERE / "status.js"), "", "white", SLIDER])
    page.locator(".noUi-handle[data-lm-suppress-shortcuts=true][aria-label=η]").wait_for(state="attached")


def choose(page, name, content):
    """Choose a file on the pad; return what the page sends of it: the message, the sizes of its buffers."""
    page.evaluate("sent.length = 0")
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "", "buffer": content})
    page.wait_for_function("sent.some(([message]) => message.file)")  # it asks for its kernel now and then
    return page.evaluate("""() => {
        const [message, , buffers] = sent.find(([message]) => message.file);
        window.last = buffers[0] ?? new ArrayBuffer();
        return [message, buffers.map(buffer => buffer.byteLength)];
    }""")


# What was sent, as text: Playwright takes half a minute for a list of millions of numbers.
PACKED = """() => new Promise(done => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.split(',')[1]);
    reader.readAsDataURL(new Blob([last]));
})"""


def test_a_large_picture_is_made_small_and_the_next_file_is_heard(page, rng):
    """Over 10 MB, the connection to the kernel would break, and the button would be dead."""
    show(page, Pad)
    noisy = Image.fromarray(rng.integers(0, 256, (2400, 2000, 3), np.uint8))  # 14 MB that cannot be packed
    stream = io.BytesIO()
    noisy.save(stream, "BMP")
    message, (size,) = choose(page, "large.bmp", stream.getvalue())
    assert message == {"file": "large.bmp"}
    assert size < 3_000_000
    sent = Image.open(io.BytesIO(base64.b64decode(page.evaluate(PACKED))))
    assert sent.size == (747, 896)
    assert choose(page, "large.txt", bytes(12_000_000)) == [{"file": "large.txt"}, []]
    for _ in range(2):  # the same file twice
        assert choose(page, "small.png", b"whatever") == [{"file": "small.png"}, [8]]
    assert page.get_by_role("button", name="Read a picture file").is_visible()
