"""Wires state, views and controls into panels. Start here: each lesson calls one function of this module."""

import gc
import io
import logging
import threading
import time
from functools import cache
from typing import ClassVar

import ipywidgets as widgets
import numpy as np
from IPython import get_ipython

from mnet import figures
from mnet.feedforward import Network, feedforward
from mnet.live import blame
from mnet.live.chart import Chart
from mnet.live.pad import Pad
from mnet.live.picture import Picture
from mnet.live.status import Status
from mnet.live.training import Training
from mnet.live.worker import Worker
from mnet.sigmoid import sigmoid

log = logging.getLogger(__name__)


class Panel(widgets.VBox):
    """Controls and views in a column. Without a kernel it shows a PNG and the sentence that describes it."""

    _of_cell: ClassVar = {}  # the notebook cell's id: [(panel, the run of the cell that made it)]

    def __init__(self, *rows):
        self.status = Status()
        self.status.on_shown = self._speak
        super().__init__([*rows, self.status])
        self.add_class("mnet-panel")
        self._replace_former()

    def _replace_former(self):
        """Close what an earlier run of the same cell left behind: memory, and perhaps a thread."""
        shell = get_ipython()
        parent = (shell.get_parent() or {}) if hasattr(shell, "get_parent") else {}
        cell, run = parent.get("metadata", {}).get("cellId"), parent.get("header", {}).get("msg_id")
        if cell is None:
            return
        outputs, recorded = shell.user_ns.get("Out", {}), getattr(shell.history_manager, "outputs", {})
        panels = Panel._of_cell.get(cell, [])
        Panel._of_cell[cell] = [*[entry for entry in panels if entry[1] == run], (self, run)]
        formers = [panel for panel, its_run in panels if its_run != run]
        for former in formers:
            former.close()
            for number in [n for n, output in outputs.items() if output is former]:
                del outputs[number]  # or IPython would keep it for ever
                shell.del_var(f"_{number}", by_name=True)
                recorded.pop(number, None)  # the picture: IPython 9 records what each cell shows
        if formers:
            gc.collect()  # they hold themselves, 2 MB each: a dozen would wait for Python to look

    def _speak(self):
        """Let each part say something from the thread that heard the page.

        ipykernel 7.4 hears a widget in the thread that last spoke for it, at first that of the cells: a
        slider never moved before would wait for a cell that runs.
        """
        for part in self._parts():
            if isinstance(part, widgets.DOMWidget):
                part.send_state("tooltip")

    def close(self):
        """Close the panel and all its parts, and forget them."""
        for part in [*self._parts(), self.layout]:
            part.close()
        super().close()

    def _parts(self, box=None):
        for child in (box or self).children:
            if isinstance(child, widgets.Box):
                yield from self._parts(child)
            yield child
            yield from (child.layout, *([child.style] if hasattr(child, "style") else []))

    def snapshot(self, **options):
        """Return (PNG bytes, sentence) of what the panel shows now; `options` are those of `figures.png`."""
        raise NotImplementedError

    def guarded(self, act):
        """Wrap a callback: ipywidgets would swallow what it raises, so the status line says it."""

        def callback(*_):
            try:
                act()
            except Exception as error:
                log.exception("a panel's callback failed")
                self.status.text = f"That did not work: {error}"

        return callback

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        picture, sentence = self.snapshot(caption=True)
        return {**bundle, "image/png": picture, "text/plain": sentence}, {"image/png": {"alt": sentence}}

    def __repr__(self):
        return self.snapshot()[1]


class Explorer(Panel):
    """A picture that follows its controls: `draw(ax, **values)` draws the values of the named controls."""

    def __init__(self, draw, size=(7, 3.2), **controls):
        self._draw, self._size, self.controls = draw, size, controls
        self.picture = Picture()
        super().__init__(*controls.values(), self.picture)
        update = self.guarded(self._update)
        for control in controls.values():
            control.observe(update, "value")
        self._update()

    def snapshot(self, **options):
        """Return (PNG bytes, sentence) for the controls as they stand."""
        values = {name: control.value for name, control in self.controls.items()}
        return figures.png(self._draw, size=self._size, **options, **values)

    def _update(self):
        picture, sentence = self.snapshot()
        with self.picture.hold_sync():
            self.picture.text, self.picture.png = sentence, picture
        self.status.text = sentence


class TrainingPanel(Panel):
    """A network that trains while you move its settings."""

    FRAME = 0.08  # seconds between two messages to the browser
    ANSWER = 0.02  # the same, for the first point computed with what a slider now says
    SLICE = 0.008  # seconds of training between two looks at the clock
    PATIENCE = 20  # seconds without a browser's word before an unseen training pauses

    PRESETS: ClassVar = {  # name: (sizes, η, mini-batch size)
        "the book's run": ([784, 30, 10], 3.0, 10),
        "η too small": ([784, 30, 10], 0.001, 10),
        "η too large": ([784, 30, 10], 100.0, 10),
        "no hidden layer": ([784, 10], 3.0, 10),
    }
    LAYERS = 3

    def __init__(self, training):
        self.training = training
        self.chart = Chart(training)
        self.worker = Worker(self._slice, self._failed)
        self.chart.on_seen = self._seen
        self._seen_at = self._pushed_at = self._spoken_at = self._followed_at = 0.0
        self._pushed_steps = self._quiet = 0
        self._configuring = threading.Lock()  # two sliders may be heard at one instant: the later has both
        self._pushed_obeyed = training.obeyed
        self.followers = []  # called a few times a second while the network changes

        self.eta = logarithmic("learning rate η", training.eta, -3, 2)
        self.mini_batch_size = slider("mini-batch size", training.mini_batch_size, 1, 1000)
        self.layers = [slider(f"hidden layer {l + 1}", 30, 1, 200) for l in range(self.LAYERS)]
        self.preset = widgets.Dropdown(
            options=["choose a preset", *self.PRESETS],
            description="preset",
            style={"description_width": "4em"},
        )
        self.prediction = widgets.Dropdown(
            options=["pass", "falls steadily", "hardly moves", "jumps about or gets stuck"],
            description="predict first: the cost",
            style={"description_width": "12em"},
            layout={"width": "26em", "max_width": "100%"},
        )
        actions = {
            "Run": (self.run, "play", "train until you pause"),
            "Pause": (self.pause, "pause", "stop training, keep the network"),
            "Stop": (self.stop, "stop", "end this run; it stays as a dotted curve, and Run starts a new one"),
            "Step": (self.step, "step-forward", "train one mini-batch"),
            "Reset": (
                self.reset,
                "refresh",
                "start again with a new network; this run stays as a dotted curve",
            ),
            "Add layer": (self.add_layer, "plus", "add a hidden layer"),
            "Remove layer": (self.remove_layer, "minus", "remove the last hidden layer"),
            "Clear": (self.clear, "eraser", "remove the curves of earlier runs"),
        }
        self.buttons = {}
        shared = {"layout": widgets.Layout(width="auto"), "style": widgets.ButtonStyle()}
        for name, (act, icon, tooltip) in actions.items():
            button = widgets.Button(description=name, icon=icon, tooltip=tooltip, **shared)
            button.on_click(self.guarded(act))
            self.buttons[name] = button
        self._show_settings()
        for control in self.eta, self.mini_batch_size:
            control.observe(self.guarded(self._configure), "value")
        for layer in self.layers:
            layer.observe(self.guarded(self._resize), "value")
        self.preset.observe(self.guarded(self._choose), "value")

        wrap = widgets.Layout(flex_flow="row wrap")

        def row(*items):
            return widgets.HBox(items, layout=wrap)

        super().__init__(
            row(self.eta, self.mini_batch_size),
            row(*self.layers),
            row(*self.buttons.values()),
            row(self.preset, self.prediction),
            self.chart,
        )
        self.status.text = "Ready. Predict what the cost will do, then press Run."

    def snapshot(self, **options):
        """Return (PNG bytes, sentence) of the curves so far."""
        return figures.png(figures.training_curves, self.training, **options)

    # What the buttons do

    def run(self):
        """Train in the background until paused, or until no browser has shown the chart for a while."""
        self._seen_at = self._pushed_at = time.perf_counter()
        self._pushed_steps = self.training.steps
        self.status.text = f"Training with {self.training.settings()}."
        self.worker.start()

    def pause(self):
        """Stop training and keep the network."""
        self.worker.stop()
        self._show()
        self.status.text = f"Paused. {self.training.verdict()}"

    def stop(self):
        """End the run: it stays as a ghost, and Run starts a new network."""
        self.worker.stop()
        verdict = self.training.verdict()
        self.training.rebuild()
        self._show()
        self.status.text = f"Stopped. {verdict} Run starts a new network."

    def step(self):
        """Train one mini-batch."""
        self.worker.stop()
        self.training.advance()
        self._show()
        self.status.text = f"One mini-batch more: {self.training.steps:,} so far."

    def reset(self):
        """Start again with a new network; the run so far stays as a ghost."""
        self.training.rebuild()
        self._show()
        self.status.text = f"A new network, {self.training.settings()}."

    def clear(self):
        """Remove the curves of earlier runs."""
        self.training.ghosts = []
        self.chart.push(everything=True)
        self.status.text = "Earlier runs are cleared."

    def add_layer(self):
        """Add a hidden layer of 30 neurons."""
        hidden = self.training.net.sizes[1:-1]
        if len(hidden) == self.LAYERS:
            self.status.text = f"{self.LAYERS} hidden layers are the most this panel has."
            return
        self._rebuild([784, *hidden, 30, 10])

    def remove_layer(self):
        """Remove the last hidden layer."""
        hidden = self.training.net.sizes[1:-1]
        if not hidden:
            self.status.text = "There is no hidden layer to remove."
            return
        self._rebuild([784, *hidden[:-1], 10])

    def close(self):
        """Stop training and free the widgets."""
        self.worker.stop()
        super().close()

    # What the sliders do: write the settings, no more; the next mini-batch obeys

    def _configure(self):
        if self._quiet:
            return
        with self._configuring:
            self.training.configure(self.eta.value, self.mini_batch_size.value)
        if not self.worker.running:
            self.chart.push()

    def _resize(self):
        shown = [layer.value for layer in self.layers if layer.layout.display is None]
        if not self._quiet:
            self._rebuild([784, *shown, 10])

    def _choose(self):
        if self.preset.value in self.PRESETS:
            sizes, eta, mini_batch_size = self.PRESETS[self.preset.value]
            with self.training.lock:  # no mini-batch of the new network with the old settings
                self.training.rebuild(sizes)  # first: the ghost's label names the settings it ran with
                self.training.configure(eta, mini_batch_size)
            self._show_settings()
            self._show()
            self.status.text = f"Preset: {self.preset.value}. Predict, then press Run."

    def _rebuild(self, sizes):
        self.training.rebuild(sizes)
        self._show_settings()
        self._show()
        self.status.text = f"The sizes changed: a new network {sizes} starts from the beginning."

    def _show_settings(self):
        """Make the controls say what the training obeys."""
        hidden = self.training.net.sizes[1:-1]
        self._quiet += 1  # the sliders move because the network changed, not the other way round
        try:
            self.eta.value, self.mini_batch_size.value = self.training.eta, self.training.mini_batch_size
            for l, layer in enumerate(self.layers):
                layer.layout.display = None if l < len(hidden) else "none"
                if l < len(hidden):
                    layer.value = hidden[l]
        finally:
            self._quiet -= 1

    def _show(self):
        self.chart.push()
        self._follow()

    def _follow(self):
        for follower in self.followers:
            follower()

    # What the worker does

    def _slice(self):
        """Train for a few milliseconds; tell the browser when a frame is due."""
        now = time.perf_counter()
        end = now + self.SLICE
        while now < end:
            self.training.advance(4)
            now = time.perf_counter()
        answers = self.training.obeyed != self._pushed_obeyed
        if now - self._pushed_at >= (self.ANSWER if answers else self.FRAME):
            speed = (self.training.steps - self._pushed_steps) / (now - self._pushed_at)
            self._pushed_at, self._pushed_steps = now, self.training.steps
            self._pushed_obeyed = self.training.obeyed
            self.chart.push(speed=max(speed, 0))
            if now - self._followed_at > 0.25:
                self._followed_at = now
                self._follow()
            if now - self._spoken_at > 4:
                self._spoken_at = now
                self.status.text = self._comment()
        if now - self._seen_at > self.PATIENCE:
            self.status.text = "Paused, since nobody is looking. Press Run to go on."
            return False
        return True

    def _comment(self):
        verdict = self.training.verdict()
        if self.prediction.value == "pass" or self.training.epochs < 1:
            return verdict
        return f"{verdict} You predicted that the cost {self.prediction.value}."

    def _seen(self):
        self._seen_at = time.perf_counter()

    def _failed(self, error):
        log.error("the training stopped", exc_info=error)
        self.status.text = f"The training stopped: {error}"


class PadPanel(Panel):
    """A pad to draw a digit on, read by a network, or by the one in a training panel as it trains."""

    def __init__(self, reader):
        self._reader = reader
        self.pad = Pad(self._answer)
        self.upload = widgets.FileUpload(
            accept="image/*",
            description="read a picture file",
            layout={"width": "auto", "align_self": "flex-start"},
        )
        self.upload.observe(self.guarded(self._read), "value")
        super().__init__(self.pad, self.upload)
        if isinstance(reader, TrainingPanel):
            reader.followers.append(self.pad.show)
        self.pad.show()

    def draw(self, picture):
        """Put an array (h, w), 0 paper … 255 ink, or a picture file on the pad."""
        self.pad.draw(picture)

    def snapshot(self, **options):
        """Return (PNG bytes, sentence) of the drawing, what the network sees and its answers."""
        shown = self.pad.drawing, self.pad.centred, self.pad.answers, self.pad.text
        return figures.png(figures.pad, *shown, **options)

    def close(self):
        """Stop following the training and free the widgets."""
        if isinstance(self._reader, TrainingPanel) and self.pad.show in self._reader.followers:
            self._reader.followers.remove(self.pad.show)
        super().close()

    def _answer(self, centred):
        net = self._reader.training.net if isinstance(self._reader, TrainingPanel) else self._reader
        x = (centred.reshape(784, 1) / 256).astype(np.float32)
        return feedforward(net, x)[:, 0]

    def _read(self):
        if self.upload.value:
            self.pad.draw(io.BytesIO(self.upload.value[0]["content"]))
            self.status.text = f"Read from {self.upload.value[0]['name']}."


def slider(label, value, least, most, step=1):
    """Return a labelled slider: whole numbers if the step is one, else as many decimals as the step has."""
    decimals = len(f"{step:g}".partition(".")[2])
    kind, form = (widgets.IntSlider, "d") if isinstance(step, int) else (widgets.FloatSlider, f".{decimals}f")
    return kind(
        value,
        min=least,
        max=most,
        step=step,
        description=label,
        readout_format=form,
        style={"description_width": "11em"},
        layout={"width": "34em", "max_width": "100%"},
    )


def logarithmic(label, value, least, most):
    """Return a slider of round numbers from 10^least to 10^most; equal steps are about equal factors."""
    # The engineers' E24 series, with 5 for its 5.1; FloatLogSlider would snap 3 to 3.02.
    series = [
        1,
        1.1,
        1.2,
        1.3,
        1.5,
        1.6,
        1.8,
        2,
        2.2,
        2.4,
        2.7,
        3,
        3.3,
        3.6,
        3.9,
        4.3,
        4.7,
        5,
        5.6,
        6.2,
        6.8,
        7.5,
        8.2,
        9.1,
    ]
    values = {float(f"{x}e{decade}") for decade in range(least, most) for x in series}
    values = sorted({*values, 10.0**most, float(value)})
    return widgets.SelectionSlider(
        options=[(f"{x:g}", x) for x in values],
        value=float(value),
        description=label,
        style={"description_width": "11em"},
        layout={"width": "34em", "max_width": "100%"},
    )


def training(mnist, sizes=(784, 30, 10), eta=3.0, mini_batch_size=10, seed=0):
    """Lessons 00, 06 and 07: a network that trains while you move its settings."""
    return TrainingPanel(Training(mnist, sizes, eta, mini_batch_size, seed))


def digits(mnist):
    """Lesson 01: browse the images, each beside the mean training image of its digit."""
    labels = mnist.train.labels
    means = np.array([mnist.train.images[labels == digit].mean(axis=0) for digit in range(10)])
    form = {"style": {"description_width": "11em"}}
    split = widgets.Dropdown(options=mnist._fields, description="split", **form)
    digit = widgets.Dropdown(options=["any", *range(10)], description="digit", **form)
    position = slider("position", 0, 0, len(labels) - 1)

    def fit(_):
        chosen = getattr(mnist, split.value).labels
        position.max = int((chosen == digit.value).sum() if digit.value != "any" else len(chosen)) - 1

    for control in split, digit:
        control.observe(fit, "value")
    return Explorer(
        lambda ax, split, **which: figures.browse(ax, getattr(mnist, split), means, **which),
        split=split,
        digit=digit,
        position=position,
    )


def pad(reader):
    """Lessons 00 and 07: draw a digit; `reader` is a Network, or a training panel, whose network reads."""
    return PadPanel(reader)


def neuron():
    """Lesson 02: one neuron, its weight and its bias."""
    return Explorer(
        figures.neuron,
        w=slider("weight w", 1.0, -20, 20, 0.5),
        b=slider("bias b", 0.0, -20, 20, 0.5),
    )


def descent():
    """Lesson 04: a ball on the bowl v1² + 4 v2², the learning rate and where it starts."""
    return Explorer(
        figures.descent,
        eta=slider("learning rate η", 0.1, 0.01, 1.2, 0.01),
        v1=slider("start v₁", 2.5, -3, 3, 0.1),
        v2=slider("start v₂", 1.5, -2, 2, 0.1),
    )


def layers(mnist):
    """Lesson 03: the sizes of the layers, and what an untrained network of these sizes answers."""
    x, _ = mnist.test.columns(slice(0, 100))

    def draw(ax, hidden, second, image, seed):
        sizes = [784, hidden, second, 10] if second else [784, hidden, 10]
        net, column = Network(sizes, rng=np.random.default_rng(seed)), x[:, [image]]
        return figures.layers(ax, net, column, feedforward(net, column), int(mnist.test.labels[image]))

    return Explorer(
        draw,
        size=(9, 4.4),
        hidden=slider("hidden neurons", 30, 1, 100),
        second=slider("2nd layer (0: none)", 0, 0, 100),
        image=slider("test image", 0, 0, 99),
        seed=slider("seed of the weights", 0, 0, 19),
    )


def misread(net, split):
    """Lesson 07: the images of a Split that the network reads wrongly, the costliest first."""
    x, y = split.columns()
    a = feedforward(net, x)
    costs = ((a - y) ** 2).sum(axis=0) / 2
    wrong = np.flatnonzero(a.argmax(axis=0) != split.labels)
    wrong = wrong[costs[wrong].argsort()[::-1]]
    if not len(wrong):
        raise ValueError(
            f"misread: the network reads all {len(split):,} images correctly: give it more images."
        )

    def draw(ax, position):
        i = wrong[position]
        sentence = figures.reading(ax, split.images[i], a[:, i], int(split.labels[i]))
        return f"Misread image {position + 1} of {len(wrong)}, cost {costs[i]:.2f}. {sentence}"

    return Explorer(draw, size=(8, 3), position=slider("position", 0, 0, len(wrong) - 1))


def shifted(net, split, centre):
    """Lesson 07: an image moved about on its paper, and `centre` (28, 28) -> (28, 28) that moves it back."""

    def draw(ax, number, right, down, centred):
        image = np.pad(split.images[number].reshape(28, 28), 8)[8 - down : 36 - down, 8 - right : 36 - right]
        image = np.asarray(centre(image)) if centred else image
        a = feedforward(net, image.reshape(784, 1) / np.float32(256))
        return figures.reading(ax, image, a, int(split.labels[number]))

    return Explorer(
        draw,
        size=(8, 3),
        number=slider("image", 0, 0, 99),
        right=slider("pixels to the right", 0, -8, 8),
        down=slider("pixels down", 0, -8, 8),
        centred=widgets.Checkbox(False, description="centre by mass", style={"description_width": "11em"}),
    )


def saturation(mnist):
    """Lesson 07: where an untrained network is saturated, and what dividing its weights does about it."""
    x, _ = mnist.train.columns(slice(0, 500))
    nets = {hidden: Network([784, hidden, 10], rng=np.random.default_rng(0)) for hidden in (100, 30)}
    sums = {hidden: net.weights[0] @ x for hidden, net in nets.items()}

    def draw(ax, hidden, divisor):
        net = nets[hidden]
        z = sums[hidden] / divisor + net.biases[0]
        return figures.saturation(ax, [z, net.weights[1] / divisor @ sigmoid(z) + net.biases[1]], divisor)

    return Explorer(
        draw,
        size=(8, 4.8),
        hidden=widgets.Dropdown(
            options=list(nets), description="hidden neurons", style={"description_width": "11em"}
        ),
        divisor=slider("divide the weights by", 1, 1, 28),
    )


def backprop(mnist):
    """Lesson 05: one example step by step; what each check and the cost say when an equation is broken."""
    x, y = mnist.test.columns(slice(0, 100))
    net = Network([784, 30, 10], rng=np.random.default_rng(0))
    learning = cache(lambda broken: blame.learning(mnist.train, blame.BREAKS[broken]))

    def draw(ax, step, broken, image):
        change = blame.BREAKS[broken]
        steps = blame.steps(net, x[:, [image]], y[:, [image]], change)
        label, checks = int(mnist.test.labels[image]), blame.checks(change)
        costs = [learning("nothing"), learning(broken) if change else None]
        return figures.backprop_step(ax, steps[step], step, len(steps) - 1, label, checks, *costs)

    return Explorer(
        draw,
        size=(9, 5.4),
        step=slider("step", 0, 0, 7),
        broken=widgets.Dropdown(
            options=list(blame.BREAKS),
            description="break it",
            style={"description_width": "11em"},
            layout={"width": "26em", "max_width": "100%"},
        ),
        image=slider("test image", 0, 0, 99),
    )
