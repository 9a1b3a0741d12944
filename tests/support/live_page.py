"""A notebook with a live panel and a pad, and a watch in its page that times what comes of keys."""

import json

import nbformat

from mnet.live.saved import note
from tests.support.lab import IDLE, Lesson

EXPLORERS = {
    "neuron": "neuron()",
    "looking": "looking(mnist)",
    "dark_or_light": "dark_or_light(mnist)",
    "layers": "layers(mnist)",
    "descent": "descent()",
    "backprop": "backprop(mnist)",
    "digits": "digits(mnist)",
    "through": "through(pad)",
    "epoch": "epoch(mnist)",
    "misread": "misread(net, mnist.validation)",
    "shifted": "shifted(net, mnist.validation, numpy.array)",
    "saturation": "saturation(mnist)",
}
CELLS = {
    "live": [
        "import mnet\nfrom mnet.live import panels\nmnist = mnet.load_mnist()",
        "panel = panels.training(mnist)\npanel",
        "pad = panels.pad(panel)\npad",
        # To compare: a slider tied to nothing. One for all runs of the cell, since ipywidgets closes none.
        "import ipywidgets\nbare = globals().get('bare') or ipywidgets.FloatSlider()\nbare",
    ],
    "two": [
        "import mnet\nfrom mnet.live import panels\nmnist = mnet.load_mnist()",
        "one = panels.training(mnist)\none",
        "panel = panels.training(mnist)\npanel",
    ],
    "partly": [
        "import mnet\nfrom mnet.live import panels\nmnist = mnet.load_mnist()",
        "panel = panels.training(mnist)\npanel",
        "panels.neuron()",
    ],
    "explorers": [
        "import mnet, numpy\nfrom mnet.live import panels\nmnist = mnet.load_mnist()\n"
        "net = mnet.Network([784, 30, 10], numpy.random.default_rng(0))",
        "pad = panels.pad(net)\npad.draw(mnist.validation.images[0].reshape(28, 28))",
        *(f"panels.{call}" for call in EXPLORERS.values()),
    ],
}
# What the measurements below use in the kernel, beside the notebook.
TOOLS = """
import ctypes, gc, json, os, statistics, threading, time, psutil
from ipywidgets.widgets.widget import _instances, _remove_buffers
from mnet.live.training import Training

def workers():
    return [thread for thread in threading.enumerate() if thread.name == "mnet"]

def sample(training, thread):
    # Mini-batches, seconds, and those of them that the thread waited for a processor busy with others.
    waited = 0.0
    if os.path.exists("/proc/self/schedstat"):
        with open(f"/proc/self/task/{thread.native_id}/schedstat") as file:
            waited = int(file.read().split()[1]) / 1e9
    return training.steps, time.perf_counter(), waited

def train_alone(seconds):
    # In a thread, so that a slider can be dragged meanwhile.
    taken.clear()

    def work():
        taken.append(sample(alone, threading.current_thread()))
        while time.perf_counter() < taken[0][1] + seconds:
            alone.advance(4)
        taken.append(sample(alone, threading.current_thread()))

    thread = threading.Thread(target=work)
    thread.start()
    return thread

taken = []

def figures():
    # MB, worker threads, comms. The least of ten readings: each look at the validation images takes
    # megabytes for a moment.
    gc.collect()
    readings = [(time.sleep(0.05), psutil.Process().memory_info().rss)[1] for _ in range(10)]
    return min(readings) / 1e6, len(workers()), len(_instances)

def change_cost(panel):
    # Median ms of this thread, and bytes of the message, as the panel's first slider is moved to and fro.
    slider = next(c for c in panel.controls.values() if hasattr(c, "step"))
    spent, start = [], slider.value
    for k in range(30):
        began = time.thread_time()
        slider.value = start + slider.step * (1 if start < slider.max else -1) * (1 - k % 2)
        spent.append(time.thread_time() - began)
    state, _, buffers = _remove_buffers(panel.picture.get_state("drawn"))
    panel.close()
    return 1000 * statistics.median(spent), len(json.dumps(state)) + sum(map(len, buffers))

def in_use():
    # As figures, without what glibc's malloc keeps for the next need: a leak is what nothing can use again.
    getattr(ctypes.CDLL(None), "malloc_trim", lambda _: None)(0)
    return figures()[0]
"""

# Runs in the page before anything else: notes when keys and strokes came and when frames had been drawn.
WATCH = """
window.watch = { keys: [], moves: [], paints: [], answers: [], frames: [], pictures: [] };
addEventListener("keydown", (event) => event.isTrusted && watch.keys.push(event.timeStamp), true);
addEventListener("pointermove", (event) => event.isTrusted && watch.moves.push(event.timeStamp), true);
const afterFrame = (act) => { // a message posted while a frame is made is delivered when it has been drawn
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => act(performance.now());
    port2.postMessage(null);
};
window.chart = () => [...document.querySelectorAll(".mnet-chart")].at(-1);
const request = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (act) => request((time) => {
    const [before, start] = [chart()?.dataset.steps, performance.now()];
    act(time);
    const { settings, steps } = chart()?.dataset ?? {};
    if (steps === before) return;
    afterFrame((end) => { watch.paints.push([end, settings]); watch.frames.push(end - start); });
});
new MutationObserver(() => request(() => afterFrame((end) => watch.pictures.push(end))))
    .observe(document, { subtree: true, attributeFilter: ["data-painted"] });
let shown = "";
new MutationObserver(() => request(() => afterFrame((end) => {
    const raw = document.querySelector(".mnet-pad").closest(".mnet-panel").querySelector("figure canvas");
    const pixels = raw.getContext("2d").getImageData(0, 0, 28, 28).data.join();
    if (pixels !== shown) watch.answers.push(end); // an answer to another drawing than the one before
    shown = pixels;
}))).observe(document, { subtree: true, attributeFilter: ["data-answered"] });
"""


class Page(Lesson):
    """A notebook with live panels; `at` says which of its training panels is meant."""

    def __init__(self, browser, address, name="live"):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.add_init_script(WATCH)
        super().__init__(page, address, name)
        self.at = -1

    def run_all(self):
        self.command("notebook:run-all-cells")
        self.python(TOOLS)
        self.arrive()

    def run_all_explorers(self):
        self.command("notebook:run-all-cells")
        self.python(TOOLS)

    def run_cell(self, number):
        self.page.evaluate("n => { jupyterapp.shell.currentWidget.content.activeCellIndex = n; }", number)
        self.command("notebook:run-cell")

    def arrive(self):
        """Wait until the panel is there with its curves and the names of its sliders."""
        self.chart.scroll_into_view_if_needed()
        self.panel.locator(".mnet-chart[data-settings*=η]").wait_for()
        self.panel.locator(".noUi-handle[aria-valuetext]").first.wait_for()

    def reload(self):
        """Load the page again; its kernel goes on."""
        self.page.reload()
        self.page.wait_for_function(IDLE)
        self.arrive()

    @property
    def panel(self):
        return self.page.locator(".mnet-panel:has(.mnet-chart)").nth(self.at)

    @property
    def chart(self):
        return self.panel.locator(".mnet-chart")

    def handle(self, number):
        return self.panel.locator(".noUi-handle").nth(number)

    def click(self, name):
        self.panel.locator("button", has_text=name).click()

    def pause(self):
        """Pause, and wait until the panel says so."""
        self.click("Pause")
        self.panel.locator("[role=status]", has_text="Paused").wait_for()
        self.idle(0.3)

    def settings(self):
        """Return what the sliders show, in the words of `Training.settings`."""
        eta, size = self.panel.locator(".widget-readout").all_inner_texts()[:2]
        return f"η {float(eta):.3g}, mini-batch {int(size)}, [784, 30, 10]"

    def trains(self):
        """Say whether the chart moves on."""
        before = self.chart.get_attribute("data-steps")
        self.page.wait_for_timeout(700)
        return self.chart.get_attribute("data-steps") != before

    def reading(self, expression):
        """Return the value of an expression in the kernel."""
        return json.loads(self.python(f"print(json.dumps({expression}))"))

    def agree(self):
        """Say whether sliders, kernel and chart tell the same once things are quiet."""
        self.page.wait_for_timeout(500)
        kernel, painted = self.reading("panel.training.settings()"), self.chart.get_attribute("data-settings")
        return self.settings() == kernel == painted

    def forget(self):
        self.page.evaluate("() => { for (const list of Object.values(watch)) list.length = 0; }")

    def idle(self, seconds):
        """Wait without the page's help."""
        self.page.wait_for_timeout(1000 * seconds)

    def press(self, change):
        """Move the slider for η or mini-batch size one step, by turns, up and down again by turns."""
        self.handle(change % 2).focus()
        self.page.keyboard.press("ArrowRight" if change // 2 % 2 == 0 else "ArrowLeft")

    def keep_dragging(self, handle, seconds):
        """Move a slider's handle to and fro, sixty times a second.

        The page makes the events itself: a mouse moved from outside takes a fifth of a processor.
        """
        handle.evaluate(
            """async (handle, seconds) => {
                const { x, y, width, height } = handle.getBoundingClientRect();
                const fire = (target, type, shift) => target.dispatchEvent(new MouseEvent(type, {
                    bubbles: true, cancelable: true, view: window, buttons: type == "mouseup" ? 0 : 1,
                    clientX: x + width / 2 + shift, clientY: y + height / 2,
                }));
                fire(handle, "mousedown", 0);
                const end = performance.now() + 1000 * seconds;
                for (let move = 1; performance.now() < end; move++) {
                    fire(document.documentElement, "mousemove", 2 * Math.abs(move % 40 - 20) - 20);
                    await new Promise((done) => setTimeout(done, 16));
                }
                fire(document.documentElement, "mousemove", 0);
                fire(document.documentElement, "mouseup", 0);
            }""",
            seconds,
        )

    def until_pictured(self, seconds=3):
        """Return ms from the last key to the picture painted after it, or None."""
        return self.page.evaluate(
            """async wait => {
                for (const end = performance.now() + wait; performance.now() < end; ) {
                    const paint = watch.pictures.find((time) => time > watch.keys.at(-1));
                    if (paint) return paint - watch.keys.at(-1);
                    await new Promise((done) => setTimeout(done, 5));
                }
                return null;
            }""",
            1000 * seconds,
        )

    def until_painted(self, settings, seconds=3):
        """Return ms from the last key to the first painted point computed with these settings, or None."""
        return self.page.evaluate(
            """async ([wanted, wait]) => {
                for (const end = performance.now() + wait; performance.now() < end; ) {
                    const paint = watch.paints.find(([time, settings]) => settings === wanted);
                    if (paint) return paint[0] - watch.keys.at(-1);
                    await new Promise((done) => setTimeout(done, 5));
                }
                return null;
            }""",
            [settings, 1000 * seconds],
        )

    def stroke(self, left):
        """Clear the pad and draw a line; return ms from its last movement to the painted answer to it."""
        panel = self.page.locator(".mnet-panel:has(.mnet-pad)").last
        panel.locator("button", has_text="Clear").click()
        box = panel.locator(".mnet-pad").bounding_box()
        x, y = box["x"] + left, box["y"] + 40
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.idle(0.1)
        self.forget()
        for step in range(1, 9):
            self.page.mouse.move(x, y + 16 * step)
            self.idle(0.015)
        self.page.mouse.up()
        self.idle(0.5)
        return self.page.evaluate("() => watch.answers.at(-1) - watch.moves.at(-1)")


def memory(page, devtools):
    """Return (kernel MB, worker threads, comms, browser heap MB) once the garbage of both is collected."""
    page.idle(1)
    page.forget()
    for _ in range(3):
        devtools.send("HeapProfiler.collectGarbage")
    return *page.reading("figures()"), devtools.send("Runtime.getHeapUsage")["usedSize"] / 1e6


def write_notebooks(folder):
    """Put the notebooks of CELLS into a folder."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for name, cells in CELLS.items():
        cells = [nbformat.v4.new_code_cell(source) for source in cells]
        if name == "partly":  # as in a lesson that is new, the last cell shows what a panel left
            cells[-1].outputs = [nbformat.v4.new_output("display_data", note(1, "A picture."))]
        notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
        nbformat.write(notebook, folder / f"{name}.ipynb")
