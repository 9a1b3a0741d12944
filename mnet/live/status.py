"""The line under every panel that says, and speaks, what has happened."""

import traitlets

from mnet.live.view import HERE, View, code, source


class Status(View):
    """A line of text in a polite live region. It also names the sliders of its panel for screen readers."""

    _code = code("status.js")
    _css = source(HERE / "status.css")  # of the whole panel
    text = traitlets.Unicode().tag(sync=True)

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.heard = False  # whether a page has said anything: that somebody sees the panel
        self.on_shown = lambda: None  # called when a page shows the panel
        self.on_typed = lambda slider, typed: None  # called with what is typed beside a slider
        self.on_msg(self._heard)

    def _heard(self, _widget, message, _buffers):
        self.heard = True
        if message == "shown":
            self.on_shown()
        if message in ("shown", "alive?"):
            self.send("alive")
        else:
            self.on_typed(**message)
