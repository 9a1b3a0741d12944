"""What every panel is made of: the panel itself, a picture that follows its controls, and the controls."""

import gc
import logging
from typing import ClassVar

import ipywidgets as widgets
from IPython import get_ipython

from mnet import figures
from mnet.live.picture import Picture
from mnet.live.status import Status

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
