"""The drawing pad: what you draw, what the network is shown, and what it answers."""

import numpy as np
import traitlets

from mnet.images import as_ink, centre, shrink
from mnet.live.view import HERE, View, code, source

SIDE = 112  # pixels of the drawing that the browser sends, four for each of MNIST's


class Pad(View):
    """A square to draw in, with what the network sees and ten bars beside it.

    `answer(centred)` is called with each drawing, (28, 28) uint8, and returns ten numbers from 0 to 1, or
    None when the network is gone.
    """

    _code = code("pad.js")
    _css = source(HERE / "pad.css")
    text = traitlets.Unicode("Draw a digit in the square.").tag(sync=True)

    def __init__(self, answer, **kwargs):
        super().__init__(**kwargs)
        self._answer = answer
        self.on_answered = lambda: None  # called after each answer
        self.drawing = np.zeros((SIDE, SIDE), np.uint8)
        self._picture, self._strokes, self._points = b"", [], b""  # what it is made of
        self.on_msg(self._heard)

    def _heard(self, _widget, message, buffers):
        if message.get("what") == "drawn":
            self.drawing = np.frombuffer(bytes(buffers[0]), np.uint8).reshape(SIDE, SIDE)
            self._strokes, self._points = message["lengths"], bytes(buffers[1])
            self._picture = self._picture if message["based"] else b""
            self.show(origin=message["from"])
        elif message.get("what") == "all":
            self.show(to=message["from"], picture=self._picture)

    def draw(self, picture):
        """Put a drawing in the square: an (h, w) array, 0 paper … 255 ink, a picture file, or Pillow's Image.

        A picture's paper may be of any level; so may that of an array that is not mostly 0, or has colours.
        """
        drawing = as_ink(picture)
        side = max(drawing.shape)
        square = np.zeros((side, side))
        top, left = ((side - n) // 2 for n in drawing.shape)
        square[top : top + drawing.shape[0], left : left + drawing.shape[1]] = drawing
        self.drawing = np.rint(shrink(square, (SIDE, SIDE))).astype(np.uint8)
        self._picture, self._strokes, self._points = self.drawing.tobytes(), [], b""
        self.show(picture=self._picture)

    def show(self, origin="", to="", picture=b""):
        """Send what the network sees and answers, and the strokes over the `picture`, if that is news.

        A pad may be seen in several views: that of `origin` has drawn this; if `to` is a view, no other needs
        the drawing.
        """
        raw = np.rint(shrink(self.drawing.astype(float), (28, 28))).astype(np.uint8)
        self.centred = centre(self.drawing)
        empty = not self.centred.any()
        answers = np.zeros(10) if empty else self._answer(self.centred)
        self.answers = np.zeros(10) if answers is None else np.asarray(answers, float)
        if answers is None:
            self.text = "The panel that this pad read is closed: run its cell, then this cell again."
        elif empty:
            self.text = "Draw a digit in the square."
        else:
            best, second = np.argsort(self.answers)[:-3:-1]
            self.text = (
                f"The network reads a {best} ({self.answers[best]:.2f}); "
                f"next comes {second} ({self.answers[second]:.2f})."
            )
        answers = [round(float(a), 4) for a in self.answers]
        strokes = {"lengths": self._strokes, "based": bool(self._picture), "from": origin, "to": to}
        self.send(
            {"answers": answers, "text": self.text, **strokes},
            buffers=[raw.tobytes(), self.centred.tobytes(), self._points, picture],
        )
        self.on_answered()
