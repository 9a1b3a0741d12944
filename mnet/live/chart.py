"""The live curves: cost on the left, validation accuracy on the right."""

import numpy as np
import traitlets

from mnet.live.training import thin
from mnet.live.view import HERE, View, code, source


class Chart(View):
    """Curves that grow: new points go to the browser as a binary message; a view that opens asks for all."""

    _code = code("chart.js")
    _css = source(HERE / "chart.css")
    height = traitlets.Int(280).tag(sync=True)

    def __init__(self, training, **kwargs):
        super().__init__(**kwargs)
        self._training, self._sent = training, (0, 0, 0, 0)  # generation, stride, points, validation points
        self.on_seen = lambda: None  # called when a browser says that it shows the chart
        self.on_msg(self._heard)

    def _heard(self, _widget, message, _buffers):
        if message == "all":
            self.push(everything=True)
        self.on_seen()

    def push(self, everything=False, speed=0):
        """Send the points that are new since the last push; `speed` is 0 when nothing trains."""
        training = self._training
        with training.lock:
            points = training.cost.points
            sent = self._sent
            now = self._sent = (
                training.generation,
                training.cost.stride,
                len(points),
                len(training.validation),
            )
            # A curve that has halved its points goes as a whole: the browser has the finer ones.
            fresh = everything or sent[:2] != now[:2]
            new = points if fresh else points[sent[2] :]
            message = {
                "fresh": fresh,
                "epochs": training.epochs,
                "steps": training.steps,
                "settings": training.settings(),
                "newest": training.cost.last,
                "obeyed": training.obeyed,
                "speed": speed,
            }
            if fresh or sent[3] != now[3]:  # twice an epoch: the other messages stay short
                message["validation"] = thin(training.validation)
            if fresh:
                message["ghosts"] = training.ghosts
            # Within the lock: a message of the worker's must not arrive after a newer one.
            self.send(message, buffers=[np.array(new, np.float32).tobytes()])
