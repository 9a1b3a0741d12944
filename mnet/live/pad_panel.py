"""The panel of a pad to draw a digit on."""

import numpy as np

from mnet import feedforward, figures
from mnet.live.pad import Pad
from mnet.live.panel import Panel


class PadPanel(Panel):
    """A pad to draw a digit on, read by a network, or by the one in a training panel as it trains.

    `reader` is a Network, or a training panel, which calls each of its `followers` when its network has
    changed. A panel that is closed hands the pad on to the one in its place, if there is one.
    """

    OFFERS = "the pad"

    def __init__(self, reader):
        self._reader = reader
        self.pad = Pad(self._answer)
        self.pad.on_msg(self._heard)
        super().__init__(self.pad)
        self.pad.on_answered = self._answered
        getattr(reader, "followers", []).append(self._follow)  # a Network has none: it stays what it is
        self.pad.show()

    def draw(self, picture):
        """Put an array (h, w), 0 paper … 255 ink, or a picture on the pad, as `Pad.draw` takes them."""
        self.pad.draw(picture)
        self.status.text = ""

    def snapshot(self, **options):
        """Return (PNG bytes, sentence) of the drawing, what the network sees and its answers."""
        shown = self.pad.drawing, self.pad.centred, self.pad.answers, self.pad.text
        return figures.png(figures.pad, *shown, **options)

    def close(self, successor=None):
        """Stop following the training and free the widgets."""
        followers = getattr(self._newest(), "followers", [])
        if self._follow in followers:
            followers.remove(self._follow)
        super().close(successor)

    def _follow(self):
        self._newest()  # or an empty pad, which asks no one, would keep all the panels before
        self.pad.show()

    def _answered(self):
        self._changed()
        self._tell_followers()

    def _newest(self):
        """Return who reads now: the panel that has taken the place of the one that was given."""
        self._reader = getattr(self._reader, "newest", self._reader)
        return self._reader

    @property
    def net(self):
        """The network that reads, of this moment."""
        reader = self._newest()
        return getattr(reader, "net", reader)

    @property
    def x(self):
        """What it reads, (784, 1)."""
        return (self.pad.centred.reshape(784, 1) / 256).astype(np.float32)

    def _answer(self, _centred):
        if getattr(self._newest(), "closed", False):
            return None
        return feedforward(self.net, self.x)[:, 0]

    def _heard(self, _widget, message, buffers):
        if message.get("what") == "drawn":  # by hand: what is there is the file's no more
            self.status.text = ""
        elif "file" in message:
            self.guarded(lambda: self._read(message["file"], buffers))()

    def _read(self, name, buffers):
        if not buffers:
            found = f"{name} cannot be sent: it is large, and no picture that the browser can shrink"
            raise ValueError(f"{found}; use a PNG or JPEG.")
        self.pad.draw(bytes(buffers[0]))
        self.status.text = f"Read from {name}."
