"""A picture that Python draws and the browser shows."""

from pathlib import Path

import anywidget
import traitlets


class Picture(anywidget.AnyWidget):
    """A PNG with its alternative text."""

    _esm = Path(__file__).with_suffix(".js").read_text("utf-8")  # a path would keep closed ones in memory
    png = traitlets.Bytes().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)
