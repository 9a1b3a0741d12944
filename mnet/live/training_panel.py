"""The panel of a network that trains while you move its settings."""

import logging
import math
import threading
import time
from collections import namedtuple
from typing import ClassVar

import ipywidgets as widgets

from mnet import figures
from mnet.live import looks
from mnet.live.chart import Chart
from mnet.live.panel import Panel, choice, logarithmic, slider
from mnet.live.picture import Picture
from mnet.live.worker import Worker

log = logging.getLogger(__name__)

BUTTONS = {  # method: (name, icon, tooltip)
    "run": ("Run", "play", "train until you pause"),
    "pause": ("Pause", "pause", "stop training, keep the network"),
    "stop": ("Stop", "stop", "end this run; it stays as a dotted curve, and Run starts a new one"),
    "step": ("Step", "step-forward", "train one mini-batch"),
    "reset": ("Reset", "refresh", "start again with a new network; this run stays as a dotted curve"),
    "add_layer": ("Add layer", "plus", "add a hidden layer"),
    "remove_layer": ("Remove layer", "minus", "remove the last hidden layer"),
    "clear": ("Clear", "eraser", "remove the curves of earlier runs"),
}
LOOKS = {  # beside the curves: what draws it, and its size in inches
    "the curves alone": (None, (9, 2)),
    "what hidden neurons look for": (looks.weights, (9, 1.4)),
    "a dozen answers": (looks.answers, (9, 0.9)),
    "what is mistaken for what": (looks.mistakes, (4.6, 3.3)),
    "saturation and steps": (looks.layers, (9, 2)),
}
PREDICTIONS = ["pass", "falls steadily", "hardly moves", "jumps about or gets stuck"]

Frame = namedtuple("Frame", "at steps obeyed")  # a message to the browser: its time, what was trained by then


class Every:
    """A rhythm: something is due once so many seconds have passed since it last was.

    >>> speak = Every(4)
    >>> [now for now in range(10) if speak.due(now)]
    [0, 4, 8]
    """

    def __init__(self, seconds):
        self._seconds, self._last = seconds, -math.inf

    def due(self, now):
        """Say whether it is due; if so, the count begins again."""
        if now - self._last < self._seconds:
            return False
        self._last = now
        return True


class TrainingPanel(Panel):
    """A network that trains while you move its settings."""

    FRAME = 0.08  # seconds between two messages to the browser
    ANSWER = 0.02  # the same, for the first point computed with what a slider now says
    # Seconds in which a page gathers the moves of a drag: it sends one when the last is dealt with, and each
    # costs the browser and the server what the training could use.
    GATHER = 0.06
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
        self.training, self.chart = training, Chart(training)
        self.chart.on_seen = self._seen
        self.worker = Worker(self._slice, self._failed, self._replaced)
        self._follows, self._speaks, self._looks = Every(0.25), Every(4), Every(0.1)
        self._quiet = 0  # above 0 while the panel moves its own sliders
        self._configuring = threading.Lock()  # two sliders may be heard at one instant: the later has both
        self._begin()

        self.eta = logarithmic("learning rate η", training.eta, -3, 2)
        self.mini_batch_size = slider("mini-batch size", training.mini_batch_size, 1, 1000)
        self.layers = [slider(f"hidden layer {l + 1}", 30, 1, 200) for l in range(self.LAYERS)]
        self.preset = choice("preset", ["choose a preset", *self.PRESETS], {"description_width": "4em"})
        self.prediction = choice("predict first: the cost", PREDICTIONS, {"description_width": "12em"})
        self.look = choice("also show", [*LOOKS], {"description_width": "5em"})
        self.second = Picture()
        self.buttons = self._make_buttons()
        self._show_settings()
        self.on_change(self._configure, self.eta, self.mini_batch_size)
        self.on_change(self._resize, *self.layers)
        self.on_change(self._choose, self.preset)
        self.on_change(self._show_look, self.look)
        self.second.observe(self.guarded(self._show_look), "sight")

        super().__init__(*self._rows())
        self._show_look()
        self.status.text = "Ready. Predict what the cost will do, then press Run."

    def _make_buttons(self):
        look = {"layout": widgets.Layout(width="auto"), "style": widgets.ButtonStyle()}  # one for all
        buttons = {}
        for act, (name, icon, tooltip) in BUTTONS.items():
            buttons[name] = widgets.Button(description=name, icon=icon, tooltip=tooltip, **look)
            buttons[name].on_click(self.guarded(getattr(self, act)))
        return buttons

    def _rows(self):
        settings, questions = [self.eta, self.mini_batch_size], [self.preset, self.prediction, self.look]
        wrap = widgets.Layout(flex_flow="row wrap")  # one for all
        self.chart.layout.flex = "1 1 43em"  # beside a look that leaves the curves so much
        rows = settings, self.layers, self.buttons.values(), questions, [self.chart, self.second]
        return [widgets.HBox([*row], layout=wrap) for row in rows]

    @property
    def net(self):
        """The network of this moment."""
        return self.training.net

    def snapshot(self, **options):
        """Return (PNG bytes, sentence) of the curves so far."""
        return figures.png(figures.training_curves, self.training, **options)

    @property
    def at_rest(self):
        """Whether nothing trains."""
        return not self.worker.running

    # What the buttons do

    def run(self):
        """Train in the background until paused, or until no browser has shown the chart for a while."""
        self._begin()
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

    def close(self, successor=None):
        """Stop training and free the widgets."""
        self.worker.stop()
        super().close(successor)

    # What the sliders do: write the settings, no more; the next mini-batch obeys

    def _configure(self):
        if self._quiet:
            return
        with self._configuring:
            self.training.configure(self.eta.value, self.mini_batch_size.value)
        if not self.worker.running:
            self.chart.push()
        elif threading.current_thread() is not threading.main_thread():
            time.sleep(self.GATHER)

    def _resize(self):
        if self._quiet:
            return
        shown = [layer.value for layer in self.layers if layer.layout.display is None]
        self._rebuild([784, *shown, 10])

    def _choose(self):
        if self.preset.value in self.PRESETS:
            sizes, eta, mini_batch_size = self.PRESETS[self.preset.value]
            with self.training.lock:  # no mini-batch of the new network with the old settings
                self.training.rebuild(sizes)
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
        self._show_look()
        self._tell_followers()

    def _show_look(self):
        """Draw the second look, if one is chosen and a page shows it."""
        draw, self.second.size = LOOKS[self.look.value]
        self.second.layout.display = None if draw else "none"
        self.chart.height = 180 if draw else 280  # both in sight at once
        if draw and self.second.sight:
            with self.training.lock:
                self.second.draw(draw, training=self.training)

    # What the worker does

    def _begin(self):
        """Count frames, speed and patience from now."""
        self._seen()
        self._frame = Frame(self._seen_at, self.training.steps, self.training.obeyed)

    def _slice(self):
        """Train for a few milliseconds; tell the browser when a frame is due."""
        now = time.perf_counter()
        end = now + self.SLICE
        while now < end:
            self.training.advance(4)
            now = time.perf_counter()
        answers = self.training.obeyed != self._frame.obeyed
        if now - self._frame.at >= (self.ANSWER if answers else self.FRAME):
            self._tell(now)
        if now - self._seen_at > self.PATIENCE:
            self._show()
            self.status.text = f"Paused, since no page was heard for {self.PATIENCE} s. Press Run to go on."
            return False
        return True

    def _tell(self, now):
        """Send a frame to the browser; every so often tell the followers and the status line too."""
        last, self._frame = self._frame, Frame(now, self.training.steps, self.training.obeyed)
        speed = (self._frame.steps - last.steps) / (now - last.at)
        self.chart.push(speed=max(speed, 0))
        # A kernel that slept, or was held up, has heard no page either: of a frame, one second counts.
        self._seen_at = min(now, self._seen_at + max(now - last.at - 1, 0))
        if self._looks.due(now):
            self._show_look()
        if self._follows.due(now):
            self._tell_followers()
        if self.training.begun and self._speaks.due(now):  # till then the line tells the settings
            self.status.text = self._comment()

    def _comment(self):
        verdict = self.training.verdict()
        if self.prediction.value == "pass" or self.training.epochs < 1:
            return verdict
        return f"{verdict} You predicted that the cost {self.prediction.value}."

    def _seen(self):
        self._seen_at = time.perf_counter()

    def _replaced(self):
        self._show()
        self.status.text = "Paused, since another panel runs. Press Run to go on here."

    def _failed(self, error):
        log.error("the training stopped", exc_info=error)
        self._show()
        self.status.text = f"The training stopped: {error}"
