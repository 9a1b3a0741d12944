"""What every panel is made of: the panel itself, a picture that follows its controls, and the controls."""

import asyncio
import gc
import itertools
import logging
import math
import time
import weakref
from typing import ClassVar

import ipywidgets as widgets
from IPython import get_ipython
from IPython.display import display, update_display

from mnet import figures
from mnet.live.picture import Picture
from mnet.live.saved import VIEW, note
from mnet.live.status import Status

log = logging.getLogger(__name__)

# The engineers' E24 series, with 5 for its 5.1; FloatLogSlider would snap 3 to 3.02.
E24 = [10, 11, 12, 13, 15, 16, 18, 20, 22, 24, 27, 30, 33, 36, 39, 43, 47, 50, 56, 62, 68, 75, 82, 91]
LABEL = {"description_width": "11em"}  # of one width, so that controls stand in line
BAR = {"width": "31em", "max_width": "100%"}  # two stand side by side at 1280 pixels


class Panel(widgets.VBox):
    """Controls and views in a column. Without a kernel it shows a PNG and the sentence that describes it."""

    OFFERS = "the sliders"  # what a page that shows the picture lacks
    QUIET = 2  # seconds without a change before the picture beside the widget is drawn anew
    STALE = 30  # seconds that it may be behind while the panel does not come to rest
    _of_cell: ClassVar = {}  # the notebook cell's id: [(panel, the run of the cell that made it)]
    _numbers = itertools.count(1)

    def __init__(self, *rows):
        self.status = Status()
        self.status.on_shown, self.status.on_typed = self._speak, self._take
        super().__init__([*rows, self.status])
        self.status.observe(self._changed, "text")
        self._loop, self._rest, self._pictured = None, None, 0.0
        self.followers = []  # called when there is something else to show, a few times a second at most
        self.closed, self.newest = False, self  # in this panel's place now: itself, until its cell runs again
        self._formers = weakref.WeakSet([self])  # in whose place it is: none of them keeps another alive
        self._refusal = None  # of what was typed: (what the status line says, what it said before)
        self._number = next(Panel._numbers)
        self.add_class("mnet-panel").add_class(f"mnet-panel-{self._number}")
        self._replace_former()

    def _replace_former(self):
        """Close what an earlier run of the same cell left behind: memory, and perhaps a thread."""
        shell = get_ipython()
        parent = _parent(shell)
        cell, run = parent.get("metadata", {}).get("cellId"), parent.get("header", {}).get("msg_id")
        if cell is None:
            return
        panels = Panel._of_cell.get(cell, [])
        Panel._of_cell[cell] = [*[entry for entry in panels if entry[1] == run], (self, run)]
        formers = [panel for panel, its_run in panels if its_run != run]
        for former in formers:
            former.close(successor=self)
            _forget(former, shell)
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

    def _take(self, slider, typed):
        """Move a slider to the number that was typed beside it, or as near as it comes."""
        sliders = widgets.IntSlider, widgets.FloatSlider, widgets.SelectionSlider
        (control,) = [
            part for part in self._parts() if isinstance(part, sliders) and part.description == slider
        ]
        self._withdraw()
        whole = isinstance(control, widgets.IntSlider)
        number = typed.strip().replace("\N{MINUS SIGN}", "-").replace(",", "" if whole else ".")
        try:
            value = float(number)
            if not math.isfinite(value):
                raise ValueError
        except ValueError:
            refusal = f'"{typed}" is no number: {slider} stays as it is. Type one such as 2.'
            self._refusal, self.status.text = (refusal, self.status.text), refusal
            control.observe(self._withdraw, "value")
            return
        if isinstance(control, widgets.SelectionSlider):
            control.value = min(
                (option for _, option in control.options), key=lambda option: abs(option - value)
            )
        else:
            steps = round((min(max(value, control.min), control.max) - control.min) / control.step)
            control.value = type(control.value)(round(control.min + steps * control.step, 9))

    def _withdraw(self, *_):
        """Let the status line say what it said before a refusal, if it still says that."""
        if self._refusal and self.status.text == self._refusal[0]:
            self.status.text = self._refusal[1]
        self._refusal = None

    def close(self, successor=None):
        """Close the panel and all its parts, and forget them; its followers follow `successor`."""
        for part in [*self._parts(), self.layout]:
            part.close()
        super().close()
        self.closed = True
        if isinstance(successor, type(self)):
            successor.followers += self.followers
            successor._formers |= self._formers
            for former in successor._formers:
                former.newest = successor
        self._tell_followers()

    def _tell_followers(self):
        for follower in [*self.followers]:
            follower()

    def _parts(self, box=None):
        for child in (box or self).children:
            if isinstance(child, widgets.Box):
                yield from self._parts(child)
            yield child
            yield child.layout
            if hasattr(child, "style"):
                yield child.style

    def snapshot(self, **options):
        """Return (PNG bytes, sentence) of what the panel shows now; `options` are those of `figures.png`."""
        raise NotImplementedError

    def on_change(self, act, *controls):
        """Call `act()` whenever one of the controls changes its value."""
        for control in controls:
            control.observe(self.guarded(act), "value")

    def guarded(self, act):
        """Wrap a callback: ipywidgets would swallow what it raises, so the status line says it."""

        def callback(*_):
            try:
                act()
            except Exception as error:
                log.exception("a panel's callback failed")
                self.status.text = f"That did not work: {error}"

        return callback

    def _ipython_display_(self, **_):
        for k, (data, metadata) in enumerate(self.outputs()):
            display(data, metadata=metadata, raw=True, display_id=f"mnet-panel-{self._number}-{k}")
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:  # no kernel: nobody will move what is shown
            return

    # The picture beside the widget: what is saved, and shown where the panel no longer lives

    def _changed(self, *_):
        if self._loop and self.status.heard:  # where a notebook is built, no page is
            self._loop.call_soon_threadsafe(self._wait)

    def _wait(self):
        if self._rest:
            self._rest.cancel()
        self._rest = self._loop.call_later(self.QUIET, self.guarded(self._renew))

    def _renew(self):
        """Draw the picture anew: in the thread of the cells, and between them, as matplotlib has to be."""
        stale = time.monotonic() - self._pictured > self.STALE
        if self.comm is None or not (self.at_rest or stale):
            return
        self._pictured = time.monotonic()
        for k, (data, metadata) in enumerate(self.outputs()[1:], 1):
            update_display(data, metadata=metadata, raw=True, display_id=f"mnet-panel-{self._number}-{k}")

    @property
    def at_rest(self):
        """Whether the panel shows what it will show until somebody moves something."""
        return True

    def outputs(self):
        """Return (data, metadata) of all that a cell shows: the widget, its picture, a note."""
        picture, sentence = self.snapshot()
        hint = f"This is a picture: run the cells down to here for {self.OFFERS}."
        hint += " If they have run, load the page again."
        return [
            ({VIEW: {"version_major": 2, "version_minor": 0, "model_id": self.model_id}}, {}),
            figures.bundle(picture, sentence),
            (note(self._number, f"{sentence} {hint}"), {}),
        ]

    def __repr__(self):
        return self.snapshot()[1]


def _parent(shell):
    """Return the message that asked for the cell that runs; {} outside a kernel."""
    for teller in shell, getattr(shell, "kernel", None):  # the browser's kernel tells what its shell does not
        if hasattr(teller, "get_parent"):
            return teller.get_parent() or {}
    return {}


def _forget(panel, shell):
    """Remove a panel from what IPython keeps for ever: Out, _1, _2 … and the history of what cells show."""
    outputs, recorded = shell.user_ns.get("Out", {}), getattr(shell.history_manager, "outputs", {})
    for number in [n for n, output in outputs.items() if output is panel]:
        del outputs[number]
        shell.del_var(f"_{number}", by_name=True)
        recorded.pop(number, None)  # the picture: IPython 9 records what each cell shows


class Explorer(Panel):
    """A picture that follows its controls: `draw(ax, **values)` draws the values of the named controls.

    picks : the name of the slider that a click on a dot in the picture moves, to 0 for the first dot
    plays : the name of the slider that a play button moves on, step by step
    follows : the panel that calls each of its `followers` when there is something else to draw
    predicts : (what to predict, the choices, came_out), where came_out(**values) is the choice that the
    controls now show to be right, or None as long as they show none
    """

    def __init__(self, draw, size=(7, 3.2), picks=None, plays=None, follows=None, predicts=None, **controls):
        self._draw, self._size, self.controls = draw, size, controls
        self._follows = follows
        self.picture = Picture(size=size)
        self.prediction, self._came_out = self._ask(*predicts) if predicts else (None, None)
        rows = [self.prediction] if predicts else []
        for name, control in controls.items():
            rows += [control, play(control)] if name == plays else [control]
        super().__init__(widgets.HBox(rows, layout={"flex_flow": "row wrap"}), self.picture)
        self.on_change(self._update, *controls.values())
        if predicts:
            self.on_change(self._commit, self.prediction)
        if picks:
            self.picture.observe(self.guarded(lambda: self._pick(controls[picks])), "picked")
        if follows:
            follows.followers.append(self._follow)
            self.picture.observe(self._follow, "sight")
        self._update()

    def _ask(self, question, choices, came_out):
        style = {"description_width": "auto"}
        return choice(f"predict first: {question}", ["pass", *choices], style, BAR["width"]), came_out

    def snapshot(self, **options):
        """Return (PNG bytes, sentence) for the controls as they stand."""
        return figures.png(self._draw, size=self._size, **options, **self._values())

    def _values(self):
        return {name: control.value for name, control in self.controls.items()}

    def _update(self):
        self.status.text = f"{self.picture.draw(self._draw, **self._values())}{self._verdict()}"

    def close(self, successor=None):
        """Stop following and free the widgets."""
        if self._follows and self._follow in self._follows.newest.followers:
            self._follows.newest.followers.remove(self._follow)
        super().close(successor)

    def _follow(self, *_):
        if self.picture.sight:  # what nobody sees waits until somebody does
            self.guarded(self._update)()

    def _pick(self, control):
        if self.picture.picked:
            control.value, self.picture.picked = self.picture.picked - 1, 0

    def _commit(self):
        passed = self.prediction.value == "pass"
        self.status.text = self.picture.drawn["text"] if passed else (
            f"You predict: {self.prediction.value}. Now move the controls and see."
        )  # fmt: skip

    def _verdict(self):
        """Return how the prediction came out, once there is one and the controls show it."""
        truth = self._came_out(**self._values()) if self.prediction else None
        if truth is None or self.prediction.value == "pass":
            return ""
        predicted = f" You predicted: {self.prediction.value}"
        return (
            f"{predicted}, and so it is."
            if truth == self.prediction.value
            else f"{predicted}. It is: {truth}."
        )


# Controls


def slider(label, value, least, most, step=1):
    """Return a labelled slider: whole numbers if the step is one, else as many decimals as the step has."""
    decimals = len(f"{step:g}".partition(".")[2])
    kind, form = (widgets.FloatSlider, f".{decimals}f") if decimals else (widgets.IntSlider, "d")
    look = {"description": label, "readout_format": form, "style": LABEL, "layout": BAR}
    return kind(value, min=least, max=most, step=step, **look)


def logarithmic(label, value, least, most):
    """Return a slider of round numbers from 10^least to 10^most; equal steps are about equal factors."""
    value = float(value)
    steps = {float(f"{tenths}e{decade - 1}") for decade in range(least, most) for tenths in E24}
    options = [(f"{step:g}", step) for step in sorted(steps | {10.0**most, value})]
    return widgets.SelectionSlider(options=options, value=value, description=label, style=LABEL, layout=BAR)


def choice(label, options, style=LABEL, least="24em"):
    """Return a labelled list that one of the options is chosen from: so wide at least, and none is cut."""
    least = f"min({least}, 100% - 4px)"  # its margin
    layout = {"width": "max-content", "min_width": least, "max_width": "100%"}
    return widgets.Dropdown(options=options, description=label, style=style, layout=layout)


def play(slider, milliseconds=600):
    """Return a play button that moves a slider of whole numbers on, step by step."""
    ends = {"min": slider.min, "max": slider.max, "value": slider.value}
    button = widgets.Play(**ends, interval=milliseconds, description=f"play {slider.description}")
    widgets.link((button, "value"), (slider, "value"))
    return button
