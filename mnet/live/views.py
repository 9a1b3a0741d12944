"""The small views that every panel has: a picture Python draws, and a spoken line of text."""

from pathlib import Path

import anywidget
import traitlets

HERE = Path(__file__).resolve().parent


class Picture(anywidget.AnyWidget):
    """A PNG with its alternative text."""

    _esm = (HERE / "picture.js").read_text(encoding="utf-8")
    png = traitlets.Bytes().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)


class Status(anywidget.AnyWidget):
    """A line of text in a polite live region. It also names the sliders of its panel for screen readers."""

    _esm = (HERE / "status.js").read_text(encoding="utf-8")
    text = traitlets.Unicode().tag(sync=True)

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.on_shown = lambda: None  # called when a page shows the panel
        self.on_msg(lambda *_: self.on_shown())
