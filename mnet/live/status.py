"""The line under every panel that says, and speaks, what has happened."""

import traitlets

from mnet.live.view import HERE, View


class Status(View):
    """A line of text in a polite live region. It also names the sliders of its panel for screen readers."""

    _esm = HERE / "status.js"
    text = traitlets.Unicode().tag(sync=True)

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.on_shown = lambda: None  # called when a page shows the panel
        self.on_msg(lambda *_: self.on_shown())
