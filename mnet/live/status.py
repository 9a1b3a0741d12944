"""The line under every panel that says, and speaks, what has happened."""

from pathlib import Path

import anywidget
import traitlets


class Status(anywidget.AnyWidget):
    """A line of text in a polite live region. It also names the sliders of its panel for screen readers."""

    _esm = Path(__file__).with_suffix(".js").read_text("utf-8")  # a path would keep closed ones in memory
    text = traitlets.Unicode().tag(sync=True)

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.on_shown = lambda: None  # called when a page shows the panel
        self.on_msg(lambda *_: self.on_shown())
