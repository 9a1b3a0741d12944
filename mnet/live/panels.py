"""Wires state, views and controls into panels. Start here: each lesson calls one function of this module."""

import logging

import ipywidgets as widgets

from mnet import figures
from mnet.live.views import Picture, Status

log = logging.getLogger(__name__)


class Panel(widgets.VBox):
    """Controls and views in a column. Without a kernel it shows a PNG and the sentence that describes it."""

    def __init__(self, *rows):
        self.status = Status()
        super().__init__([*rows, self.status])
        self.add_class("mnet-panel")

    def snapshot(self):
        """Return (PNG bytes, sentence) of what the panel shows now; each panel has its own."""
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
        picture, sentence = self.snapshot()
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

    def snapshot(self):
        """Return (PNG bytes, sentence) for the controls as they stand."""
        values = {name: control.value for name, control in self.controls.items()}
        return figures.png(self._draw, size=self._size, **values)

    def _update(self):
        picture, sentence = self.snapshot()
        with self.picture.hold_sync():
            self.picture.text, self.picture.png = sentence, picture
        self.status.text = sentence


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


def neuron():
    """Lesson 02: one neuron, its weight and its bias."""
    return Explorer(
        figures.neuron,
        w=slider("weight w", 1.0, -20, 20, 0.5),
        b=slider("bias b", 0.0, -20, 20, 0.5),
    )
